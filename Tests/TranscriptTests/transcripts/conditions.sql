-- \if and its kin
\if true
\echo yes
\elif true
\echo no
\else
\echo no
\endif
\if off
select 1/0;
\echo `false` :undefined
\elif 1
select 'branch' as taken;
\endif
\if maybe
\echo no
\else
\echo maybe is false
\endif
\if true
\if false
\echo no
\else
\echo inner
\endif
\endif
\else
\elif true
\endif
\if true
\else
\else
\endif
select
\if false
  1
\else
  2
\endif
  as number;
