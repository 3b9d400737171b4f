-- By which nodes and digits a call is found: see domain/node-keys.ts. Events of before this migration get theirs when the read model is rebuilt.
alter table call_events add column node_keys text[] not null default '{}';

-- The calls of a contact, and those to numbers that begin alike.
create index calls_of_contact on calls (execution_id, contact_id, call_id) where execution_id is not null and contact_id is not null;
create index calls_to_number on calls (execution_id, to_number text_pattern_ops, call_id) where execution_id is not null;
