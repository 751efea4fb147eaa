-- Access tokens that were revoked before they expired, by their claim jti. A row is read together with that of the token's
-- secret at each use, and counts until the token has expired. client_id is whose token it was.
CREATE TABLE token_revocation (
  jti VARCHAR(22) NOT NULL PRIMARY KEY,
  organization_id BIGINT NOT NULL,
  client_id BIGINT NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  revoked_at DATETIME(6) NOT NULL,
  KEY token_revocation_expires (expires_at),
  CONSTRAINT token_revocation_of_client FOREIGN KEY (client_id) REFERENCES client (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
