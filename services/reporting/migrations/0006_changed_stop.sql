-- The revision of the event that last changed the stop of an execution; 0: its launch.
alter table executions add column settings_revision integer not null default 0;
