create table if not exists orders (id varchar(200) primary key, item varchar(100) not null, quantity int not null, status varchar(10) not null, deliveries int not null, placed_at timestamp(6) with time zone default current_timestamp not null);
create index if not exists orders_placed_at on orders (placed_at, id);
create table if not exists receipts (order_id varchar(200) primary key, item varchar(100) not null, quantity int not null, issued_at timestamp(6) with time zone not null);
create table if not exists outage (id int primary key, ends_at timestamp(6) with time zone not null);
