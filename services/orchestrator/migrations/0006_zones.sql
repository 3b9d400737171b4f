-- The zone of a contact: contacts of one zone may be called at the same hours. '' is the zone of an execution without calling hours, and of executions from
-- before zones: it is always looked at. A turn reads the due contacts of the zones that are open, so those of the others cost nothing.
alter table execution_contacts add column zone text not null default '';
alter table executions add column zones text[] not null default array[''];

drop index execution_contacts_due;
create index execution_contacts_due on execution_contacts (execution_id, is_retry, zone, due_at, contact_id) where due_at is not null;
