-- The people of an organization: its list, and what each has.

-- ---- the list, the newest first. The index is said for each question, or the optimizer reads all people and sorts them.

-- Those of a role, of a status, of both or all, before the user of that row.
-- rows team_list(org int, role text?, status text?, before int, count int) -> user int
SELECT user
  FROM (
    (SELECT id AS user
       FROM user FORCE INDEX (user_team)
      WHERE :role IS NULL
        AND :status IS NULL
        AND organization_id = :org
        AND id < :before
      ORDER BY id DESC
      LIMIT :count)
    UNION ALL
    (SELECT id AS user
       FROM user FORCE INDEX (user_team_role)
      WHERE :status IS NULL
        AND organization_id = :org
        AND role = :role
        AND id < :before
      ORDER BY id DESC
      LIMIT :count)
    UNION ALL
    (SELECT id AS user
       FROM user FORCE INDEX (user_organization)
      WHERE :role IS NULL
        AND organization_id = :org
        AND status = :status
        AND id < :before
      ORDER BY id DESC
      LIMIT :count)
    UNION ALL
    (SELECT id AS user
       FROM user FORCE INDEX (user_role)
      WHERE organization_id = :org
        AND role = :role
        AND status = :status
        AND id < :before
      ORDER BY id DESC
      LIMIT :count)) found
 ORDER BY user DESC
 LIMIT :count;

-- The same by words, all of them in the name or the address: those between two rows are looked at.
-- rows team_found(org int, role text?, status text?, before int, after int, one text, two text?, three text?,
--     four text?, count int) -> user int
SELECT STRAIGHT_JOIN u.id AS user
  FROM user u FORCE INDEX (user_team)
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND u.id < :before
   AND u.id > :after
   AND (:role IS NULL OR u.role = :role)
   AND (:status IS NULL OR u.status = :status)
   AND CONCAT(COALESCE(u.called, p.name), ' ', p.email) COLLATE utf8mb4_general_ci LIKE :one
   AND (:two IS NULL OR CONCAT(COALESCE(u.called, p.name), ' ', p.email) COLLATE utf8mb4_general_ci LIKE :two)
   AND (:three IS NULL OR CONCAT(COALESCE(u.called, p.name), ' ', p.email) COLLATE utf8mb4_general_ci LIKE :three)
   AND (:four IS NULL OR CONCAT(COALESCE(u.called, p.name), ' ', p.email) COLLATE utf8mb4_general_ci LIKE :four)
 ORDER BY u.id DESC
 LIMIT :count;

-- How far a search by words looks from there: the last of so many people; n is how many there are.
-- one team_walk(org int, before int, most int) -> user int?, n int
SELECT MIN(w.id) AS user, COUNT(*) AS n
  FROM (SELECT id
          FROM user FORCE INDEX (user_team)
         WHERE organization_id = :org
           AND id < :before
         ORDER BY id DESC
         LIMIT :most) w;

-- one team_place(org int, id text) -> user int
SELECT id AS user
  FROM user
 WHERE organization_id = :org
   AND public_id = :id;

-- one team_place_id(org int, user int) -> id text
SELECT public_id AS id
  FROM user
 WHERE organization_id = :org
   AND id = :user;

-- one team_count(org int) -> active int?, invited int?, deactivated int?
SELECT (SELECT COUNT(*)
          FROM (SELECT id FROM user
                 WHERE organization_id = :org AND status = 'active' LIMIT 1001) a) AS active,
       (SELECT COUNT(*)
          FROM (SELECT id FROM user
                 WHERE organization_id = :org AND status = 'invited' LIMIT 1001) i) AS invited,
       (SELECT COUNT(*)
          FROM (SELECT id FROM user
                 WHERE organization_id = :org AND status = 'deactivated' LIMIT 1001) d) AS deactivated;

-- listed: on the Data API's list. open_until: of the link that they have not used.
-- rows team_shown(org int, ids text) -> id text, name text, email text, role text, status text,
--     signed_in_at time?, secrets int?, listed flag, open_until time?
SELECT STRAIGHT_JOIN u.public_id AS id,
       COALESCE(u.called, p.name) AS name,
       p.email, u.role, u.status, u.signed_in_at,
       (SELECT COUNT(*)
          FROM client c
         WHERE c.owner_id = u.id
           AND c.kind = 'additional'
           AND c.deleted_at IS NULL
           AND c.organization_id = u.organization_id) AS secrets,
       a.user_id IS NOT NULL AS listed, i.expires_at AS open_until
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (place FOR ORDINALITY, user BIGINT PATH '$')) wanted
  JOIN user u ON u.id = wanted.user
  JOIN person p ON p.id = u.person_id
  LEFT JOIN tenure t ON t.live_id = u.id
  LEFT JOIN data_access a ON a.user_id = u.id AND a.tenure_id = t.id
  LEFT JOIN invitation i ON i.open_for = u.id AND i.live_id = u.id
 WHERE u.organization_id = :org
 ORDER BY wanted.place
 LIMIT 100;

-- ---- one person

