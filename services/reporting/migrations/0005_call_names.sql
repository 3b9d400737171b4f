-- The contact's names at the launch: the export of calls shows them, and is sorted by the last name. Calls that were read before have none.
alter table calls add column first_name text, add column last_name text;
