-- Public keys in place of secrets (RFC 7523): a program signs with the private half, which never comes here.

-- Such a secret has no hash. public_key is the key sealed under key_number of the ring, bound to sid, so that whoever can only
-- write here registers none; it goes when the secret ends. thumbprint (RFC 7638) and key_kind ("P-256", "Ed25519",
-- "RSA 3072") stay: a key is registered once in an organization, and what has ended does not come back.
ALTER TABLE secret
  ADD COLUMN public_key VARBINARY(1000) NULL,
  ADD COLUMN thumbprint CHAR(43) NULL,
  ADD COLUMN key_kind VARCHAR(12) NULL,
  ADD UNIQUE KEY secret_thumbprint (organization_id, thumbprint),
  ADD CONSTRAINT secret_one_proof CHECK (hash IS NULL OR thumbprint IS NULL),
  ADD CONSTRAINT secret_public_key CHECK (public_key IS NULL
    OR (thumbprint IS NOT NULL AND key_kind IS NOT NULL AND status IN ('active', 'retiring')));

-- The assertions that were accepted, by SHA-256 of their claim jti, until they could not be accepted any more. No foreign key:
-- it would wait for whoever holds the client.
CREATE TABLE assertion_used (
  client_id BIGINT NOT NULL,
  jti_hash BINARY(32) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  PRIMARY KEY (client_id, jti_hash),
  KEY assertion_used_expires (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
