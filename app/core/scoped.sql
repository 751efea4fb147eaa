-- Scoped credentials: what they may do and where, and what may be chosen for them.

-- claim scoped_add(public_id text, org int, environment text, client_id text, name text, description text,
--     owner int?, tags text, networks text, expires_at time?, me int?, now time)
INSERT INTO client (public_id, organization_id, environment, kind, client_id, name, description, status,
                    owner_id, tags, networks, expires_at, created_by, created_at)
VALUES (:public_id, :org, :environment, 'scoped', :client_id, :name, :description, 'active',
        :owner, :tags, :networks, :expires_at, :me, :now);

-- run scoped_save(client int, version int, name text, description text, owner int?, tags text,
--     networks text, expires_at time?)
UPDATE client
   SET name = :name, description = :description, owner_id = :owner, tags = :tags, networks = :networks,
       expires_at = :expires_at, version = version + 1
 WHERE id = :client
   AND version = :version
   AND deleted_at IS NULL;

-- What a scoped credential is, besides its client_card. owner is the user's public id.
-- one scoped_get(org int, id text) -> client int, id text, name text, description text, owner text?,
--     owner_row int?, owner_name text?, owner_status text?, tags text, networks text, expires_at time?,
--     environment text, version int
SELECT c.id AS client, c.public_id AS id, c.name, c.description, u.public_id AS owner,
       u.id AS owner_row, COALESCE(u.called, p.name) AS owner_name, u.status AS owner_status, c.tags, c.networks, c.expires_at, c.environment,
       c.version
  FROM client c
  LEFT JOIN user u ON u.id = c.owner_id AND u.organization_id = c.organization_id
  LEFT JOIN person p ON p.id = u.person_id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND c.kind = 'scoped'
   AND c.deleted_at IS NULL;

-- ---- what may be chosen

-- The permissions of all APIs that the organization is entitled to. members: they may give it themselves.
-- rows scoped_offers(org int) -> permission int, api int, api_word text, api_name text, description text,
--     level text, choice text, may text?, name text, only_reads flag, members flag
SELECT p.id AS permission, a.id AS api, a.word AS api_word, a.name AS api_name, a.description, a.level,
       a.choice, CONCAT(a.word, ':', p.word) AS may, p.name, p.only_reads,
       m.permission_id IS NOT NULL AS members
  FROM entitlement e
  JOIN api a ON a.id = e.api_id
  JOIN permission p ON p.api_id = a.id
  LEFT JOIN member_permission m ON m.organization_id = e.organization_id AND m.permission_id = p.id
 WHERE e.organization_id = :org
 ORDER BY a.position, a.id, p.position, p.id
 LIMIT 2000;

-- one scoped_account(org int, id text) -> account int, live flag
SELECT id AS account, archived_at IS NULL AS live
  FROM account
 WHERE organization_id = :org
   AND public_id = :id;

-- one scoped_workspace(org int, id text) -> workspace int, live flag
SELECT w.id AS workspace, w.archived_at IS NULL AND a.archived_at IS NULL AS live
  FROM workspace w
  JOIN account a ON a.id = w.account_id
 WHERE w.organization_id = :org
   AND w.public_id = :id;

-- one scoped_owner(org int, id text) -> user int
SELECT id AS user
  FROM user
 WHERE organization_id = :org
   AND public_id = :id
   AND status = 'active';

-- ---- what is chosen

-- Entitled is false for what the organization has lost: the grant is not in force then.
-- rows scoped_grants(org int, client int) -> permission int, api int, api_id text, api_name text, level text,
--     choice text, may text?, name text, only_reads flag, entitled flag
SELECT p.id AS permission, a.id AS api, a.public_id AS api_id, a.name AS api_name, a.level, a.choice,
       CONCAT(a.word, ':', p.word) AS may, p.name, p.only_reads, e.api_id IS NOT NULL AS entitled
  FROM client_grant g
  JOIN permission p ON p.id = g.permission_id
  JOIN api a ON a.id = p.api_id
  LEFT JOIN entitlement e ON e.organization_id = g.organization_id AND e.api_id = a.id
 WHERE g.organization_id = :org
   AND g.client_id = :client
 ORDER BY a.position, a.id, p.position, p.id
 LIMIT 200;

