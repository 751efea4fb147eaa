-- Where a credential is used: the places that people declare, to be held against the callers that are seen. And
-- the replacement of a compromised secret: what must be updated, one by one.

-- owner is who answers for the place, in words. networks (CIDR, one blank between two) and program (how the
-- name of the calling program begins) say how it is recognised among the callers; each may be empty. place is
-- one of those that a client may have.
CREATE TABLE declared_place (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  organization_id BIGINT NOT NULL,
  client_id BIGINT NOT NULL,
  place INT NOT NULL,
  name VARCHAR(100) NOT NULL,
  owner VARCHAR(100) NOT NULL,
  note VARCHAR(500) NOT NULL DEFAULT '',
  networks VARCHAR(200) NOT NULL DEFAULT '',
  program VARCHAR(100) NOT NULL DEFAULT '',
  version BIGINT NOT NULL DEFAULT 1,
  created_by BIGINT NULL,
  created_at DATETIME(6) NOT NULL,
  UNIQUE KEY declared_place_public_id (public_id),
  UNIQUE KEY declared_place_place (client_id, place),
  CONSTRAINT declared_place_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT declared_place_of_client FOREIGN KEY (client_id) REFERENCES client (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- open_of is its client until it is over: unique, so there is never a second. old_id is the secret that was
-- compromised, older_id that of a rotation, which ended with it. outcome: 'done' when all was updated, 'closed'
-- by a person, 'followed' by another replacement, 'deleted' with its client.
CREATE TABLE replacement (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  organization_id BIGINT NOT NULL,
  client_id BIGINT NOT NULL,
  open_of BIGINT NULL,
  old_id BIGINT NOT NULL,
  older_id BIGINT NULL,
  started_by BIGINT NULL,
  started_at DATETIME(6) NOT NULL,
  closed_by BIGINT NULL,
  closed_at DATETIME(6) NULL,
  outcome VARCHAR(8) NOT NULL DEFAULT '',
  note VARCHAR(500) NOT NULL DEFAULT '',
  UNIQUE KEY replacement_public_id (public_id),
  UNIQUE KEY replacement_open (open_of),
  KEY replacement_client (client_id, id),
  KEY replacement_organization (organization_id, open_of, id),
  CONSTRAINT replacement_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT replacement_of_client FOREIGN KEY (client_id) REFERENCES client (id),
  CONSTRAINT replacement_of_secret FOREIGN KEY (old_id) REFERENCES secret (id),
  CONSTRAINT replacement_one CHECK (open_of IS NULL OR open_of = client_id),
  CONSTRAINT replacement_over CHECK ((open_of IS NULL) = (closed_at IS NOT NULL)),
  CONSTRAINT replacement_outcome CHECK (outcome IN ('', 'done', 'closed', 'followed', 'deleted'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What must be updated, as it was known when the replacement began. kind: a declared 'place', with how it is
-- recognised; a 'caller', with its address and program; 'others', the callers that are not kept apart. known: a
-- declared place fits the caller. last_at: when it was last accepted before. ticked: by hand. seen: with the
-- new secret, written down when the replacement ends; until then it is read from the callers.
CREATE TABLE replacement_item (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  organization_id BIGINT NOT NULL,
  replacement_id BIGINT NOT NULL,
  kind VARCHAR(8) NOT NULL,
  place_id CHAR(10) NULL,
  name VARCHAR(100) NOT NULL DEFAULT '',
  owner VARCHAR(100) NOT NULL DEFAULT '',
  note VARCHAR(500) NOT NULL DEFAULT '',
  networks VARCHAR(200) NOT NULL DEFAULT '',
  address VARCHAR(45) NOT NULL DEFAULT '',
  program VARCHAR(100) NOT NULL DEFAULT '',
  known TINYINT(1) NOT NULL,
  last_at DATETIME(6) NULL,
  ticked_by BIGINT NULL,
  ticked_at DATETIME(6) NULL,
  tick_note VARCHAR(500) NOT NULL DEFAULT '',
  seen_at DATETIME(6) NULL,
  seen_address VARCHAR(45) NOT NULL DEFAULT '',
  seen_program VARCHAR(100) NOT NULL DEFAULT '',
  UNIQUE KEY replacement_item_public_id (public_id),
  KEY replacement_item_replacement (replacement_id, id),
  CONSTRAINT replacement_item_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT replacement_item_of_replacement FOREIGN KEY (replacement_id) REFERENCES replacement (id),
  CONSTRAINT replacement_item_kind CHECK (kind IN ('place', 'caller', 'others'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How many refused calls each caller had had when its secret was said to be compromised: what came since is
-- whoever still tries.
CREATE TABLE compromised_caller (
  secret_id BIGINT NOT NULL,
  address VARCHAR(45) NOT NULL,
  program VARCHAR(100) NOT NULL,
  refused BIGINT NOT NULL,
  PRIMARY KEY (secret_id, address, program),
  CONSTRAINT compromised_caller_of_secret FOREIGN KEY (secret_id) REFERENCES secret (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
