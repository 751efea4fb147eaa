-- What needs attention is found by index, in the order of urgency, however many credentials there are. The day of
-- the last use changes its index once a day, not with each batch of calls.

ALTER TABLE secret
  ADD COLUMN last_used_day DATE GENERATED ALWAYS AS (DATE(last_used_at)) VIRTUAL;

ALTER TABLE secret
  ADD KEY secret_made (organization_id, status, created_at),
  ADD KEY secret_stored (organization_id, status, stored_at, created_at),
  ADD KEY secret_silent (organization_id, status, last_used_day, created_at),
  ADD KEY secret_ring (organization_id, status, key_number),
  ADD KEY secret_ending (organization_id, ends_at);

ALTER TABLE client
  ADD KEY client_expires (organization_id, expires_at);
