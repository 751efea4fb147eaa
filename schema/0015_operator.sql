-- What the operator does for organizations: found them, invite their first admin, make first keys unseen.

-- A link by which a person comes into an organization; token_hash is SHA-256 of its token. open_for is the
-- user while the link can be used: unique, so there is never a second. created_by is a person.
CREATE TABLE invitation (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  organization_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  open_for BIGINT NULL,
  token_hash BINARY(32) NOT NULL,
  created_by BIGINT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  used_at DATETIME(6) NULL,
  withdrawn_at DATETIME(6) NULL,
  UNIQUE KEY invitation_public_id (public_id),
  UNIQUE KEY invitation_token (token_hash),
  UNIQUE KEY invitation_open (open_for),
  KEY invitation_organization (organization_id, id),
  KEY invitation_user (user_id, id),
  CONSTRAINT invitation_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT invitation_of_user FOREIGN KEY (user_id) REFERENCES user (id),
  CONSTRAINT invitation_open_one CHECK (open_for IS NULL
    OR (open_for = user_id AND used_at IS NULL AND withdrawn_at IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- An API that somebody of the organization has asked the operator for. The row goes when it is given;
-- asked again after a refusal it is a new wish. asked_by is a user, declined_by a person.
CREATE TABLE entitlement_wish (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  organization_id BIGINT NOT NULL,
  api_id BIGINT NOT NULL,
  asked_by BIGINT NOT NULL,
  asked_at DATETIME(6) NOT NULL,
  note VARCHAR(300) NOT NULL DEFAULT '',
  declined_by BIGINT NULL,
  declined_at DATETIME(6) NULL,
  UNIQUE KEY entitlement_wish_one (organization_id, api_id),
  KEY entitlement_wish_waits (declined_at, asked_at),
  CONSTRAINT entitlement_wish_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT entitlement_wish_of_api FOREIGN KEY (api_id) REFERENCES api (id)
    ON DELETE CASCADE,
  CONSTRAINT entitlement_wish_by FOREIGN KEY (asked_by) REFERENCES user (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Organizations are listed and searched by name, capital letters or not.
ALTER TABLE organization
  ADD COLUMN name_lower VARCHAR(100) GENERATED ALWAYS AS (LOWER(name)) STORED,
  ADD KEY organization_name (name_lower, id);

-- Admins are counted by organization; signed_in_at says where a person of several was last. The sessions of
-- an organization end when it is closed.
ALTER TABLE user
  ADD COLUMN signed_in_at DATETIME(6) NULL,
  ADD KEY user_role (organization_id, role, status);

ALTER TABLE session
  ADD KEY session_user (user_id);
