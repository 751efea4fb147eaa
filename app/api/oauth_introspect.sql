-- Where a scoped credential is held to, of what is there.

-- rows oauth_introspect_accounts(client int, org int) -> id text
SELECT a.public_id AS id
  FROM client_account n
  JOIN account a ON a.id = n.account_id
 WHERE n.client_id = :client
   AND a.organization_id = :org
   AND a.archived_at IS NULL
 LIMIT 200;

-- rows oauth_introspect_workspaces(client int, org int) -> id text
SELECT w.public_id AS id
  FROM client_workspace n
  JOIN workspace w ON w.id = n.workspace_id
  JOIN account a ON a.id = w.account_id
 WHERE n.client_id = :client
   AND w.organization_id = :org
   AND w.archived_at IS NULL
   AND a.archived_at IS NULL
 LIMIT 200;
