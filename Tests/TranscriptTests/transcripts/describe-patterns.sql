-- name patterns: folding, quotes, wildcards, regular expressions, dots, visibility
create schema s1;
create schema "Mixed.Schema";
create table parent (a int);
create table s1.parent (a int);
create table s1.child (a int);
create table "Mixed.Schema"."Table.Name" (a int);
create table "dol$lar" (a int);
create table "quo""te" (a int);
create table "star*" (a int);
create table "UPPER" (a int);
create table "upper" (a int);
\dt parent
\dt PARENT
\dt p*
\dt ?arent
\dt *.parent
\dt s1.*
\dt S1.C*
\dt s?.*
\dt *.*arent
\dt "Mixed.Schema"."Table.Name"
\dt Mixed*.*
\dt "Mixed.Schema".*
\dt *."Table.Name"
\dt dol$lar
\dt "dol$lar"
\dt quo""te
\dt "quo""te"
\dt "star*"
\dt "st*"
\dt UPPER
\dt "UPPER"
\dt "UPP"ER
\dt p[a-p]rent
\dt (parent|upper)
\dt par.nt
\dt .parent
\dt s1.
\dt ""
\dt parent;
\dt :DBNAME.s1.child
\set QUIET off
\dt nodb.s1.child
\dt a.b.c.d
\dt [
\dn a.b
\dn a.b.c
\du a.b
\dt nope
\set QUIET on
set search_path = s1;
\dt
\d parent
\d public.parent
\dt parent
set search_path = pg_catalog;
\d
\dt parent
\dT public.*
reset search_path;
