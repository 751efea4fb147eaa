-- A second factor: one-time codes of a person's app, and codes on paper for when that is lost.

-- sealed is the seed, sealed under the key ring's key of that number. Until confirmed_at it is not in force, and belongs to
-- the session in which it was begun. last_step: the step of the last code that was used; only later ones are good.
CREATE TABLE factor (
  person_id BIGINT NOT NULL PRIMARY KEY,
  key_number INT NOT NULL,
  sealed VARBINARY(100) NOT NULL,
  session_id BIGINT NOT NULL,
  last_step BIGINT NOT NULL DEFAULT 0,
  begun_at DATETIME(6) NOT NULL,
  confirmed_at DATETIME(6) NULL,
  KEY factor_key (key_number),
  CONSTRAINT factor_of_person FOREIGN KEY (person_id) REFERENCES person (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- code_hash is a hash keyed by the seed, so it is worth nothing without the key ring.
CREATE TABLE recovery_code (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id BIGINT NOT NULL,
  code_hash BINARY(32) NOT NULL,
  made_at DATETIME(6) NOT NULL,
  used_at DATETIME(6) NULL,
  KEY recovery_code_person (person_id, used_at),
  CONSTRAINT recovery_code_of_person FOREIGN KEY (person_id) REFERENCES person (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Somebody who has given the right password and not yet the code: no session, and good for nothing but that.
-- token_hash is SHA-256 of a cookie; tries are counted before the code is looked at.
CREATE TABLE half_session (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  token_hash BINARY(32) NOT NULL,
  person_id BIGINT NOT NULL,
  user_id BIGINT NULL,
  tries INT NOT NULL DEFAULT 0,
  created_at DATETIME(6) NOT NULL,
  UNIQUE KEY half_session_token (token_hash),
  KEY half_session_person (person_id),
  KEY half_session_created (created_at),
  CONSTRAINT half_session_of_person FOREIGN KEY (person_id) REFERENCES person (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE organization
  ADD COLUMN factor_required TINYINT(1) NOT NULL DEFAULT 0;
