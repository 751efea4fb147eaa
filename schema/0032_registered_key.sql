-- Who still signs with a public key that has ended.

-- Each public key that is registered, once more, sealed under key_number of the ring for this purpose alone: what stands here
-- lets nobody in, nor when it is copied into secret.public_key, which is emptied when the key ends.
CREATE TABLE registered_key (
  secret_id BIGINT NOT NULL PRIMARY KEY,
  client_id BIGINT NOT NULL,
  key_number INT NOT NULL,
  public_key VARBINARY(1000) NOT NULL,
  KEY registered_key_client (client_id, secret_id),
  CONSTRAINT registered_key_of_secret FOREIGN KEY (secret_id) REFERENCES secret (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
