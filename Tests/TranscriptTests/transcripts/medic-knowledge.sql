-- the knowledge base, without and with values
\kb lock timeout
\kb 53300
\kb nosuchword qqqq
\fill
\fill nosuch
\fill index-concurrently nosuch=1
\fill index-concurrently table=orders
create table public.orders (id bigint primary key, "Customer" bigint);
\fill index-concurrently table=orders columns="Customer"
\fill (target=fortran) index-concurrently table=orders columns=id
\why
select * from nosuch;
\fix
\help \fkcheck
\help \nosuch
