-- Lists go on behind an id: without these, each page would read all that comes before or after it.
create index custom_attributes_of_organization on custom_attributes (organization_id, id);
create index dids_of_organization on dids (organization_id, id);
