-- The catalogue: which APIs there are, what may be done with each, and which call needs what; which
-- organization may use which API at all; and what a scoped credential has been given of it.

-- The one row whose version every change of the catalogue raises: who has it compiled compares.
CREATE TABLE catalogue (
  id BIGINT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  CONSTRAINT catalogue_one CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO catalogue (id, version) VALUES (1, 1);

-- word is the API's name in permissions and files ('profile'). choice: how many of its permissions a
-- credential holds at most, one or many of them.
CREATE TABLE api (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  word VARCHAR(40) NOT NULL,
  name VARCHAR(100) NOT NULL,
  description VARCHAR(500) NOT NULL DEFAULT '',
  level VARCHAR(12) NOT NULL,
  choice VARCHAR(4) NOT NULL,
  position INT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(6) NOT NULL,
  UNIQUE KEY api_public_id (public_id),
  UNIQUE KEY api_word (word),
  CONSTRAINT api_level CHECK (level IN ('organization', 'account', 'workspace')),
  CONSTRAINT api_choice CHECK (choice IN ('one', 'many'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- 'read' of the API 'profile' is profile:read. only_reads: it changes nothing. includes_id is the weaker
-- permission of the same API that it contains.
CREATE TABLE permission (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  api_id BIGINT NOT NULL,
  word VARCHAR(40) NOT NULL,
  name VARCHAR(100) NOT NULL,
  only_reads TINYINT(1) NOT NULL,
  includes_id BIGINT NULL,
  position INT NOT NULL,
  UNIQUE KEY permission_word (api_id, word),
  CONSTRAINT permission_of_api FOREIGN KEY (api_id) REFERENCES api (id),
  CONSTRAINT permission_includes FOREIGN KEY (includes_id) REFERENCES permission (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What a permission opens: itself, and all that it includes, followed to the end.
CREATE TABLE permission_gives (
  permission_id BIGINT NOT NULL,
  gives_id BIGINT NOT NULL,
  PRIMARY KEY (permission_id, gives_id),
  KEY permission_gives_by (gives_id, permission_id),
  CONSTRAINT permission_gives_from FOREIGN KEY (permission_id) REFERENCES permission (id),
  CONSTRAINT permission_gives_to FOREIGN KEY (gives_id) REFERENCES permission (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A call: method and path of an API. needs: 'secret' (a key with its secret, or a token), 'key' (the key
-- alone will do) or 'open' (nobody is asked who they are, so there is no permission).
CREATE TABLE endpoint (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  api_id BIGINT NOT NULL,
  method VARCHAR(10) NOT NULL,
  path VARCHAR(300) NOT NULL,
  needs VARCHAR(6) NOT NULL,
  permission_id BIGINT NULL,
  position INT NOT NULL,
  UNIQUE KEY endpoint_call (method, path),
  KEY endpoint_api (api_id, position),
  CONSTRAINT endpoint_of_api FOREIGN KEY (api_id) REFERENCES api (id),
  CONSTRAINT endpoint_permission FOREIGN KEY (permission_id) REFERENCES permission (id),
  CONSTRAINT endpoint_needs CHECK (needs IN ('secret', 'key', 'open')),
  CONSTRAINT endpoint_open CHECK ((needs = 'open') = (permission_id IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Which API an organization may use at all. granted_by is a person (an operator), NULL at the command line.
CREATE TABLE entitlement (
  organization_id BIGINT NOT NULL,
  api_id BIGINT NOT NULL,
  granted_by BIGINT NULL,
  granted_at DATETIME(6) NOT NULL,
  PRIMARY KEY (organization_id, api_id),
  KEY entitlement_api (api_id, organization_id),
  CONSTRAINT entitlement_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT entitlement_of_api FOREIGN KEY (api_id) REFERENCES api (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What a scoped credential may do. It counts as long as the organization is entitled to the API. An account
-- API key has no rows here: it may do all that the organization is entitled to.
CREATE TABLE client_grant (
  client_id BIGINT NOT NULL,
  permission_id BIGINT NOT NULL,
  api_id BIGINT NOT NULL,
  organization_id BIGINT NOT NULL,
  PRIMARY KEY (client_id, permission_id),
  KEY client_grant_api (organization_id, api_id, client_id),
  KEY client_grant_permission (permission_id, client_id),
  CONSTRAINT client_grant_of_client FOREIGN KEY (client_id) REFERENCES client (id),
  CONSTRAINT client_grant_of_permission FOREIGN KEY (permission_id) REFERENCES permission (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Where it may do it, at workspace level: all workspaces of an account, later ones too, and single ones.
CREATE TABLE client_account (
  client_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  organization_id BIGINT NOT NULL,
  PRIMARY KEY (client_id, account_id),
  KEY client_account_account (account_id, client_id),
  CONSTRAINT client_account_of_client FOREIGN KEY (client_id) REFERENCES client (id),
  CONSTRAINT client_account_of_account FOREIGN KEY (account_id) REFERENCES account (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE client_workspace (
  client_id BIGINT NOT NULL,
  workspace_id BIGINT NOT NULL,
  organization_id BIGINT NOT NULL,
  PRIMARY KEY (client_id, workspace_id),
  KEY client_workspace_workspace (workspace_id, client_id),
  CONSTRAINT client_workspace_of_client FOREIGN KEY (client_id) REFERENCES client (id),
  CONSTRAINT client_workspace_of_workspace FOREIGN KEY (workspace_id) REFERENCES workspace (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- owner_id is the user who answers for it. networks are addresses and networks that it may be used from
-- (CIDR, one blank between two), all when empty; tags are words with one blank between two. The whole
-- client ends at expires_at, and works again when that is moved; a secret's own expiry is not moved.
ALTER TABLE client
  ADD COLUMN owner_id BIGINT NULL,
  ADD COLUMN tags VARCHAR(300) NOT NULL DEFAULT '',
  ADD COLUMN networks VARCHAR(2000) NOT NULL DEFAULT '',
  ADD COLUMN expires_at DATETIME(6) NULL;
