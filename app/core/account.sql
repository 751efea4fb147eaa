-- Accounts and their workspaces. Lists are in the order of names and go on behind the one of the number `last`,
-- whose name is `from`; counts end at 1,001.

-- run account_room(org int, most int)
UPDATE organization
   SET accounts = accounts + 1
 WHERE id = :org
   AND accounts < :most;

-- run workspace_room(org int, most int)
UPDATE organization
   SET workspaces = workspaces + 1
 WHERE id = :org
   AND workspaces < :most;

-- claim account_add(public_id text, org int, name text, now time)
INSERT INTO account (public_id, organization_id, name, created_at)
VALUES (:public_id, :org, :name, :now);

-- claim workspace_add(public_id text, org int, account int, name text, now time)
INSERT INTO workspace (public_id, organization_id, account_id, name, created_at)
VALUES (:public_id, :org, :account, :name, :now);

-- one account_get(org int, id text) -> account int, id text, name text, version int, created_at time,
--     archived_at time?
SELECT id AS account, public_id AS id, name, version, created_at, archived_at
  FROM account
 WHERE organization_id = :org
   AND public_id = :id;

-- one workspace_get(org int, id text) -> workspace int, account int, account_id text, account_name text,
--     account_archived_at time?, id text, name text, version int, created_at time, archived_at time?
SELECT w.id AS workspace, a.id AS account, a.public_id AS account_id, a.name AS account_name,
       a.archived_at AS account_archived_at, w.public_id AS id, w.name, w.version, w.created_at,
       w.archived_at
  FROM workspace w
  JOIN account a ON a.id = w.account_id AND a.organization_id = w.organization_id
 WHERE w.organization_id = :org
   AND w.public_id = :id;

-- one account_name(org int, id text, workspace flag) -> name text, version int
SELECT name, version
  FROM account
 WHERE organization_id = :org
   AND public_id = :id
   AND NOT :workspace
 UNION ALL
SELECT name, version
  FROM workspace
 WHERE organization_id = :org
   AND public_id = :id
   AND :workspace;

-- claim account_rename(org int, id text, name text, version int)
UPDATE account
   SET name = :name, version = version + 1
 WHERE organization_id = :org
   AND public_id = :id
   AND version = :version;

-- claim workspace_rename(org int, id text, name text, version int)
UPDATE workspace
   SET name = :name, version = version + 1
 WHERE organization_id = :org
   AND public_id = :id
   AND version = :version;

-- run account_archive(org int, id text, version int, now time)
UPDATE account
   SET archived_at = :now, version = version + 1
 WHERE organization_id = :org
   AND public_id = :id
   AND version = :version
   AND archived_at IS NULL;

-- run workspace_archive(org int, id text, version int, now time)
UPDATE workspace
   SET archived_at = :now, version = version + 1
 WHERE organization_id = :org
   AND public_id = :id
   AND version = :version
   AND archived_at IS NULL;

-- run account_restore(org int, id text, version int)
UPDATE account
   SET archived_at = NULL, version = version + 1
 WHERE organization_id = :org
   AND public_id = :id
   AND version = :version
   AND archived_at IS NOT NULL;

-- run workspace_restore(org int, id text, version int)
UPDATE workspace
   SET archived_at = NULL, version = version + 1
 WHERE organization_id = :org
   AND public_id = :id
   AND version = :version
   AND archived_at IS NOT NULL;

-- rows account_list(org int, archived flag, pattern text, from text, last int) -> account int, id text,
--     name text, created_at time, archived_at time?
SELECT id AS account, public_id AS id, name, created_at, archived_at
  FROM account
 WHERE organization_id = :org
   AND archived = :archived
   AND name LIKE :pattern
   AND name >= :from
   AND id <> :last
 ORDER BY name
 LIMIT 51;

-- one account_list_count(org int, archived flag, pattern text) -> n int
SELECT COUNT(*) AS n
  FROM (SELECT id
          FROM account
         WHERE organization_id = :org
           AND archived = :archived
           AND name LIKE :pattern
         LIMIT 1001) counted;

-- rows workspace_list(org int, account int, archived flag, pattern text, from text, last int) ->
--     id text, name text, created_at time, archived_at time?
SELECT public_id AS id, name, created_at, archived_at
  FROM workspace
 WHERE account_id = :account
   AND organization_id = :org
   AND archived = :archived
   AND name LIKE :pattern
   AND name >= :from
   AND id <> :last
 ORDER BY name
 LIMIT 51;

-- one workspace_list_count(org int, account int, archived flag, pattern text) -> n int
SELECT COUNT(*) AS n
  FROM (SELECT id
          FROM workspace
         WHERE account_id = :account
           AND organization_id = :org
           AND archived = :archived
           AND name LIKE :pattern
         LIMIT 1001) counted;

