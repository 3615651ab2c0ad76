-- findings: planted and left alone
create table parent (id bigint primary key);
create table child (id bigint primary key, parent_id bigint references parent, other_id bigint references parent);
create index on child (parent_id);
create table "Mixed Case" (id bigint primary key, "Parent Id" bigint references parent on delete cascade);
\fkcheck
\fix 1
\p
\r
\fix 2 (undo=on)
\fix 99
\fkcheck child
\fkcheck nosuch*
\fkcheck (nosuch=1)
\fkcheck (limit=x)
\fkcheck (limit=1)
\pset format csv
\fkcheck
\pset format aligned
create index on child (parent_id);
\redundant
begin;
create table uncommitted (id bigint references parent);
\fkcheck
rollback;
begin;
select 1/0;
\fkcheck
rollback;
