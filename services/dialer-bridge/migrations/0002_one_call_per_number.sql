-- Within an organization a number has one call at a time. Calls that were under way before this migration have neither column.
alter table dial_journal add column organization_id uuid, add column number text collate "C";
create unique index dial_journal_number_under_way on dial_journal (organization_id, number) where state = 'dialing';
