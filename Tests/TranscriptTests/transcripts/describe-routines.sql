-- functions, aggregates, operators, types, domains, casts, conversions, collations, comments
create schema aside;
create type color as enum ('red', 'green');
create type pair as (a int, b text);
create domain positive as int check (value > 0) not null default 5;
create domain aside.word as text collate "C" constraint a check (value <> '') constraint b check (length(value) < 10);
create domain money_amount as numeric(10,2);
comment on type color is 'a few colours';
comment on domain positive is 'more than nothing';
create function one(a int, out c int, b text default 'x', variadic d text[] default '{}') language sql as 'select 1';
create function many() returns setof pair language sql stable strict parallel safe security definer
  begin atomic select 1, 'a'::text; end;
create function rowed(p pair) returns table (x int, y text) language sql immutable as $$select 1, 'a'::text$$;
create function wordy(aside.word) returns int[] language sql as 'select array[1]';
create procedure act(inout a int) language plpgsql as 'begin end';
create function note() returns trigger language plpgsql as 'begin return new; end';
create aggregate summed (int) (sfunc = int4pl, stype = int, initcond = '0');
create aggregate counted (*) (sfunc = int8inc, stype = int8, initcond = '0');
comment on function many is 'a function';
comment on aggregate summed (int) is 'an aggregate';
\df
\df+
\dfa
\dfn
\dfp
\dft
\dfw
\dfnt
\dfapw
\df one
\df public.* int
\df public.* pair
\df public.* -
\df public.* int text
\df public.* aside.*
\df pg_catalog.array_fill * integer[]
\df pg_catalog.float8 float
\df pg_catalog.*sqrt decimal
\dfw pg_catalog.n*
\da
\da+ pg_catalog.bit_*
\sf many
\sf+ many
\sf one(int,text,text[])
\sf+ note
create operator === (leftarg = int, rightarg = int, function = int4eq);
create operator !!! (rightarg = int, function = int4abs);
comment on operator === (int, int) is 'equal';
\do
\do+
\do * int
\do * int int
\do * - int
\do pg_catalog.||
\do pg_catalog.|| * text
\do pg_catalog.+ int8 int8
\do pg_catalog.^
\do pg_catalog.?|
\do pg_catalog."?|"
\do pg_catalog.@ float8
\dT
\dT+ color
\dT positive
\dT int
\dT pg_catalog.int[]
\dT pg_catalog.float
\dD
\dD aside.*
create cast (text as color) with inout as assignment;
create cast (color as int) with inout;
comment on cast (text as color) is 'a cast';
\dC color
\dC+ color
\dC pg_catalog.macaddr*
create conversion aside.latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create default conversion latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
comment on conversion latin is 'a conversion';
\dc
\dc+
\dc aside.*
create collation exact (locale = 'C');
comment on collation exact is 'a collation';
\dO
\dO+
\dOS "POSIX"
\dL
\dLS
\dLS+ c
\dA
\dA+ b*
create operator family pairs using btree;
create operator class pair_ops for type pair using btree family pairs
  as operator 1 < (record, record), function 1 btrecordcmp (record, record);
\dAc btree pair
\dAc+ btree pair
\dAc gin
\dAf+ btree pair
\dAf brin oid
\dAo btree pairs
\dAo+ btree float_ops
\dAo * pg_catalog.jsonb_path_ops
\dAp btree pairs
\dAp+ btree float_ops
\dAp brin uuid_minmax_ops
create table commented (a int constraint filled check (a > 0));
create rule told as on update to commented do also notify told;
create trigger noted before insert on commented for each row execute function note();
alter domain money_amount add constraint enough check (value > 1);
comment on constraint filled on commented is 'a table constraint';
comment on constraint enough on domain money_amount is 'a domain constraint';
comment on rule told on commented is 'a rule';
comment on trigger noted on commented is 'a trigger';
comment on operator class pair_ops using btree is 'an operator class';
comment on operator family pairs using btree is 'an operator family';
\dd
\dd fil*
\dd no_such_thing
create statistics two on a, (a + 1) from commented;
create statistics aside.one (mcv) on a, (a * 2) from commented;
\dX
\dX *.*
create function noted_event() returns event_trigger language plpgsql as 'begin end';
create event trigger off on ddl_command_start when tag in ('CREATE TABLE', 'DROP TABLE') execute function noted_event();
alter event trigger off disable;
create event trigger always on sql_drop execute function noted_event();
alter event trigger always enable always;
create event trigger replica on table_rewrite execute function noted_event();
alter event trigger replica enable replica;
comment on event trigger off is 'an event trigger';
\dy
\dy+
\dy no_such_trigger
\dF english
\dFp
\dFp+
\dFd eng*
\dFd+ simple
\dFt
\dFt+ simple
create text search configuration mine (copy = simple);
create text search dictionary stops (template = simple, stopwords = english);
alter text search configuration mine alter mapping for word, numword with stops, simple;
\dF+ mine
\dFd+ stops
\set QUIET off
\dF+ no_such_configuration
\dFp+ no_such_parser
\dfx
\dfax
\dzz
\sf no_such_function
\sf no_such_function(int)
\sf
\sf summed
\sv
\sv commented
\sv no_such_view
