-- What a token says of its caller.

-- What a credential may do now: an account key all that its organization is entitled to, another one what it
-- was granted of that, with what that includes; of that, if it may only read, what does no more. Two statements: as
-- one, its plan costs five times as much.

-- The APIs of an account key; what their permissions are called is in core/token_words.h.
-- rows token_apis(org int) -> api int
SELECT api_id AS api
  FROM entitlement USE INDEX (PRIMARY)
 WHERE organization_id = :org
 ORDER BY api_id
 LIMIT 1000;

-- Of one moment with the version. Without any permission there is one row, with the version. More than there may be
-- are left out, and in no token.
-- rows token_words_all() -> version int, api int?, word text?
SELECT v.version, p.api_id AS api, CONCAT(a.word, ':', p.word) AS word
  FROM catalogue v
  LEFT JOIN permission p ON v.id = 1
  LEFT JOIN api a ON a.id = p.api_id
 WHERE v.id = 1
 ORDER BY p.api_id, p.word
 LIMIT 2000;

-- picked: it is of use on workspaces only.
-- rows token_permissions_granted(org int, client int, only_reads flag) -> word text?, picked flag
SELECT DISTINCT CONCAT(a.word, ':', p.word) AS word, a.level = 'workspace' AS picked
  FROM client_grant g
  JOIN entitlement e ON e.organization_id = g.organization_id AND e.api_id = g.api_id
  JOIN permission_gives v ON v.permission_id = g.permission_id
  JOIN permission p ON p.id = v.gives_id
  JOIN api a ON a.id = p.api_id
 WHERE g.client_id = :client
   AND g.organization_id = :org
   AND (:only_reads = 0 OR p.only_reads = 1)
 LIMIT 600;

-- Where a credential was put that is held to places, of what is there now: whole accounts, and workspaces.
-- rows token_places_held(org int, client int, count int) -> account flag, id text
SELECT 1 AS account, a.public_id AS id
  FROM client_account n
  JOIN account a ON a.id = n.account_id
 WHERE n.client_id = :client
   AND a.organization_id = :org
   AND a.archived_at IS NULL
UNION ALL
SELECT 0 AS account, w.public_id AS id
  FROM client_workspace n
  JOIN workspace w ON w.id = n.workspace_id
  JOIN account a ON a.id = w.account_id
 WHERE n.client_id = :client
   AND w.organization_id = :org
   AND w.archived_at IS NULL
   AND a.archived_at IS NULL
 LIMIT :count;
