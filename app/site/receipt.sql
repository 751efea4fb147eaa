-- The receipt of a departure: what ended with a tenure, and what must be asked again to say that it is refused.

-- back_at: since when they are here again, once they have signed in or were made active by one who notes it.
-- one receipt_person(org int, id text) -> user int, person int, id text, name text, email text, role text,
--     status text, organization text, organization_name text, back_at time?, operates flag
SELECT u.id AS user, u.person_id AS person, u.public_id AS id, COALESCE(u.called, p.name) AS name, p.email, u.role, u.status,
       o.public_id AS organization, o.name AS organization_name,
       (SELECT MAX(l.began_at) FROM tenure l WHERE l.live_id = u.id) AS back_at,
       p.is_operator AND (p.operator_tenure_id IS NULL OR w.live_id IS NOT NULL) AS operates
  FROM user u
  JOIN person p ON p.id = u.person_id
  JOIN organization o ON o.id = u.organization_id
  LEFT JOIN tenure w ON w.id = p.operator_tenure_id
 WHERE u.organization_id = :org
   AND u.public_id = :id;

-- one receipt_user(org int, email text) -> id text
SELECT u.public_id AS id
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND p.email = :email;

-- A tenure that has ended and was joined to its user again, which only a hand can do, is a departure all the same.
-- one receipt_departures_n(org int, user int) -> n int
SELECT COUNT(*) AS n
  FROM tenure
 WHERE organization_id = :org
   AND user_id = :user
   AND (live_id IS NULL OR ended_at IS NOT NULL);

-- The newest first.
-- rows receipt_departures(org int, user int) -> tenure int, began_at time, ended_at time?, door text,
--     by_name text?, by_email text?, swept_at time?
SELECT t.id AS tenure, t.began_at, t.ended_at, t.door, p.name AS by_name, p.email AS by_email, t.swept_at
  FROM tenure t
  LEFT JOIN person p ON p.id = t.ended_by
 WHERE t.organization_id = :org
   AND t.user_id = :user
   AND (t.live_id IS NULL OR t.ended_at IS NOT NULL)
 ORDER BY t.id DESC
 LIMIT 50;

-- ---- how many, also of what has not been swept

-- one receipt_counts(org int, user int, tenure int) -> sessions int?, secrets int?, data int?, known int?,
--     owned int?
SELECT (SELECT COUNT(*) FROM departure_item WHERE tenure_id = :tenure AND kind = 'session')
         + (SELECT COUNT(*)
              FROM session s
              LEFT JOIN departure_item i ON i.tenure_id = :tenure AND i.kind = 'session'
                   AND i.token_hash = s.token_hash
             WHERE s.tenure_id = :tenure
               AND i.id IS NULL) AS sessions,
       (SELECT COUNT(*) FROM departure_item WHERE tenure_id = :tenure AND kind = 'secret')
         + (SELECT COUNT(*)
              FROM client c
              LEFT JOIN departure_item i ON i.tenure_id = :tenure AND i.kind = 'secret'
                   AND i.object = c.public_id
             WHERE c.tenure_id = :tenure
               AND c.deleted_at IS NULL
               AND i.id IS NULL) AS secrets,
       (SELECT COUNT(*) FROM departure_item WHERE tenure_id = :tenure AND kind = 'data_access')
         + (SELECT COUNT(*)
              FROM data_access a
              LEFT JOIN departure_item i ON i.tenure_id = :tenure AND i.kind = 'data_access'
             WHERE a.user_id = :user
               AND a.tenure_id = :tenure
               AND i.id IS NULL) AS data,
       (SELECT COUNT(*) FROM departure_item WHERE tenure_id = :tenure AND kind = 'known') AS known,
       (SELECT COUNT(*)
          FROM client
         WHERE owner_id = :user
           AND kind = 'scoped'
           AND deleted_at IS NULL
           AND organization_id = :org) AS owned;

-- ---- what is shown. A tenure is one of receipt_departures(), and so of the organization.

-- at is none for what has not been swept yet.
-- rows receipt_sessions(tenure int) -> id text?, name text?, token_hash text?, at time?
SELECT i.object AS id, i.name, i.token_hash, i.at
  FROM departure_item i
 WHERE i.tenure_id = :tenure
   AND i.kind = 'session'
 UNION ALL
