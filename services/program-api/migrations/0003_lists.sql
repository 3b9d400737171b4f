-- Lists go on behind an id: without these, all rows would be sorted for each page. "is null" gives no order by the next column of an index, so the
-- DIDs of the platform have one of their own.
create index custom_attributes_of_organization on custom_attributes (organization_id, id);
create index dids_of_organization on dids (organization_id, id);
create index dids_of_platform on dids (id) where organization_id is null;
