-- Accounts and workspaces by name. Names are compared as people do, without regard to case and accents; no two
-- side by side are the same, archived ones included, so that what is restored is what it was.

ALTER TABLE account
  MODIFY COLUMN name VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci NOT NULL,
  ADD COLUMN archived TINYINT(1) GENERATED ALWAYS AS (archived_at IS NOT NULL) STORED;

ALTER TABLE workspace
  MODIFY COLUMN name VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci NOT NULL,
  ADD COLUMN archived TINYINT(1) GENERATED ALWAYS AS (archived_at IS NOT NULL) STORED;

-- Of those that have one name already, the first keeps it.
UPDATE account later
  JOIN account first ON first.organization_id = later.organization_id AND first.name = later.name
                    AND first.id < later.id
   SET later.name = CONCAT(LEFT(later.name, 89), ' ', later.public_id);

UPDATE workspace later
  JOIN workspace first ON first.account_id = later.account_id AND first.name = later.name
                      AND first.id < later.id
   SET later.name = CONCAT(LEFT(later.name, 89), ' ', later.public_id);

ALTER TABLE account
  ADD UNIQUE KEY account_name (organization_id, name),
  ADD KEY account_by_name (organization_id, archived, name);

ALTER TABLE workspace
  ADD UNIQUE KEY workspace_name (account_id, name),
  ADD KEY workspace_by_name (account_id, archived, name),
  ADD KEY workspace_of_all (organization_id, archived, name);

-- How many there are, archived ones included: what their number is limited by.
ALTER TABLE organization
  ADD COLUMN accounts INT NOT NULL DEFAULT 0,
  ADD COLUMN workspaces INT NOT NULL DEFAULT 0;

UPDATE organization
   SET accounts = (SELECT COUNT(*) FROM account WHERE account.organization_id = organization.id),
       workspaces = (SELECT COUNT(*) FROM workspace WHERE workspace.organization_id = organization.id);
