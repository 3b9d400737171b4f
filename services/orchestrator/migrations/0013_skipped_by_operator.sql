alter table execution_contacts drop constraint execution_contacts_skip_reason_check;
alter table execution_contacts add constraint execution_contacts_skip_reason_check
  check (skip_reason in ('do_not_call', 'calling_hours', 'execution_ended', 'operator')) not valid;
