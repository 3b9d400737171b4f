-- How far the lane had read the calls of an execution when it last changed it.
alter table executions add column position bigint not null default 0;
