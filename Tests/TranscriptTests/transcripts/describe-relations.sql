-- \d of views, sequences, indexes, composite types and TOAST tables; the \dt family
create table base (id int primary key, name text, at timestamptz default now());
create view seen as select id, name, upper(name) as loud from base where id > 5;
comment on view seen is 'a view';
comment on column seen.loud is 'in capitals';
\d seen
\d+ seen
create view guarded with (security_barrier, check_option = local) as select * from base;
create rule writable as on insert to guarded do instead insert into base (id) values (new.id);
\d guarded
\d+ guarded
create function note() returns trigger language plpgsql as 'begin return new; end';
create trigger instead_of instead of insert on seen for each row execute function note();
alter view seen alter name set default 'none';
\d seen
create recursive view counted (n) as values (1) union all select n + 1 from counted where n < 5;
\d+ counted
create materialized view kept with (fillfactor = 80) as select id, name from base with no data;
create unique index kept_id on kept (id);
\d kept
\d+ kept
create sequence plain;
create sequence fancy as smallint increment by -1 minvalue -100 maxvalue 100 start 50 cache 5 cycle;
create unlogged sequence fleeting;
create sequence owned owned by base.id;
create table "Mixed Case" ("Id" int generated always as identity);
\d plain
\d+ fancy
\d fleeting
\d owned
\d "Mixed Case_Id_seq"
\x
\d fancy
\d base
\dt base
\x
create index on base (lower(name) text_pattern_ops, id desc) include (at) where id > 3;
create unlogged table quick (a int, b int, unique (a) deferrable initially deferred);
create index quick_b on quick (b);
\d base_pkey
\d base_lower_id_at_idx
\d+ base_lower_id_at_idx
\d quick
\d quick_a_key
\d quick_b
create unique index alone on quick (a, b) nulls not distinct;
alter table quick cluster on quick_b;
\d alone
\d quick_b
\d pg_toast.pg_toast_1255
\d+ pg_toast.pg_toast_1255
create type pair as (a int, b text);
\d pair
\d
\dt
\dv
\dm
\ds
\di
\dE
\dtv
\dimsE
\dtS pg_am
\dt pg_catalog.pg_a*
\dt no_such_table
\set QUIET off
\dt no_such_table
\dE
\d no_such_table
\set QUIET on
\sv seen
\sv+ guarded
\sv counted
