-- Organizations, as their operator sees them: every statement here is the operator's.

-- one organization_lock(id text) -> org int, id text, name text, status text
SELECT id AS org, public_id AS id, name, status
  FROM organization
 WHERE public_id = :id
   FOR UPDATE;

-- run organization_status(org int, status text)
UPDATE organization
   SET status = :status, version = version + 1
 WHERE id = :org;

-- quiet organization_held(org int)
UPDATE user
   SET acts = acts + 1
 WHERE organization_id = :org;

-- quiet organization_sessions_end(org int)
DELETE s
  FROM session s
  JOIN user u ON u.id = s.user_id
 WHERE u.organization_id = :org;

-- one organization_admin(org int) -> user int
SELECT id AS user
  FROM user
 WHERE organization_id = :org
   AND role = 'admin'
   AND status = 'active'
 LIMIT 1;

-- one organization_id(org int) -> id text
SELECT public_id AS id
  FROM organization
 WHERE id = :org;
