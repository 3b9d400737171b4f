-- By which nodes and digits a call is found: see domain/node-keys.ts. Events of before this migration get theirs when the read model is rebuilt.
alter table call_events add column node_keys text[] not null default '{}';
