-- What members may give an additional secret that they make for themselves.

-- rows member_offers(org int) -> permission int, api_name text, may text?,
--     name text, entitled flag, given flag
SELECT p.id AS permission, a.name AS api_name, CONCAT(a.word, ':', p.word) AS may, p.name,
       e.api_id IS NOT NULL AS entitled, m.permission_id IS NOT NULL AS given
  FROM permission p
  JOIN api a ON a.id = p.api_id
  LEFT JOIN entitlement e ON e.organization_id = :org AND e.api_id = p.api_id
  LEFT JOIN member_permission m ON m.organization_id = :org AND m.permission_id = p.id
 WHERE e.api_id IS NOT NULL
    OR m.permission_id IS NOT NULL
 ORDER BY a.position, a.id, p.position, p.id
 LIMIT 2000;

-- rows member_given(org int) -> api int, api_name text, name text, entitled flag
SELECT a.id AS api, a.name AS api_name, p.name, e.api_id IS NOT NULL AS entitled
  FROM member_permission m
  JOIN permission p ON p.id = m.permission_id
  JOIN api a ON a.id = p.api_id
  LEFT JOIN entitlement e ON e.organization_id = m.organization_id AND e.api_id = p.api_id
 WHERE m.organization_id = :org
 ORDER BY a.position, a.id, p.position, p.id
 LIMIT 200;

-- one member_organization(org int) -> id text, version int
SELECT public_id AS id, version
  FROM organization
 WHERE id = :org;

-- run member_version(org int, version int)
UPDATE organization
   SET version = version + 1
 WHERE id = :org
   AND version = :version;

-- run member_permission_add(org int, permission int)
INSERT INTO member_permission (organization_id, permission_id)
SELECT e.organization_id, p.id
  FROM entitlement e
  JOIN permission p ON p.api_id = e.api_id
 WHERE e.organization_id = :org
   AND p.id = :permission;

-- run member_permission_remove(org int, permission int)
DELETE FROM member_permission
 WHERE organization_id = :org
   AND permission_id = :permission;
