-- Links by which a person chooses a new password; token_hash is SHA-256 of its token. open_for is the person while the link
-- can be used: unique, so the next one ends it. It also ends with the password that there was (password_digest), with the
-- tenure of the user that it was made for (NULL: an operator who is in no organization), and, when an admin made it,
-- with that admin's (by_tenure_id; organization_id is theirs, else NULL). created_by is a person.
CREATE TABLE password_reset (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  person_id BIGINT NOT NULL,
  open_for BIGINT NULL,
  tenure_id BIGINT NULL,
  organization_id BIGINT NULL,
  by_tenure_id BIGINT NULL,
  token_hash BINARY(32) NOT NULL,
  password_digest CHAR(64) NOT NULL,
  created_by BIGINT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  used_at DATETIME(6) NULL,
  UNIQUE KEY password_reset_public_id (public_id),
  UNIQUE KEY password_reset_token (token_hash),
  UNIQUE KEY password_reset_open (open_for),
  KEY password_reset_person (person_id, created_at),
  KEY password_reset_expires (expires_at),
  CONSTRAINT password_reset_of_person FOREIGN KEY (person_id) REFERENCES person (id),
  CONSTRAINT password_reset_open_one CHECK (open_for IS NULL OR (open_for = person_id AND used_at IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Addresses for which somebody has said that the password is forgotten, known here or not, until the housekeeper comes by:
-- whoever asks waits for the same statements either way.
CREATE TABLE forgotten (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email VARCHAR(254) NOT NULL,
  remote VARCHAR(45) NOT NULL,
  asked_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
