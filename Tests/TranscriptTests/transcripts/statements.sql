-- how text is split into statements
select 'a;b', "c;d" from (select 1 as "c;d") s; select 2 as two;
select 1 /* a /* nested; */ comment; */ + 1 as sum;
select $x$ ; $$ ; $x$ as dollar;
create function f(n int) returns int language sql
begin atomic
  select case when n > 0 then 1 else 0 end;
  select n + 1;
end;
select f(1);
select 1 as a\; select 2 as b;
begin\; select 3 as c\; commit;
select (
  1
) as parens;
select 'two
lines' as text;
select E'it\'s' as escaped;
set standard_conforming_strings = off;
select 'back\\slash' as old;
set standard_conforming_strings = on;
select 1 as x
\p
\r
\p
select 2 as y \p \g
\g
select nosuch;
select 1 from;
select 'unterminated
\echo inside
';
