-- A request with a test key runs calls on the simulated carrier, free of charge.
alter table api_keys add column mode text not null default 'live' check (mode in ('live', 'test'));
