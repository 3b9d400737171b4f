-- The id of the message at last_sequence: a stream that lost its last messages gives their sequence numbers to others.
alter table outbox add column last_message_id text;

-- A sequence number may come twice, when a stream was made anew. A message that is set aside again is the same letter, another message never is.
alter table dead_letters drop constraint dead_letters_projection_stream_sequence_key;
alter table dead_letters add column position integer not null default 0;
alter table dead_letters add column replay_requested_at timestamptz;
create unique index dead_letters_once on dead_letters (projection, stream_sequence, position, md5(message));
create index dead_letters_to_replay on dead_letters (projection, lane) where replay_requested_at is not null;

-- The organization of each execution or job that messages were about, as the first of them said.
create table subject_organizations (
  subject_id text collate "C" primary key,
  organization_id uuid not null
);
