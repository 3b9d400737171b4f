-- Where a call went and which hour it was there, for reports by country and by hour. Null for numbers without a country, for countries with several time zones, and for calls of before this
-- migration until the read model is rebuilt.
alter table calls add column country text, add column local_hour smallint;