-- For choosing a scope: workspaces whose name or whose account's name begins so, 50 at most; those in archived
-- accounts, or archived themselves, are none. Each half is one stretch of an index.
-- rows workspace_pick(org int, pattern text) -> id text, name text, account_id text, account_name text
SELECT w.public_id AS id, w.name, a.public_id AS account_id, a.name AS account_name
  FROM (SELECT id
          FROM (SELECT w1.id
                  FROM workspace w1
                  JOIN account a1 ON a1.id = w1.account_id AND a1.archived = 0
                 WHERE w1.organization_id = :org
                   AND w1.archived = 0
                   AND w1.name LIKE :pattern
                 ORDER BY w1.name
                 LIMIT 50) named
        UNION
        SELECT id
          FROM (SELECT w2.id
                  FROM account a2
                  JOIN workspace w2 ON w2.account_id = a2.id AND w2.archived = 0
                 WHERE a2.organization_id = :org
                   AND a2.archived = 0
                   AND a2.name LIKE :pattern
                 LIMIT 50) within) found
  JOIN workspace w ON w.id = found.id
  JOIN account a ON a.id = w.account_id
 ORDER BY a.name, w.name
 LIMIT 50;

-- The same for whole accounts.
-- rows account_pick(org int, pattern text) -> id text, name text
SELECT public_id AS id, name
  FROM account
 WHERE organization_id = :org
   AND archived = 0
   AND name LIKE :pattern
 ORDER BY name
 LIMIT 50;

-- How many workspaces of an account there are that are not archived.
-- one account_workspaces(org int, account int) -> n int
SELECT COUNT(*) AS n
  FROM (SELECT id
          FROM workspace
         WHERE account_id = :account
           AND organization_id = :org
           AND archived = 0
         LIMIT 1001) counted;

-- Which credentials have an account in scope, whole or by one of its workspaces; 51 at most. only: nothing else
-- is in their scope, but what is archived.
-- rows account_reach(org int, account int) -> id text, name text, environment text, status text,
--     last_used_at time?, last_used_from text?, last_used_by text?, whole flag, only flag
SELECT c.public_id AS id, c.name, c.environment, c.status, s.last_used_at, s.last_used_from,
       s.last_used_by, COALESCE(MAX(found.whole), 0) AS whole,
       NOT EXISTS (SELECT 1
                     FROM client_account ca
                     JOIN account a ON a.id = ca.account_id AND a.archived = 0
                    WHERE ca.client_id = c.id
                      AND ca.account_id <> :account)
       AND NOT EXISTS (SELECT 1
                         FROM client_workspace cw
                         JOIN workspace w ON w.id = cw.workspace_id AND w.archived = 0
                         JOIN account a ON a.id = w.account_id AND a.archived = 0
                        WHERE cw.client_id = c.id
                          AND w.account_id <> :account) AS only
  FROM ((SELECT ca.client_id, 1 AS whole
           FROM client_account ca
           JOIN client c1 ON c1.id = ca.client_id AND c1.deleted_at IS NULL
          WHERE ca.account_id = :account
          ORDER BY ca.client_id
          LIMIT 51)
        UNION
        (SELECT cw.client_id, 0 AS whole
           FROM workspace w
           JOIN client_workspace cw ON cw.workspace_id = w.id
           JOIN client c2 ON c2.id = cw.client_id AND c2.deleted_at IS NULL
          WHERE w.account_id = :account
          LIMIT 51)) found
  JOIN client c ON c.id = found.client_id AND c.organization_id = :org
  LEFT JOIN secret s ON s.current_of = c.id
 GROUP BY c.id, c.public_id, c.name, c.environment, c.status, s.last_used_at, s.last_used_from,
          s.last_used_by
 ORDER BY c.id
 LIMIT 51;

-- The same of a workspace: by itself, or with its account. only: nothing else is.
-- rows workspace_reach(org int, workspace int, account int) -> id text, name text, environment text,
--     status text, last_used_at time?, last_used_from text?, last_used_by text?, whole flag, only flag
SELECT c.public_id AS id, c.name, c.environment, c.status, s.last_used_at, s.last_used_from,
       s.last_used_by, COALESCE(MAX(found.whole), 0) AS whole,
       NOT EXISTS (SELECT 1
                     FROM client_account ca
                     JOIN account a ON a.id = ca.account_id AND a.archived = 0
                    WHERE ca.client_id = c.id
                      AND (ca.account_id <> :account
                           OR EXISTS (SELECT 1
                                        FROM workspace w
                                       WHERE w.account_id = ca.account_id
                                         AND w.archived = 0
                                         AND w.id <> :workspace)))
       AND NOT EXISTS (SELECT 1
                         FROM client_workspace cw
                         JOIN workspace w ON w.id = cw.workspace_id AND w.archived = 0
                         JOIN account a ON a.id = w.account_id AND a.archived = 0
                        WHERE cw.client_id = c.id
                          AND cw.workspace_id <> :workspace) AS only
  FROM ((SELECT ca.client_id, 1 AS whole
           FROM client_account ca
           JOIN client c1 ON c1.id = ca.client_id AND c1.deleted_at IS NULL
          WHERE ca.account_id = :account
          ORDER BY ca.client_id
          LIMIT 51)
        UNION
        (SELECT cw.client_id, 0 AS whole
           FROM client_workspace cw
           JOIN client c2 ON c2.id = cw.client_id AND c2.deleted_at IS NULL
          WHERE cw.workspace_id = :workspace
          ORDER BY cw.client_id
          LIMIT 51)) found
  JOIN client c ON c.id = found.client_id AND c.organization_id = :org
  LEFT JOIN secret s ON s.current_of = c.id
 GROUP BY c.id, c.public_id, c.name, c.environment, c.status, s.last_used_at, s.last_used_from,
          s.last_used_by
 ORDER BY c.id
 LIMIT 51;
