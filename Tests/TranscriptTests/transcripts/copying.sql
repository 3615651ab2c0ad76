-- COPY in its places
create table t (a int, b text);
copy t from stdin;
1	one
2	two \t tab
3	\N
\.
copy t to stdout;
copy t to stdout (format csv, header);
\copy t to stdout csv
\copy (select a from t order by a desc) to stdout
copy nosuch from stdin;
1	thrown away
select 'not executed';
\.
select 'executed' as after;
copy t from stdin;
wrong	row
\.
\copy t (a, b) from stdin delimiter ','
4,four
\.
\copy t to '/nonexistent/directory/file'
\copy nosuch to stdout
\copy t from program 'printf "5\tfive\n"'
select * from t order by a;
\copy
copy t from stdin\; select 'between' as x\; copy t from stdin;
6	six
\.
7	seven
\.
select count(*) from t;
