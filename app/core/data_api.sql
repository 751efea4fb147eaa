-- The Data API: its client, and who reaches its page.

-- old is the secret that a rotation replaces.
-- one data_client(org int, environment text) -> client int, id text, current int?, old int?, old_ends_at time?
SELECT c.id AS client, c.public_id AS id, s.id AS current, r.id AS old, r.ends_at AS old_ends_at
  FROM client c
  LEFT JOIN secret s ON s.current_of = c.id
  LEFT JOIN secret r ON r.retiring_of = c.id
 WHERE c.organization_id = :org
   AND c.environment = :environment
   AND c.kind = 'data_api'
   AND c.place = 1;

-- one data_offer(org int) -> id text, name text, entitled flag
SELECT a.public_id AS id, a.name, e.api_id IS NOT NULL AS entitled
  FROM api a
  LEFT JOIN entitlement e ON e.api_id = a.id AND e.organization_id = :org
 WHERE a.word = 'data';

-- Nothing for clients of other kinds.
-- run data_grants_add(client int)
INSERT INTO client_grant (client_id, permission_id, api_id, organization_id)
SELECT c.id, p.id, p.api_id, c.organization_id
  FROM client c
  JOIN entitlement e ON e.organization_id = c.organization_id
  JOIN api a ON a.id = e.api_id AND a.word = 'data'
  JOIN permission p ON p.api_id = a.id
  LEFT JOIN client_grant g ON g.client_id = c.id AND g.permission_id = p.id
 WHERE c.id = :client
   AND c.kind = 'data_api'
   AND g.client_id IS NULL;

-- ---- who reaches the page

-- Whoever acts for that user waits, and then finds their access as it is.
-- quiet data_user_held(org int, id text)
UPDATE user
   SET acts = acts + 1
 WHERE organization_id = :org
   AND public_id = :id;

-- one data_person_get(org int, id text) -> user int, id text, name text, email text, role text, status text,
--     granted_at time?, granted_by text?, opened_at time?
SELECT u.id AS user, u.public_id AS id, COALESCE(u.called, p.name) AS name, p.email, u.role, u.status, a.granted_at,
       gp.name AS granted_by, o.opened_at
  FROM user u
  JOIN person p ON p.id = u.person_id
  LEFT JOIN tenure t ON t.live_id = u.id
  LEFT JOIN data_access a ON a.user_id = u.id AND a.tenure_id = t.id
  LEFT JOIN user gu ON gu.id = a.granted_by
  LEFT JOIN person gp ON gp.id = gu.person_id
  LEFT JOIN data_opened o ON o.user_id = u.id
 WHERE u.organization_id = :org
   AND u.public_id = :id;

-- claim data_access_add(org int, user int, me int?, now time)
INSERT INTO data_access (user_id, organization_id, tenure_id, granted_by, granted_at)
VALUES (:user, :org, (SELECT t.id FROM tenure t WHERE t.live_id = :user), :me, :now);

-- What was given in a tenure that has ended is no access, whether or not it has been swept.
-- quiet data_access_over(user int)
DELETE FROM data_access
 WHERE user_id = :user
   AND (tenure_id IS NULL OR tenure_id NOT IN (SELECT t.id FROM tenure t WHERE t.live_id = :user));

-- run data_access_end(org int, user int)
DELETE FROM data_access
 WHERE user_id = :user
   AND organization_id = :org;

-- run data_taken_note(org int, user int, me int?, now time)
INSERT INTO data_taken (user_id, organization_id, taken_by, taken_at)
VALUES (:user, :org, :me, :now)
    ON DUPLICATE KEY UPDATE taken_by = VALUES(taken_by), taken_at = VALUES(taken_at);

-- run data_taken_forget(org int, user int)
DELETE FROM data_taken
 WHERE user_id = :user
   AND organization_id = :org;

-- one data_listed(org int, me int) -> granted_at time
SELECT a.granted_at
  FROM data_access a
  JOIN tenure t ON t.id = a.tenure_id AND t.live_id = a.user_id
 WHERE a.user_id = :me
   AND a.organization_id = :org;

-- one data_opened_get(me int) -> opened_at time
SELECT opened_at
  FROM data_opened
 WHERE user_id = :me;

-- quiet data_opened_note(me int, now time)
INSERT INTO data_opened (user_id, opened_at)
VALUES (:me, :now)
    ON DUPLICATE KEY UPDATE opened_at = VALUES(opened_at);

-- Admins first, then the list, each in the order of their rows, behind the one of the row `last`, who is on the list if
-- that is so. knows: they have seen the secret `current`; knew: the one that a rotation replaces.
-- rows data_people(org int, current int?, old int?, listed flag, last int) -> id text, name text, email text,
--     by_role flag, granted_at time?, granted_by text?, opened_at time?, knows flag, knew flag
SELECT u.public_id AS id, COALESCE(u.called, p.name) AS name, p.email, found.by_role, a.granted_at, gp.name AS granted_by,
       o.opened_at,
       EXISTS (SELECT 1 FROM exposure e WHERE e.secret_id = :current AND e.user_id = u.id) AS knows,
       EXISTS (SELECT 1 FROM exposure e WHERE e.secret_id = :old AND e.user_id = u.id) AS knew
  FROM ((SELECT u1.id, 1 AS by_role
           FROM user u1
          WHERE u1.organization_id = :org
            AND u1.role = 'admin'
            AND u1.status = 'active'
            AND u1.id > :last
            AND NOT :listed
          ORDER BY u1.id
          LIMIT 51)
        UNION ALL
        (SELECT u2.id, 0 AS by_role
           FROM data_access a2
           JOIN user u2 ON u2.id = a2.user_id AND u2.role <> 'admin'
           JOIN tenure t2 ON t2.id = a2.tenure_id AND t2.live_id = a2.user_id
          WHERE a2.organization_id = :org
            AND (a2.user_id > :last OR NOT :listed)
          ORDER BY a2.user_id
          LIMIT 51)) found
  JOIN user u ON u.id = found.id
  JOIN person p ON p.id = u.person_id
  LEFT JOIN tenure t ON t.live_id = u.id
  LEFT JOIN data_access a ON a.user_id = u.id AND a.tenure_id = t.id
  LEFT JOIN user gu ON gu.id = a.granted_by
  LEFT JOIN person gp ON gp.id = gu.person_id
  LEFT JOIN data_opened o ON o.user_id = u.id
 ORDER BY found.by_role DESC, u.id
 LIMIT 51;

