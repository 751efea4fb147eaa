-- Accounts and their workspaces.

-- run account_add(public_id text, org int, name text, now time)
INSERT INTO account (public_id, organization_id, name, created_at)
VALUES (:public_id, :org, :name, :now);

-- run workspace_add(public_id text, org int, account int, name text, now time)
INSERT INTO workspace (public_id, organization_id, account_id, name, created_at)
VALUES (:public_id, :org, :account, :name, :now);
