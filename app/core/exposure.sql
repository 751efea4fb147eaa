-- Who has seen which secret.

-- quiet exposure_add(org int, secret int, me int, how text, now time)
INSERT INTO exposure (organization_id, secret_id, user_id, how, at)
VALUES (:org, :secret, :me, :how, :now);

-- Of the secrets of a client that have not ended, and of the one that ended last: who has seen it. A secret
-- that nobody has seen is a row without a user: shown is 0 while it waits to be opened, else it was made at the
-- command line. here is whether the person is an active user of the organization, reaches whether they may reach
-- the Data API; owns whether the secret is theirs.
-- rows exposure_of_client(org int, id text) -> hint text, current flag, ended_at time?, expires_at time?,
--     ends_at time?, made_at time, shown flag, leaver_at time?, user text?, name text?, how text?, at time?,
--     here flag, owns flag, reaches flag, data_api flag
SELECT s.hint, s.current_of IS NOT NULL AS current, s.ended_at, s.expires_at, s.ends_at,
       s.created_at AS made_at, s.key_number <> 0 AS shown, s.leaver_at, u.public_id AS user, p.name,
       e.how, e.at,
       COALESCE(u.status = 'active', 0) AS here, COALESCE(s.owner_id = u.id, 0) AS owns,
       COALESCE(u.role = 'admin', 0) OR d.user_id IS NOT NULL AS reaches,
       c.kind = 'data_api' AS data_api
  FROM (
    SELECT n.id
      FROM client c
      JOIN secret n ON n.current_of = c.id
     WHERE c.organization_id = :org
       AND c.public_id = :id
    UNION ALL
    SELECT o.id
      FROM client c
      JOIN secret o ON o.retiring_of = c.id
     WHERE c.organization_id = :org
       AND c.public_id = :id
    UNION ALL
    (SELECT b.id
       FROM client c
       JOIN secret b ON b.client_id = c.id AND b.status = 'revoked'
      WHERE c.organization_id = :org
        AND c.public_id = :id
      ORDER BY b.id DESC
      LIMIT 1)) these
  JOIN secret s ON s.id = these.id
  JOIN client c ON c.id = s.client_id AND c.organization_id = :org
  LEFT JOIN exposure e ON e.secret_id = s.id
  LEFT JOIN user u ON u.id = e.user_id AND u.organization_id = :org
  LEFT JOIN person p ON p.id = u.person_id
  LEFT JOIN data_access d ON d.user_id = u.id
 ORDER BY s.id DESC, e.id
 LIMIT 51;

-- Whoever is shown a secret is here: their departure is to be noticed anew.
-- quiet exposure_back(me int)
UPDATE user
   SET left_at = NULL
 WHERE id = :me
   AND left_at IS NOT NULL;

-- one exposure_person(org int, id text) -> user int, id text, name text, email text, role text,
--     status text, left_at time?
SELECT u.id AS user, u.public_id AS id, COALESCE(u.called, p.name) AS name, p.email, u.role, u.status, u.left_at
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND u.public_id = :id;

-- Where a list goes on: the exposure of that secret.
-- one exposure_from(org int, user int, sid text) -> exposure int?
SELECT MIN(e.id) AS exposure
  FROM secret s
  JOIN exposure e ON e.secret_id = s.id AND e.user_id = :user
 WHERE s.organization_id = :org
   AND s.sid = :sid;

-- What a user has seen, the newest first, before the exposure of that number: what still works, or what has ended. No
-- more than 2,000 are walked. Their own works only while they are here.
-- rows exposure_of_user(org int, user int, before int, works flag, now time) -> sid text, hint text,
--     how text, at time, status text, current flag, ends_at time?, expires_at time?, ended_at time?,
--     ended_reason text, leaver_at time?, own flag, id text, kind text, name text, environment text,
--     client_status text, client_expires_at time?
SELECT s.sid, s.hint, e.how, e.at, s.status, s.current_of IS NOT NULL AS current, s.ends_at, s.expires_at,
       s.ended_at, s.ended_reason, s.leaver_at, COALESCE(s.owner_id = :user, 0) AS own,
       c.public_id AS id, c.kind, c.name, c.environment, c.status AS client_status,
       c.expires_at AS client_expires_at
  FROM (SELECT id, secret_id, how, at
          FROM exposure
         WHERE user_id = :user
           AND organization_id = :org
           AND id < :before
         ORDER BY id DESC
         LIMIT 2000) e
  JOIN secret s ON s.id = e.secret_id AND s.organization_id = :org
  JOIN client c ON c.id = s.client_id
  LEFT JOIN user o ON o.id = s.owner_id
 WHERE (s.status IN ('active', 'retiring')
          AND (s.ends_at IS NULL OR s.ends_at > :now)
          AND (s.expires_at IS NULL OR s.expires_at > :now)
          AND (c.expires_at IS NULL OR c.expires_at > :now)
          AND (s.owner_id IS NULL OR o.status = 'active')) = :works
 ORDER BY e.id DESC
 LIMIT 51;

-- The last one that such a walk comes to, when there are that many.
-- one exposure_walk_end(org int, user int, before int) -> sid text
SELECT s.sid
  FROM (SELECT MIN(w.id) AS id, COUNT(*) AS n
          FROM (SELECT id
                  FROM exposure
                 WHERE user_id = :user
                   AND organization_id = :org
                   AND id < :before
                 ORDER BY id DESC
                 LIMIT 2000) w) last
  JOIN exposure e ON e.id = last.id
  JOIN secret s ON s.id = e.secret_id
 WHERE last.n = 2000;
