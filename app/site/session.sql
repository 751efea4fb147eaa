-- Sessions: the database keeps SHA-256 of the cookie's value.

-- tenure is none when it has ended since the session began; access that was given in an earlier one is none.
-- one session_get(token_hash text) -> session int, person int, user int?, environment text,
--     created_at time, seen_at time, proven_at time?, name text, email text, is_operator flag, org int?,
--     organization text?, organization_status text?, role text?, user_status text?, tenure int?, data_access flag,
--     factor flag, factor_required flag
SELECT s.id AS session, s.person_id AS person, s.user_id AS user, s.environment, s.created_at,
       s.seen_at, s.proven_at, p.name, p.email,
       p.is_operator AND (p.operator_tenure_id IS NULL OR l.live_id IS NOT NULL) AS is_operator,
       u.organization_id AS org, o.name AS organization,
       o.status AS organization_status, u.role, u.status AS user_status, t.id AS tenure,
       d.user_id IS NOT NULL AS data_access, f.person_id IS NOT NULL AS factor,
       COALESCE(o.factor_required, 0) AS factor_required
  FROM session s
  JOIN person p ON p.id = s.person_id
  LEFT JOIN tenure l ON l.id = p.operator_tenure_id
  LEFT JOIN user u ON u.id = s.user_id AND u.person_id = s.person_id
  LEFT JOIN organization o ON o.id = u.organization_id
  LEFT JOIN tenure t ON t.id = s.tenure_id AND t.live_id = u.id
  LEFT JOIN data_access d ON d.user_id = u.id AND d.organization_id = u.organization_id
       AND d.tenure_id = t.id
  LEFT JOIN factor f ON f.person_id = p.id AND f.confirmed_at IS NOT NULL
 WHERE s.token_hash = :token_hash;

-- quiet session_add(token_hash text, public_id text, person int, user int?, environment text,
--     remote text, program text, now time)
INSERT INTO session (token_hash, public_id, person_id, user_id, tenure_id, environment, remote, program,
                     created_at, seen_at, proven_at)
VALUES (:token_hash, :public_id, :person, :user, (SELECT t.id FROM tenure t WHERE t.live_id = :user),
        :environment, :remote, :program, :now, :now, :now);

-- quiet session_home(user int, now time)
UPDATE user
   SET signed_in_at = :now
 WHERE id = :user;

-- one session_there(session int) -> session int
SELECT s.id AS session
  FROM session s
  LEFT JOIN tenure t ON t.id = s.tenure_id
 WHERE s.id = :session
   AND (s.user_id IS NULL OR t.live_id = s.user_id);

-- quiet session_proven(session int, now time)
UPDATE session
   SET proven_at = :now
 WHERE id = :session;

-- quiet session_seen(session int, now time)
UPDATE session
   SET seen_at = :now
 WHERE id = :session;

-- quiet session_end(token_hash text)
DELETE FROM session
 WHERE token_hash = :token_hash;

-- The organizations of the person that are open to them, but the one where they are.
-- rows session_homes(person int, me int) -> user int, id text, name text, role text
SELECT u.id AS user, o.public_id AS id, o.name, u.role
  FROM user u
  JOIN organization o ON o.id = u.organization_id
 WHERE u.person_id = :person
   AND u.id <> :me
   AND u.status = 'active'
   AND o.status = 'active'
 ORDER BY u.id
 LIMIT 100;

-- quiet session_environment(token_hash text, environment text)
UPDATE session
   SET environment = :environment
 WHERE token_hash = :token_hash;
