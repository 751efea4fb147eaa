-- What only the examples need.

-- quiet demo_used(id text, at time, remote text)
UPDATE secret
   SET last_used_at = :at, last_used_day = DATE(:at), last_used_from = :remote, calls = 1
 WHERE current_of = (SELECT c.id FROM client c WHERE c.public_id = :id);

-- one demo_secret(id text) -> secret int
SELECT s.id AS secret
  FROM client c
  JOIN secret s ON s.current_of = c.id
 WHERE c.public_id = :id;

-- quiet demo_deactivated(id text)
UPDATE client
   SET status = 'deactivated', version = version + 1
 WHERE public_id = :id;

-- one demo_user(org int) -> id text
SELECT public_id AS id
  FROM user
 WHERE organization_id = :org
   AND role = 'admin'
 ORDER BY id
 LIMIT 1;

-- one demo_account(org int, name text) -> id text
SELECT public_id AS id
  FROM account
 WHERE organization_id = :org
   AND name = :name;

-- one demo_workspace(org int, name text) -> id text
SELECT public_id AS id
  FROM workspace
 WHERE organization_id = :org
   AND name = :name;

-- one demo_client(org int, name text) -> id text
SELECT public_id AS id
  FROM client
 WHERE organization_id = :org
   AND name = :name
   AND deleted_at IS NULL;

-- one demo_data(org int) -> id text
SELECT public_id AS id
  FROM client
 WHERE organization_id = :org
   AND kind = 'data_api'
   AND environment = 'integration';

-- one demo_person(org int, email text) -> person int, user int, id text, name text, role text
SELECT p.id AS person, u.id AS user, u.public_id AS id, p.name, u.role
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND p.email = :email;

-- quiet demo_leaver_days(org int, days int)
UPDATE organization
   SET leaver_days = :days, version = version + 1
 WHERE id = :org;
