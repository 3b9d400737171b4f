-- Settings of programs and call requests for what they do not say themselves. Null: not set.
alter table organizations add column calling_hours jsonb, add column pacing jsonb, add column amd boolean;
