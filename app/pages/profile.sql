-- one profile_get(person int) -> id text, name text, version int
SELECT public_id AS id, name, version
  FROM person
 WHERE id = :person;

-- run profile_save(person int, name text, version int)
UPDATE person
   SET name = :name, version = version + 1
 WHERE id = :person
   AND version = :version;

-- one profile_home(person int, id text) -> user int, org int
SELECT u.id AS user, o.id AS org
  FROM user u
  JOIN organization o ON o.id = u.organization_id
 WHERE u.person_id = :person
   AND o.public_id = :id
   AND u.status = 'active'
   AND o.status = 'active';

-- quiet profile_enter(session int, person int, user int)
UPDATE session
   SET user_id = :user, tenure_id = (SELECT t.id FROM tenure t WHERE t.live_id = :user)
 WHERE id = :session
   AND person_id = :person;

-- rows profile_sessions(person int, created_after time, seen_after time) -> session int, id text?,
--     remote text, program text, created_at time, seen_at time, organization text?
SELECT s.id AS session, s.public_id AS id, s.remote, s.program, s.created_at, s.seen_at,
       o.name AS organization
  FROM session s
  LEFT JOIN user u ON u.id = s.user_id
  LEFT JOIN organization o ON o.id = u.organization_id
 WHERE s.person_id = :person
   AND s.created_at >= :created_after
   AND s.seen_at >= :seen_after
 ORDER BY s.created_at DESC, s.id DESC
 LIMIT 100;