-- rows scoped_accounts(org int, client int) -> account int, id text, name text, live flag
SELECT a.id AS account, a.public_id AS id, a.name, a.archived_at IS NULL AS live
  FROM client_account s
  JOIN account a ON a.id = s.account_id
 WHERE s.organization_id = :org
   AND s.client_id = :client
 ORDER BY a.name, a.id
 LIMIT 500;

-- rows scoped_workspaces(org int, client int) -> workspace int, id text, name text, account_id text,
--     account_name text, live flag
SELECT w.id AS workspace, w.public_id AS id, w.name, a.public_id AS account_id, a.name AS account_name,
       w.archived_at IS NULL AND a.archived_at IS NULL AS live
  FROM client_workspace s
  JOIN workspace w ON w.id = s.workspace_id
  JOIN account a ON a.id = w.account_id
 WHERE s.organization_id = :org
   AND s.client_id = :client
 ORDER BY a.name, a.id, w.name, w.id
 LIMIT 500;

-- ---- changing it. What is granted is entitled in the statement itself, or was granted before.

-- run scoped_account_add(org int, client int, account int)
INSERT INTO client_account (client_id, account_id, organization_id)
SELECT c.id, a.id, a.organization_id
  FROM account a
  JOIN client c ON c.id = :client AND c.organization_id = a.organization_id
 WHERE a.organization_id = :org
   AND a.id = :account;

-- run scoped_account_remove(org int, client int, account int)
DELETE FROM client_account
 WHERE organization_id = :org
   AND client_id = :client
   AND account_id = :account;

-- run scoped_workspace_add(org int, client int, workspace int)
INSERT INTO client_workspace (client_id, workspace_id, organization_id)
SELECT c.id, w.id, w.organization_id
  FROM workspace w
  JOIN client c ON c.id = :client AND c.organization_id = w.organization_id
 WHERE w.organization_id = :org
   AND w.id = :workspace;

-- run scoped_workspace_remove(org int, client int, workspace int)
DELETE FROM client_workspace
 WHERE organization_id = :org
   AND client_id = :client
   AND workspace_id = :workspace;

-- run scoped_accounts_end(org int, client int)
DELETE FROM client_account
 WHERE organization_id = :org
   AND client_id = :client;

-- run scoped_workspaces_end(org int, client int)
DELETE FROM client_workspace
 WHERE organization_id = :org
   AND client_id = :client;

-- ---- who may answer for one

-- Active people of the organization whose name or address has these words in it, among the first so many, or whose address
-- that is.
-- rows scoped_people(org int, pattern text, address text?, look int) -> id text, name text, email text
SELECT STRAIGHT_JOIN u.public_id AS id, COALESCE(u.called, p.name) AS name, p.email
  FROM ((SELECT id
           FROM user FORCE INDEX (user_organization)
          WHERE organization_id = :org
            AND status = 'active'
          ORDER BY id
          LIMIT :look)
        UNION
        (SELECT u1.id
           FROM person p1
           JOIN user u1 ON u1.person_id = p1.id AND u1.organization_id = :org AND u1.status = 'active'
          WHERE p1.email = LOWER(:address))) w
  JOIN user u ON u.id = w.id
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND (COALESCE(u.called, p.name) COLLATE utf8mb4_general_ci LIKE :pattern OR p.email LIKE LOWER(:pattern))
 ORDER BY w.id
 LIMIT 51;

-- One by id, whether or not still active: who owns it already is shown.
-- one scoped_person(org int, id text) -> id text, name text, email text
SELECT u.public_id AS id, COALESCE(u.called, p.name) AS name, p.email
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND u.public_id = :id;

-- ---- what it opens

-- The calls that its permissions open, as far as they are in force; one more than are shown.
-- rows scoped_endpoints(org int, client int) -> method text, path text, needs text
SELECT e.method, e.path, e.needs
  FROM client_grant g
  JOIN entitlement t ON t.organization_id = g.organization_id AND t.api_id = g.api_id
  JOIN permission_gives v ON v.permission_id = g.permission_id
  JOIN endpoint e ON e.permission_id = v.gives_id
 WHERE g.organization_id = :org
   AND g.client_id = :client
 GROUP BY e.id, e.method, e.path, e.needs, e.api_id, e.position
 ORDER BY e.api_id, e.position, e.id
 LIMIT 101;
