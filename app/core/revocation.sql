-- Tokens that were revoked by themselves.

-- claim revocation_add(jti text, org int, client int, expires_at time, now time)
INSERT INTO token_revocation (jti, organization_id, client_id, expires_at, revoked_at)
VALUES (:jti, :org, :client, :expires_at, :now);