-- began_at: for how long they have been active without a break. operator_here: they run the installation, for as long as
-- they are active here; operator_else: whatever becomes of them here. by_role admins reach the Data API's page without being
-- on its list.
-- one team_person(org int, id text) -> user int, id text, name text, email text, role text, status text,
--     version int, created_at time, signed_in_at time?, began_at time?, data_at time?, data_by text?,
--     data_opened_at time?, factor_at time?, left_at time?, person int, operator_here flag, operator_else flag
SELECT u.id AS user, u.public_id AS id,
       COALESCE(u.called, p.name) AS name,
       p.email, u.role, u.status, u.version, u.created_at,
       u.signed_in_at, t.began_at, a.granted_at AS data_at, gp.name AS data_by,
       o.opened_at AS data_opened_at, CASE WHEN u.status = 'active' THEN f.confirmed_at END AS factor_at,
       u.left_at, p.id AS person, p.is_operator AND (w.live_id <=> u.id) AS operator_here,
       p.is_operator AND (p.operator_tenure_id IS NULL OR (w.live_id IS NOT NULL AND NOT (w.live_id <=> u.id))) AS operator_else
  FROM user u
  JOIN person p ON p.id = u.person_id
  LEFT JOIN factor f ON f.person_id = p.id
  LEFT JOIN tenure t ON t.live_id = u.id
  LEFT JOIN tenure w ON w.id = p.operator_tenure_id
  LEFT JOIN data_access a ON a.user_id = u.id AND a.tenure_id = t.id
  LEFT JOIN user gu ON gu.id = a.granted_by
  LEFT JOIN person gp ON gp.id = gu.person_id
  LEFT JOIN data_opened o ON o.user_id = u.id
 WHERE u.organization_id = :org
   AND u.public_id = :id;

-- The last link that was made for them. Nobody's name: it was made at the command line. live: nobody has changed their
-- status since.
-- one team_invited(org int, user int) -> by_name text?, at time, expires_at time, used_at time?,
--     withdrawn_at time?, live flag
SELECT b.name AS by_name, i.created_at AS at, i.expires_at, i.used_at, i.withdrawn_at,
       i.live_id IS NOT NULL AS live
  FROM invitation i
  LEFT JOIN person b ON b.id = i.created_by
 WHERE i.id = (SELECT MAX(l.id)
                 FROM invitation l
                WHERE l.user_id = :user
                  AND l.organization_id = :org);

-- Their sessions here, not those in other organizations.
-- one team_sessions(user int, created_after time, seen_after time) -> n int, seen_at time?
SELECT COUNT(*) AS n, MAX(s.seen_at) AS seen_at
  FROM session s
  JOIN tenure t ON t.id = s.tenure_id AND t.live_id = s.user_id
 WHERE s.user_id = :user
   AND s.created_at >= :created_after
   AND s.seen_at >= :seen_after;

-- What they own of a kind, the newest first; one more than are shown.
-- rows team_owns(org int, user int, kind text) -> client int, id text, environment text
SELECT id AS client, public_id AS id, environment
  FROM client
 WHERE owner_id = :user
   AND kind = :kind
   AND deleted_at IS NULL
   AND organization_id = :org
 ORDER BY id DESC
 LIMIT 51;

-- Of the last 2,000 secrets that they were shown: how many there are, how many work, and how many of these others use too.
-- one team_seen(org int, user int, now time) -> seen int, works int?, shared int?
SELECT COUNT(*) AS seen, SUM(x.works) AS works, SUM(x.works AND NOT x.own) AS shared
  FROM (SELECT COALESCE(s.owner_id = :user, 0) AS own,
               s.status IN ('active', 'retiring')
               AND (s.ends_at IS NULL OR s.ends_at > :now)
               AND (s.expires_at IS NULL OR s.expires_at > :now)
               AND (c.expires_at IS NULL OR c.expires_at > :now)
               AND (s.owner_id IS NULL OR o.status = 'active') AS works
          FROM exposure e
          JOIN secret s ON s.id = e.secret_id AND s.organization_id = :org
          JOIN client c ON c.id = s.client_id
          LEFT JOIN user o ON o.id = s.owner_id
         WHERE e.user_id = :user
           AND e.organization_id = :org
         ORDER BY e.id DESC
         LIMIT 2000) x;

-- How each time that they were active has ended, the last one first.
-- rows team_departures(org int, user int) -> tenure int, began_at time, ended_at time?, by_name text?,
--     door text, swept_at time?, sessions int?, secrets int?, data_access int?, known int?,
--     number int?
SELECT t.id AS tenure, t.began_at, t.ended_at, b.name AS by_name, t.door, t.swept_at,
       (SELECT COUNT(*) FROM departure_item i
         WHERE i.tenure_id = t.id AND i.kind = 'session') AS sessions,
       (SELECT COUNT(*) FROM departure_item i
         WHERE i.tenure_id = t.id AND i.kind = 'secret') AS secrets,
       (SELECT COUNT(*) FROM departure_item i
         WHERE i.tenure_id = t.id AND i.kind = 'data_access') AS data_access,
       (SELECT COUNT(*) FROM departure_item i
         WHERE i.tenure_id = t.id AND i.kind = 'known') AS known,
       (SELECT COUNT(*) FROM tenure n
         WHERE n.user_id = t.user_id AND n.live_id IS NULL AND n.id <= t.id) AS number
  FROM tenure t
  LEFT JOIN person b ON b.id = t.ended_by
 WHERE t.user_id = :user
   AND t.organization_id = :org
   AND t.live_id IS NULL
 ORDER BY t.id DESC
 LIMIT 20;
