-- `suppressed`: the number was in the do-not-call list, so the carrier was never asked.
alter table dial_journal drop constraint dial_journal_state_check;
alter table dial_journal add constraint dial_journal_state_check check (state in ('dialing', 'expired', 'suppressed', 'ended'));