-- one data_people_count(org int) -> admins int?, listed int?
SELECT (SELECT COUNT(*)
          FROM (SELECT id
                  FROM user
                 WHERE organization_id = :org
                   AND role = 'admin'
                   AND status = 'active'
                 LIMIT 1001) admins) AS admins,
       (SELECT COUNT(*)
          FROM (SELECT u.id
                  FROM data_access a
                  JOIN user u ON u.id = a.user_id AND u.role <> 'admin'
                  JOIN tenure t ON t.id = a.tenure_id AND t.live_id = a.user_id
                 WHERE a.organization_id = :org
                 LIMIT 1001) listed) AS listed;

-- Who might be given access: active people who have none, by words in their name or address among the first so many of the
-- organization, or by their whole address; one more than are shown.
-- rows data_candidates(org int, pattern text, address text?, look int) -> id text, name text, email text, role text
SELECT STRAIGHT_JOIN u.public_id AS id, COALESCE(u.called, p.name) AS name, p.email, u.role
  FROM ((SELECT id
           FROM user FORCE INDEX (user_organization)
          WHERE organization_id = :org
            AND status = 'active'
          ORDER BY id
          LIMIT :look)
        UNION
        (SELECT u1.id
           FROM person p1
           JOIN user u1 ON u1.person_id = p1.id AND u1.organization_id = :org AND u1.status = 'active'
          WHERE p1.email = LOWER(:address))) w
  JOIN user u ON u.id = w.id
  JOIN person p ON p.id = u.person_id
  LEFT JOIN tenure t ON t.live_id = u.id
  LEFT JOIN data_access a ON a.user_id = u.id AND a.tenure_id = t.id
 WHERE u.organization_id = :org
   AND u.role <> 'admin'
   AND a.user_id IS NULL
   AND (COALESCE(u.called, p.name) COLLATE utf8mb4_general_ci LIKE :pattern OR p.email LIKE LOWER(:pattern))
 ORDER BY w.id
 LIMIT 51;

-- How many people are active, up to so many.
-- one data_active(org int, most int) -> n int
SELECT COUNT(*) AS n
  FROM (SELECT id
          FROM user FORCE INDEX (user_organization)
         WHERE organization_id = :org
           AND status = 'active'
         LIMIT :most) a;

-- ---- who knows the key and should not

-- Who has seen one of these secrets and is gone, or reaches the page no more; the secrets are those of data_client.
-- Access that was taken away before they saw one is not how they lost it.
-- rows data_leavers(org int, current int?, old int?) -> id text, name text, gone flag, since time?, taken_by text?,
--     knows flag, knew flag
SELECT u.public_id AS id, p.name, u.status <> 'active' AS gone,
       CASE WHEN u.status <> 'active' THEN u.left_at WHEN t.taken_at >= MAX(e.at) THEN t.taken_at END AS since,
       CASE WHEN u.status = 'active' AND t.taken_at >= MAX(e.at) THEN tp.name END AS taken_by,
       COALESCE(MAX(e.secret_id = :current), 0) AS knows, COALESCE(MAX(e.secret_id = :old), 0) AS knew
  FROM exposure e
  JOIN user u ON u.id = e.user_id AND u.organization_id = e.organization_id
  JOIN person p ON p.id = u.person_id
  LEFT JOIN tenure l ON l.live_id = u.id
  LEFT JOIN data_access a ON a.user_id = u.id AND a.tenure_id = l.id
  LEFT JOIN data_taken t ON t.user_id = u.id
  LEFT JOIN user tu ON tu.id = t.taken_by
  LEFT JOIN person tp ON tp.id = tu.person_id
 WHERE e.organization_id = :org
   AND e.secret_id IN (:current, :old)
   AND (u.status <> 'active' OR (u.role <> 'admin' AND a.user_id IS NULL))
 GROUP BY u.id, u.public_id, p.name, u.status, u.left_at, t.taken_at, tp.name
 ORDER BY u.id
 LIMIT 50;

-- Of the two secrets of one environment's client, which a person has seen; for who is asked about by their user row.
-- rows data_seen(org int, user int) -> environment text, hint text, retiring flag
SELECT c.environment, s.hint, s.retiring_of IS NOT NULL AS retiring
  FROM client c
  JOIN secret s ON s.client_id = c.id AND (s.current_of = c.id OR s.retiring_of = c.id)
 WHERE c.organization_id = :org
   AND c.kind = 'data_api'
   AND c.place = 1
   AND EXISTS (SELECT 1 FROM exposure e WHERE e.secret_id = s.id AND e.user_id = :user)
 ORDER BY c.environment DESC, s.id DESC
 LIMIT 4;
