-- The levels below an organization: organization > account > workspace.

CREATE TABLE account (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  organization_id BIGINT NOT NULL,
  name VARCHAR(100) NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(6) NOT NULL,
  archived_at DATETIME(6) NULL,
  UNIQUE KEY account_public_id (public_id),
  KEY account_organization (organization_id, archived_at, id),
  CONSTRAINT account_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE workspace (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id CHAR(10) NOT NULL,
  organization_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  name VARCHAR(100) NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at DATETIME(6) NOT NULL,
  archived_at DATETIME(6) NULL,
  UNIQUE KEY workspace_public_id (public_id),
  KEY workspace_account (account_id, archived_at, id),
  KEY workspace_organization (organization_id, archived_at, id),
  CONSTRAINT workspace_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT workspace_of_account FOREIGN KEY (account_id) REFERENCES account (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
