-- What a client may do. What is granted is entitled in the statement itself, or was granted before.

-- members: only what they may give themselves.
-- run grants_add(org int, client int, permission int, members flag)
INSERT INTO client_grant (client_id, permission_id, api_id, organization_id)
SELECT c.id, p.id, p.api_id, e.organization_id
  FROM entitlement e
  JOIN permission p ON p.api_id = e.api_id
  JOIN client c ON c.id = :client AND c.organization_id = e.organization_id
  LEFT JOIN member_permission m ON m.organization_id = e.organization_id AND m.permission_id = p.id
 WHERE e.organization_id = :org
   AND p.id = :permission
   AND (:members = 0 OR m.permission_id IS NOT NULL);

-- run grants_remove(org int, client int, permission int)
DELETE FROM client_grant
 WHERE organization_id = :org
   AND client_id = :client
   AND permission_id = :permission;

-- run grants_end(org int, client int)
DELETE FROM client_grant
 WHERE organization_id = :org
   AND client_id = :client;
