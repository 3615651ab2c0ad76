-- variables in statements and commands
\set name 'it''s'
\set ident "Mixed Case"
select :'name' as literal, 1 as :"name";
\set n 3
select :n + 1 as sum, ':n' as quoted, $$:n$$ as dollar;
select :undefined;
\echo :n :'n' :"n" :{?n} :{?undefined} ':n' `echo :n`
\set joined a b 'c d'
\echo :joined
\unset n
\echo :n
\set a-b 1
\set ON_ERROR_STOP maybe
\set ECHO nothing
\set FETCH_COUNT many
select 1 as one, null as nothing, 'x' as "Mixed" \gset p_
\echo :p_one :p_nothing :p_Mixed
select 1 where false \gset
select generate_series(1, 2) as g \gset
select 5 as "AUTOCOMMIT" \gset
\echo :ROW_COUNT :ERROR :SQLSTATE
select 1/0;
\echo :ROW_COUNT :ERROR :SQLSTATE :LAST_ERROR_MESSAGE :LAST_ERROR_SQLSTATE
\errverbose
\getenv home HOME
\echo :home
\setenv PGMEDIC_TEST value
\getenv back PGMEDIC_TEST
\echo :back
\setenv a=b c
