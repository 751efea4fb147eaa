-- Additional secrets of members, the Data API's list of people, and what is known of those who have left.

-- An additional secret is a client of the kind 'additional': it has an owner, grants, networks, an expiry and one of
-- n places of its own, and is shown together with the client ID of its account key, parent_id. Its own client_id is
-- its public_id, which has not the form of one and so is never accepted. only_reads: nothing but permissions
-- that only read. comment is description. It ends for good: deleted, with a reason.
ALTER TABLE client
  ADD COLUMN parent_id BIGINT NULL,
  ADD COLUMN only_reads TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN ended_reason VARCHAR(32) NOT NULL DEFAULT '',
  ADD KEY client_parent (parent_id, deleted_at, id),
  ADD KEY client_owner (owner_id, kind, deleted_at, id);

ALTER TABLE client
  DROP CONSTRAINT client_kind;

ALTER TABLE client
  ADD CONSTRAINT client_kind CHECK (kind IN ('account', 'scoped', 'data_api', 'additional')),
  ADD CONSTRAINT client_parent_kind CHECK ((kind = 'additional') = (parent_id IS NOT NULL)),
  ADD CONSTRAINT client_of_parent FOREIGN KEY (parent_id) REFERENCES client (id);

-- additional_secrets: at the same time in each environment. leaver_days: how long a secret goes on working after
-- somebody who has seen it has left; NULL is the installation's setting, 0 for good.
ALTER TABLE organization
  ADD COLUMN additional_secrets INT NULL,
  ADD COLUMN leaver_days INT NULL;

-- What members may give an additional secret that they make for themselves; without a row they make none.
CREATE TABLE member_permission (
  organization_id BIGINT NOT NULL,
  permission_id BIGINT NOT NULL,
  PRIMARY KEY (organization_id, permission_id),
  KEY member_permission_permission (permission_id),
  CONSTRAINT member_permission_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT member_permission_of_permission FOREIGN KEY (permission_id) REFERENCES permission (id)
    ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who reaches the page of the Data API; admins do by their role. granted_by is a user.
CREATE TABLE data_access (
  user_id BIGINT NOT NULL PRIMARY KEY,
  organization_id BIGINT NOT NULL,
  granted_by BIGINT NULL,
  granted_at DATETIME(6) NOT NULL,
  KEY data_access_organization (organization_id, user_id),
  CONSTRAINT data_access_of_user FOREIGN KEY (user_id) REFERENCES user (id),
  CONSTRAINT data_access_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- When somebody last opened that page.
CREATE TABLE data_opened (
  user_id BIGINT NOT NULL PRIMARY KEY,
  opened_at DATETIME(6) NOT NULL,
  CONSTRAINT data_opened_by FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- left_at: when Keydesk noticed that a deactivated user was gone, and marked what they have seen; leaver_at: since
-- when somebody who has seen the secret has left.
ALTER TABLE user
  ADD COLUMN left_at DATETIME(6) NULL,
  ADD KEY user_left (status, left_at);

ALTER TABLE secret
  ADD COLUMN leaver_at DATETIME(6) NULL,
  ADD KEY secret_leaver (leaver_at),
  ADD KEY secret_leavers (organization_id, status, leaver_at);
