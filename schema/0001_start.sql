-- Organizations, people, sessions, clients and their secrets, signing keys, the audit log.
--
-- All times are UTC. What is limited has a place, unique within what limits it, and NULL once it is
-- over. Ids shown to people are public_id, sid and client_id, never the row's number.

CREATE TABLE organization (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  name VARCHAR(100) NOT NULL,
  status VARCHAR(12) NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(6) NOT NULL,
  UNIQUE KEY organization_public_id (public_id),
  CONSTRAINT organization_status CHECK (status IN ('active', 'closed'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A person signs in; as a user the person belongs to an organization. email is in lower case.
CREATE TABLE person (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  email VARCHAR(254) NOT NULL,
  name VARCHAR(100) NOT NULL,
  password_hash VARCHAR(255) NULL,
  is_operator TINYINT(1) NOT NULL DEFAULT 0,
  acts BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(6) NOT NULL,
  UNIQUE KEY person_public_id (public_id),
  UNIQUE KEY person_email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE user (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  organization_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  role VARCHAR(20) NOT NULL,
  status VARCHAR(12) NOT NULL,
  acts BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(6) NOT NULL,
  UNIQUE KEY user_public_id (public_id),
  UNIQUE KEY user_person (person_id, organization_id),
  KEY user_organization (organization_id, status, id),
  CONSTRAINT user_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT user_of_person FOREIGN KEY (person_id) REFERENCES person (id),
  CONSTRAINT user_role CHECK (role IN ('admin', 'compliance_admin', 'member')),
  CONSTRAINT user_status CHECK (status IN ('invited', 'active', 'deactivated'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- token_hash is SHA-256 of the cookie's value, which is kept nowhere.
CREATE TABLE session (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  token_hash BINARY(32) NOT NULL,
  person_id BIGINT NOT NULL,
  user_id BIGINT NULL,
  environment VARCHAR(12) NOT NULL,
  remote VARCHAR(45) NOT NULL,
  program VARCHAR(200) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  UNIQUE KEY session_token (token_hash),
  KEY session_person (person_id, created_at),
  KEY session_created (created_at),
  CONSTRAINT session_of_person FOREIGN KEY (person_id) REFERENCES person (id),
  CONSTRAINT session_environment CHECK (environment IN ('production', 'integration'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Failed sign-ins: what is counted is a keyed hash of a person or device and a network.
CREATE TABLE sign_in_failure (
  what BINARY(32) NOT NULL PRIMARY KEY,
  failures INT NOT NULL,
  since DATETIME(6) NOT NULL,
  KEY sign_in_failure_since (since)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The links that begin an installation; token_hash is SHA-256 of the link's token.
CREATE TABLE setup_link (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  token_hash BINARY(32) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  used_at DATETIME(6) NULL,
  UNIQUE KEY setup_link_token (token_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The one row that a set-up claims: there is no second first time.
CREATE TABLE installation (
  id BIGINT NOT NULL PRIMARY KEY,
  created_at DATETIME(6) NOT NULL,
  CONSTRAINT installation_one CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE client (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  organization_id BIGINT NOT NULL,
  environment VARCHAR(12) NOT NULL,
  kind VARCHAR(12) NOT NULL,
  client_id VARCHAR(32) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description VARCHAR(500) NOT NULL DEFAULT '',
  status VARCHAR(12) NOT NULL,
  place INT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_by BIGINT NULL,
  created_at DATETIME(6) NOT NULL,
  deleted_at DATETIME(6) NULL,
  UNIQUE KEY client_public_id (public_id),
  UNIQUE KEY client_client_id (client_id),
  UNIQUE KEY client_place (organization_id, environment, kind, place),
  KEY client_list (organization_id, environment, kind, deleted_at, id),
  CONSTRAINT client_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT client_environment CHECK (environment IN ('production', 'integration')),
  CONSTRAINT client_kind CHECK (kind IN ('account', 'scoped', 'data_api')),
  CONSTRAINT client_status CHECK (status IN ('active', 'deactivated', 'deleted'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- current_of is the client while the secret is its primary one: unique, so there is never a second. A
-- revoked secret keeps its row for the audit log and loses its hash.
CREATE TABLE secret (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sid CHAR(10) NOT NULL,
  organization_id BIGINT NOT NULL,
  client_id BIGINT NOT NULL,
  kind VARCHAR(12) NOT NULL,
  status VARCHAR(12) NOT NULL,
  current_of BIGINT NULL,
  owner_id BIGINT NULL,
  hash VARCHAR(255) NULL,
  hint CHAR(4) NOT NULL,
  key_number INT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_by BIGINT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NULL,
  stored_at DATETIME(6) NULL,
  ended_at DATETIME(6) NULL,
  ended_reason VARCHAR(32) NOT NULL DEFAULT '',
  last_used_at DATETIME(6) NULL,
  last_used_from VARCHAR(45) NOT NULL DEFAULT '',
  calls BIGINT NOT NULL DEFAULT 0,
  UNIQUE KEY secret_sid (sid),
  UNIQUE KEY secret_current (current_of),
  KEY secret_client (client_id, id),
  KEY secret_owner (owner_id, status),
  CONSTRAINT secret_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT secret_of_client FOREIGN KEY (client_id) REFERENCES client (id),
  CONSTRAINT secret_kind CHECK (kind IN ('primary', 'additional')),
  CONSTRAINT secret_status CHECK (status IN ('pending', 'active', 'retiring', 'revoked')),
  CONSTRAINT secret_revoked CHECK (status <> 'revoked' OR (hash IS NULL AND current_of IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who has seen which secret, and how.
CREATE TABLE exposure (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  organization_id BIGINT NOT NULL,
  secret_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  how VARCHAR(12) NOT NULL,
  at DATETIME(6) NOT NULL,
  KEY exposure_secret (secret_id, id),
  KEY exposure_user (user_id, id),
  CONSTRAINT exposure_of_secret FOREIGN KEY (secret_id) REFERENCES secret (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The one-time numbers of forms that make something; number_hash is SHA-256 of the number.
CREATE TABLE form_once (
  number_hash BINARY(32) NOT NULL PRIMARY KEY,
  organization_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  object CHAR(10) NOT NULL,
  made_at DATETIME(6) NOT NULL,
  KEY form_once_made (made_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The private keys of tokens, sealed under the key ring. active_for is the environment while the key is
-- the one that signs: unique, so there is never a second.
CREATE TABLE signing_key (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  environment VARCHAR(12) NOT NULL,
  active_for VARCHAR(12) NULL,
  algorithm VARCHAR(8) NOT NULL,
  kid CHAR(43) NOT NULL,
  key_number INT NOT NULL,
  sealed VARBINARY(1000) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  retired_at DATETIME(6) NULL,
  UNIQUE KEY signing_key_kid (kid),
  UNIQUE KEY signing_key_active (active_for),
  CONSTRAINT signing_key_environment CHECK (environment IN ('production', 'integration'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The audit log: chains, one for each organization (0 is the installation) and machine.
CREATE TABLE audit_head (
  organization_id BIGINT NOT NULL,
  machine INT NOT NULL,
  seq BIGINT NOT NULL,
  mac CHAR(64) NOT NULL,
  PRIMARY KEY (organization_id, machine)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE audit_entry (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  organization_id BIGINT NOT NULL,
  machine INT NOT NULL,
  seq BIGINT NOT NULL,
  at DATETIME(6) NOT NULL,
  person_id BIGINT NULL,
  person VARCHAR(254) NOT NULL,
  act VARCHAR(40) NOT NULL,
  object VARCHAR(64) NOT NULL,
  detail TEXT NOT NULL,
  remote VARCHAR(45) NOT NULL,
  request CHAR(16) NOT NULL,
  key_number INT NOT NULL,
  mac CHAR(64) NOT NULL,
  UNIQUE KEY audit_entry_seq (organization_id, machine, seq),
  KEY audit_entry_object (organization_id, object, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