SELECT COALESCE(s.public_id, LEFT(HEX(s.token_hash), 10)), CONCAT(s.remote, ' ', s.program),
       s.token_hash, NULL
  FROM session s
  LEFT JOIN departure_item i ON i.tenure_id = :tenure AND i.kind = 'session' AND i.token_hash = s.token_hash
 WHERE s.tenure_id = :tenure
   AND i.id IS NULL
 ORDER BY at, id
 LIMIT 200;

-- rows receipt_secrets(tenure int) -> id text, name text, environment text?, hint text?, at time?
SELECT i.object AS id, i.name, c.environment, s.hint, i.at
  FROM departure_item i
  LEFT JOIN client c ON c.public_id = i.object AND c.organization_id = i.organization_id
  LEFT JOIN secret s ON s.id = i.secret_id
 WHERE i.tenure_id = :tenure
   AND i.kind = 'secret'
 UNION ALL
SELECT c.public_id, c.name, c.environment, s.hint, NULL
  FROM client c
  LEFT JOIN secret s ON s.current_of = c.id
  LEFT JOIN departure_item i ON i.tenure_id = :tenure AND i.kind = 'secret' AND i.object = c.public_id
 WHERE c.tenure_id = :tenure
   AND c.deleted_at IS NULL
   AND i.id IS NULL
 ORDER BY name, id
 LIMIT 200;

-- rows receipt_data(user int, tenure int) -> at time?
SELECT i.at
  FROM departure_item i
 WHERE i.tenure_id = :tenure
   AND i.kind = 'data_access'
 UNION ALL
SELECT NULL
  FROM data_access a
  LEFT JOIN departure_item i ON i.tenure_id = :tenure AND i.kind = 'data_access'
 WHERE a.user_id = :user
   AND a.tenure_id = :tenure
   AND i.id IS NULL
 LIMIT 2;

-- at is none for what has not been swept yet.
-- one receipt_operator(tenure int) -> at time?
SELECT i.at
  FROM tenure t
  LEFT JOIN departure_item i ON i.tenure_id = t.id AND i.kind = 'operator'
  LEFT JOIN person p ON p.operator_tenure_id = t.id AND p.is_operator = 1
 WHERE t.id = :tenure
   AND (i.id IS NOT NULL OR p.id IS NOT NULL);

-- What still works first. sid is that of the secret, id that of its credential.
-- rows receipt_known(tenure int) -> sid text, name text, at time, id text?, kind text?, environment text?,
--     hint text?, current flag, ended_at time?, ended_reason text?, ends_at time?, leaver_at time?
SELECT i.object AS sid, i.name, i.at, c.public_id AS id, c.kind, c.environment, s.hint,
       s.current_of IS NOT NULL AS current, s.ended_at, s.ended_reason, s.ends_at, s.leaver_at
  FROM departure_item i
  LEFT JOIN secret s ON s.id = i.secret_id AND s.organization_id = i.organization_id
  LEFT JOIN client c ON c.id = s.client_id
 WHERE i.tenure_id = :tenure
   AND i.kind = 'known'
 ORDER BY s.ended_at IS NOT NULL, i.name, i.id
 LIMIT 200;

-- rows receipt_owned(org int, user int) -> id text, name text, environment text
SELECT public_id AS id, name, environment
  FROM client
 WHERE owner_id = :user
   AND kind = 'scoped'
   AND deleted_at IS NULL
   AND organization_id = :org
 ORDER BY id
 LIMIT 200;

-- ---- what is asked again

-- Of items of one kind, behind the one of that object.
-- rows receipt_items(tenure int, kind text, after text) -> object text, token_hash text?
SELECT object, token_hash
  FROM departure_item
 WHERE tenure_id = :tenure
   AND kind = :kind
   AND object > :after
 ORDER BY object
 LIMIT 200;

-- All texts that an additional secret has had, the newest first.
-- rows receipt_texts(org int, id text) -> sid text
SELECT s.sid
  FROM client c
  JOIN secret s ON s.client_id = c.id
 WHERE c.organization_id = :org
   AND c.public_id = :id
 ORDER BY s.id DESC
 LIMIT 200;
