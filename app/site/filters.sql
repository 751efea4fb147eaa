-- What the list of scoped credentials is filtered by.

-- rows filters_owners(org int) -> id text, name text
SELECT STRAIGHT_JOIN u.public_id AS id, COALESCE(u.called, p.name) AS name
  FROM user u FORCE INDEX (user_organization)
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND u.status = 'active'
 ORDER BY u.id
 LIMIT 200;

-- one filters_owner(org int, id text) -> user int, name text
SELECT u.id AS user, COALESCE(u.called, p.name) AS name
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND u.public_id = :id;
