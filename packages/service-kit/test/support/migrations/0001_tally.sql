create table tally (
  position bigint generated always as identity primary key,
  lane smallint not null,
  event_id text not null,
  reader text not null
);
