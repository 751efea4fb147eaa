-- Additional secrets as pages show them.

-- one additional_shown(org int, id text) -> client int, member int, member_name text, parent text,
--     parent_name text, parent_status text, client_id text, networks text, expires_at time?, only_reads flag
SELECT c.id AS client, u.id AS member, COALESCE(u.called, p.name) AS member_name, k.public_id AS parent,
       k.name AS parent_name, k.status AS parent_status, k.client_id, c.networks, c.expires_at, c.only_reads
  FROM client c
  JOIN client k ON k.id = c.parent_id AND k.organization_id = c.organization_id
  JOIN user u ON u.id = c.owner_id AND u.organization_id = c.organization_id
  JOIN person p ON p.id = u.person_id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND c.kind = 'additional'
   AND c.deleted_at IS NULL;

-- The calls that its permissions open, as far as they are in force; one more than are shown.
-- rows additional_shown_calls(org int, client int, reads flag) -> method text, path text, needs text
SELECT e.method, e.path, e.needs
  FROM client_grant g
  JOIN entitlement t ON t.organization_id = g.organization_id AND t.api_id = g.api_id
  JOIN permission_gives v ON v.permission_id = g.permission_id
  JOIN permission p ON p.id = v.gives_id
  JOIN endpoint e ON e.permission_id = p.id
 WHERE g.organization_id = :org
   AND g.client_id = :client
   AND (NOT :reads OR p.only_reads)
 GROUP BY e.id, e.method, e.path, e.needs, e.api_id, e.position
 ORDER BY e.api_id, e.position, e.id
 LIMIT 101;

-- Those of an account key, the newest first: the places of its organization bound how many there are.
-- rows additional_shown_of_key(org int, id text) -> client int
SELECT c.id AS client
  FROM client k
  JOIN client c ON c.parent_id = k.id AND c.organization_id = k.organization_id AND c.deleted_at IS NULL
 WHERE k.organization_id = :org
   AND k.public_id = :id
 ORDER BY c.id DESC
 LIMIT 1000;
