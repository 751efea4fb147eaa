-- Whom to ask: active admins of the organization.

-- rows message_admins(org int) -> name text
SELECT COALESCE(u.called, p.name) AS name
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND u.role = 'admin'
   AND u.status = 'active'
 ORDER BY u.id
 LIMIT 5;
