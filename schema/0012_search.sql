-- What clients are found by: core/client_index.h says what a term is.

-- A row for each term of each client that is not deleted, in two orders: by when it was made, and by its name.
-- There are no foreign keys: each would be one more index over what is the largest table by far.
CREATE TABLE client_term (
  organization_id BIGINT NOT NULL,
  integration TINYINT(1) NOT NULL,
  term VARCHAR(32) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  client_id BIGINT NOT NULL,
  name_key VARCHAR(100) NOT NULL,
  PRIMARY KEY (organization_id, integration, term, created_at, client_id),
  KEY client_term_name (organization_id, integration, term, name_key, client_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What is in client_term of a client, so that a change writes only what differs. terms are in order, with one
-- blank between two; name_key is the name in lower case.
CREATE TABLE client_indexed (
  client_id BIGINT NOT NULL PRIMARY KEY,
  name_key VARCHAR(100) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  terms TEXT NOT NULL,
  CONSTRAINT client_indexed_client FOREIGN KEY (client_id) REFERENCES client (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- By which format its terms were made; 0 is not yet. What is behind the program's own the housekeeper makes anew,
-- so this migration reads no client, however many there are.
ALTER TABLE client
  ADD COLUMN indexed INT NOT NULL DEFAULT 0,
  ADD KEY client_unindexed (indexed, id);
