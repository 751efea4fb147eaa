-- People are let go, come back, and get other roles.

-- one leaving_user(org int, id text) -> user int, id text, role text, status text
SELECT id AS user, public_id AS id, role, status
  FROM user
 WHERE organization_id = :org
   AND public_id = :id;

-- Who takes an admin away waits here for who does so too, and who lets one back in for who comes in by an operator's link.
-- quiet leaving_one_by_one(org int)
UPDATE organization
   SET version = version + 1
 WHERE id = :org;

-- one leaving_admins(org int, but int) -> admins int
SELECT COUNT(*) AS admins
  FROM user
 WHERE organization_id = :org
   AND role = 'admin'
   AND status = 'active'
   AND id <> :but;

-- run leaving_status(user int, status text)
UPDATE user
   SET status = :status, version = version + 1
 WHERE id = :user;

-- run leaving_role(user int, role text)
UPDATE user
   SET role = :role, version = version + 1
 WHERE id = :user;

-- The database has cut the tenure off with the change of status.
-- quiet leaving_noted(tenure int, by int?, door text, now time)
UPDATE tenure
   SET ended_at = :now, ended_by = :by, door = :door
 WHERE id = :tenure
   AND live_id IS NULL;

-- quiet leaving_links_end(user int, now time)
UPDATE invitation
   SET open_for = NULL, withdrawn_at = :now
 WHERE open_for = :user;

-- quiet leaving_sessions_end(user int, but int)
DELETE FROM session
 WHERE user_id = :user
   AND id <> :but;

-- Whoever was there has a tenure, or has used a link; who was added at the command line never had one.
-- one leaving_never_came(user int) -> user int
SELECT u.id AS user
  FROM user u
 WHERE u.id = :user
   AND EXISTS (SELECT i.id FROM invitation i WHERE i.user_id = u.id)
   AND NOT EXISTS (SELECT i.id FROM invitation i WHERE i.user_id = u.id AND i.used_at IS NOT NULL)
   AND NOT EXISTS (SELECT t.id FROM tenure t WHERE t.user_id = u.id);

-- For the command line.
-- one leaving_by_email(org int, email text) -> id text
SELECT u.public_id AS id
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND p.email = :email;

-- rows leaving_users(org int) -> id text, email text, name text, role text, status text,
--     signed_in_at time?, left_at time?
SELECT u.public_id AS id, p.email, COALESCE(u.called, p.name) AS name, u.role, u.status, u.signed_in_at, u.left_at
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
 ORDER BY u.id
 LIMIT 100000;

-- What the last departure of a user has ended, and what they know.
-- operates: they are an operator all the same.
-- one leaving_receipt(org int, id text) -> email text, status text, sessions int, secrets int, data_access int,
--     known int, operator int, operates flag
SELECT p.email, u.status, COUNT(CASE WHEN i.kind = 'session' THEN 1 END) AS sessions,
       COUNT(CASE WHEN i.kind = 'secret' THEN 1 END) AS secrets,
       COUNT(CASE WHEN i.kind = 'data_access' THEN 1 END) AS data_access,
       COUNT(CASE WHEN i.kind = 'known' THEN 1 END) AS known,
       COUNT(CASE WHEN i.kind = 'operator' THEN 1 END) AS operator,
       p.is_operator AND (p.operator_tenure_id IS NULL OR w.live_id IS NOT NULL) AS operates
  FROM user u
  JOIN person p ON p.id = u.person_id
  LEFT JOIN tenure w ON w.id = p.operator_tenure_id
  LEFT JOIN departure_item i
    ON i.tenure_id = (SELECT MAX(t.id) FROM tenure t WHERE t.user_id = u.id AND t.live_id IS NULL)
 WHERE u.organization_id = :org
   AND u.public_id = :id
 GROUP BY p.email, u.status, p.is_operator, p.operator_tenure_id, w.live_id;
