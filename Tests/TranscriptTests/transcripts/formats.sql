-- \pset and the formats
create table t (a int, b text, c numeric(10,2), d boolean, e timestamptz);
insert into t values (1, 'plain', 1.50, true, '2024-01-02 03:04:05+00'), (2, null, -2, false, null),
  (3, E'two\nlines', 12345.67, null, '2000-01-01'), (4, 'wide 漢字 é', 0, true, null), (5, E'tab\there', null, null, null);
select * from t order by a;
\pset border 2
select * from t order by a;
\pset linestyle unicode
select * from t order by a;
\x
select * from t order by a limit 2;
\x
\pset border 0
\pset linestyle old-ascii
select * from t order by a;
\pset linestyle ascii
\pset border 1
\pset null (none)
\pset format csv
select * from t order by a;
\pset format html
select * from t order by a;
\pset format asciidoc
select * from t order by a;
\pset format latex
select * from t order by a;
\pset format latex-longtable
select * from t order by a;
\pset format troff-ms
select * from t order by a;
\pset format wrapped
\pset columns 40
select * from t order by a;
\pset format unaligned
\pset fieldsep ;
\pset recordsep ' / '
select * from t order by a;
\pset recordsep '\n'
\t
select a, b from t order by a;
\t
\a
\C 'A title'
select a, c from t order by a;
\C
\pset footer off
select a from t order by a;
\pset footer on
\pset numericlocale
select c from t order by a;
\pset nosuch
\pset format nosuch
\pset border x
\pset
select 1 as a \gx
select 1 as a \g (format=csv tuples_only)
select 1 as a, 2 as b \gdesc
select 'select ' || g || ' as executed' from generate_series(1, 2) g \gexec
