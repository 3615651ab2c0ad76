-- files, output and the shell
\i /nonexistent/file.sql
\ir nosuch.sql
\i
\o /nonexistent/out
\! echo from the shell
\cd /nonexistent
\cd /
\! pwd
\echo -n no newline
\echo
\echo 'quoted  blanks' "double" -n
\qecho to the output
\warn to standard error
select 1 as a \g |cat
select 1 as a \o |cat
select 2 as b;
\o
\nosuch
\encoding
\encoding nosuch
\encoding LATIN1
\encoding
\encoding UTF8
\prompt
\unset
\w
\set x `exit 3`
\echo "unterminated
\echo after
