-- \d of partitioned tables, their partitions and indexes; \dP
create table measured (a int, b text, c date) partition by range (a, (b || 'x') collate "C");
\d measured
\d+ measured
create table measured_1 partition of measured for values from (1, minvalue) to (10, maxvalue);
create table measured_2 partition of measured for values from (11, 'a') to (20, 'b') partition by list (c);
create table measured_2_1 partition of measured_2 for values in ('2020-01-01', null);
create table measured_2_rest partition of measured_2 default;
create table measured_rest partition of measured default;
create index measured_a on measured (a);
create index measured_b on only measured (b);
comment on table measured is 'in parts';
\d measured
\d+ measured
\d measured_1
\d+ measured_1
\d+ measured_2
\d+ measured_2_1
\d+ measured_2_rest
\d+ measured_rest
\d measured_a
\d+ measured_a
\d measured_1_a_idx
\d+ measured_1_a_idx
\d measured_b
create table hashed (a int primary key, b text) partition by hash (a);
create table hashed_0 partition of hashed for values with (modulus 2, remainder 0);
create table hashed_1 partition of hashed for values with (modulus 2, remainder 1);
\d+ hashed
create table customer (id int primary key);
create table ordered (id int references customer, h int references hashed, day int) partition by list (day);
create table ordered_1 partition of ordered for values in (1, 2);
create table ordered_2 (id int, h int, day int);
alter table ordered attach partition ordered_2 for values in (3);
\d ordered
\d ordered_1
\d customer
\d hashed
\d hashed_0
create function note() returns trigger language plpgsql as 'begin return new; end';
create trigger on_all after insert on ordered for each row execute function note();
create trigger on_one after insert on ordered_1 for each row execute function note();
\d ordered
\d ordered_1
alter table ordered_1 disable trigger on_all;
\d ordered_1
alter table ordered detach partition ordered_2;
\d ordered_2
create unlogged table fleeting (a int) partition by list (a);
\d+ fleeting
\dP
\dPt
\dPi
\dPn
\dPtn
\dPin
\dP measured*
\dPt+ fleeting
\dP no_such_table
