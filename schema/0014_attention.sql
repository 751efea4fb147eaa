-- What needs attention is found by index, in the order of urgency, however many credentials there are. The day of
-- the last use changes its index once a day, not with each batch of calls. It is no generated column: a virtual one
-- is in no CHECKSUM TABLE, by which the nodes of a cluster are compared.

ALTER TABLE secret
  ADD COLUMN last_used_day DATE NULL;

UPDATE secret
   SET last_used_day = DATE(last_used_at)
 WHERE last_used_at IS NOT NULL;

ALTER TABLE secret
  ADD KEY secret_made (organization_id, status, created_at),
  ADD KEY secret_stored (organization_id, status, stored_at, created_at),
  ADD KEY secret_silent (organization_id, status, last_used_day, created_at),
  ADD KEY secret_ring (organization_id, status, key_number),
  ADD KEY secret_ending (organization_id, ends_at);

ALTER TABLE client
  ADD KEY client_expires (organization_id, expires_at);
