-- roles, schemas, privileges, settings, foreign data, publications, subscriptions, extensions, parameters
create role describe_alice;
create role describe_bob noinherit connection limit 0;
create role describe_carol login superuser createdb createrole replication bypassrls connection limit 3
  valid until 'infinity';
create role describe_dave login connection limit 1;
grant describe_alice to describe_bob;
comment on role describe_alice is 'a role';
\du describe_*
\du+ describe_*
\dg describe_alice
\du no_such_role
create schema s1;
comment on schema s1 is 'a schema';
grant usage on schema s1 to describe_alice;
grant create on schema s1 to describe_bob with grant option;
\dn
\dn+
\dn s1
\dn no_such_schema
create table ledger (id int, name text);
create table s1.other (a int);
create view seen as select * from ledger;
create sequence counter;
grant select on ledger to describe_alice;
grant insert, update on ledger to describe_bob with grant option;
grant select (id, name), update (name) on ledger to describe_alice;
grant all on seen to public;
revoke all on counter from postgres;
create policy everyone on ledger using (true);
create policy readers on ledger as restrictive for select to describe_alice, describe_bob using (id > 5);
create policy writers on ledger for insert with check (id > 0);
\dp
\dp ledger
\z seen
\dp s1.*
\dp pg_catalog.pg_am
alter default privileges for role describe_alice in schema s1 grant execute on functions to describe_bob;
alter default privileges for role describe_bob revoke usage on types from public;
alter default privileges for role describe_bob grant usage on schemas to describe_alice;
\ddp
\ddp s1
\ddp describe_bob
alter role describe_alice set work_mem = '1MB';
alter role describe_alice set search_path = s1, public;
\drds describe_alice
\set QUIET off
\drds describe_bob
\drds describe_bob no_such_database
\set QUIET on
create foreign data wrapper dummy options (a 'b');
create server remote type 'kind' version '1' foreign data wrapper dummy options (host 'x', dbname 'it''s');
create user mapping for describe_alice server remote options (user 'u', "Weird" 'p');
create user mapping for public server remote;
create foreign table abroad (
  a int options (column_name 'A') not null,
  b text collate "C" default 'q',
  check (a > 0)
) server remote options (schema_name 's', table_name 't');
create foreign table heir () inherits (ledger) server remote;
comment on foreign data wrapper dummy is 'a wrapper';
comment on server remote is 'a server';
comment on foreign table abroad is 'a foreign table';
grant usage on foreign server remote to describe_alice;
grant usage on foreign data wrapper dummy to describe_alice;
\des
\des+
\deu
\deu+
\dew
\dew+
\det
\det+
\d abroad
\d+ abroad
\d+ heir
\dE
set client_min_messages = error;
create publication everything for all tables;
create publication chosen for table only ledger (id), s1.other where (a > 5);
create publication in_schema for tables in schema s1 with (publish = 'insert, update', publish_via_partition_root);
create publication nothing;
reset client_min_messages;
\dRp
\dRp+
\dRp+ chosen
\d ledger
\d s1.other
\dn s1
\dRs
\dRs+
\set QUIET off
\dRp+ no_such_publication
\dx no_such_extension
\dx+ no_such_extension
\set QUIET on
\dx plpgsql
\dx+ plpgsql
\db pg_*
\db+ no_such_tablespace
\l no_such_database
\l+ no_such_database
\dconfig work_mem
\dconfig+ log_min_duration_statement
\dconfig WORK_MEM
grant set on parameter log_min_duration_statement to describe_alice;
\dconfig+ log_min_duration_statement
revoke set on parameter log_min_duration_statement from describe_alice;
drop table ledger, s1.other cascade;
drop foreign data wrapper dummy cascade;
drop owned by describe_alice;
drop owned by describe_bob;
drop role describe_alice, describe_bob, describe_carol, describe_dave;
