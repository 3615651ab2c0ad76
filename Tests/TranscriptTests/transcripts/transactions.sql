-- transactions and the variables that rule them
\set AUTOCOMMIT off
create table t (a int primary key);
insert into t values (1);
rollback;
select * from t;
rollback;
\set AUTOCOMMIT on
create table t (a int primary key);
\set ON_ERROR_ROLLBACK on
begin;
insert into t values (1);
insert into t values (1);
insert into t values (2);
commit;
select * from t order by a;
\set ON_ERROR_ROLLBACK off
begin;
select 1/0;
select 2;
commit;
\set FETCH_COUNT 2
select generate_series(1, 5) as g;
select 1 / (3 - g) as x from generate_series(1, 5) g;
\set FETCH_COUNT 0
\set ECHO errors
select 1/0;
\set VERBOSITY terse
select 1/0;
\set VERBOSITY sqlstate
select 1/0;
\set VERBOSITY default
\set SHOW_CONTEXT always
do $$ begin raise notice 'said'; end $$;
\set SHOW_ALL_RESULTS off
select 1 as a\; select 2 as b;
\set QUIET off
\timing on
\timing off
\t
\t
\x auto
\pset null -
