-- Additional secrets past their expiry are found by index, whatever the organization.

ALTER TABLE client
  ADD KEY client_ends (kind, deleted_at, expires_at);
