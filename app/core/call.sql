-- What a client may do, and where, from current rows. What is archived is nowhere; a workspace of an archived
-- account is archived.

-- granted: a permission that gives this one. account and workspace are the ids in the call's address; account
-- and home are rows, home the account of the workspace. picked: the workspace is, or all of the account; it says nothing
-- when there is none of what the call names. What is joined is found by keys only and judged among the columns, as in
-- verify.sql, and each table has one index that is of use: MariaDB 10.11 takes two thirds of the time for that.
-- one call_reach(client int, org int, permission int?, account text?, workspace text?) -> granted flag,
--     account int?, home int?, picked flag
SELECT EXISTS (SELECT 1
                 FROM permission_gives p USE INDEX (permission_gives_by)
                 JOIN client_grant g USE INDEX (PRIMARY) ON g.permission_id = p.permission_id
                WHERE p.gives_id = :permission
                  AND g.client_id = :client
                  AND g.organization_id = :org) AS granted,
       IF(a.organization_id = :org AND a.archived_at IS NULL, a.id, NULL) AS account,
       IF(w.organization_id = :org AND w.archived_at IS NULL
          AND h.organization_id = :org AND h.archived_at IS NULL, h.id, NULL) AS home,
       cw.client_id IS NOT NULL OR ca.client_id IS NOT NULL AS picked
  FROM client c USE INDEX (PRIMARY)
  LEFT JOIN account a USE INDEX (account_public_id) ON a.public_id = :account
  LEFT JOIN workspace w USE INDEX (workspace_public_id) ON w.public_id = :workspace
  LEFT JOIN account h USE INDEX (PRIMARY) ON h.id = w.account_id
  LEFT JOIN client_workspace cw USE INDEX (PRIMARY) ON cw.client_id = :client AND cw.workspace_id = w.id
  LEFT JOIN client_account ca USE INDEX (PRIMARY)
    ON ca.client_id = :client AND ca.account_id = COALESCE(h.id, a.id)
 WHERE c.id = :client
   AND c.organization_id = :org;

-- A workspace that was picked by itself: of that account, or of any.
-- one call_picked_workspace(client int, org int, account int?) -> workspace int
SELECT w.id AS workspace
  FROM client_workspace n
  JOIN workspace w ON w.id = n.workspace_id
  JOIN account a ON a.id = w.account_id
 WHERE n.client_id = :client
   AND w.organization_id = :org
   AND w.archived_at IS NULL
   AND a.archived_at IS NULL
   AND (:account IS NULL OR a.id = :account)
 LIMIT 1;

-- An account of which all workspaces were picked.
-- one call_picked_account(client int, org int) -> account int
SELECT a.id AS account
  FROM client_account n
  JOIN account a ON a.id = n.account_id
 WHERE n.client_id = :client
   AND a.organization_id = :org
   AND a.archived_at IS NULL
 LIMIT 1;
