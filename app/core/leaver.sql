-- What somebody knows who has left: marked, and ended when the organization wants that.

-- Those who came back without being shown a secret since.
-- quiet leaver_back(count int)
UPDATE user
   SET left_at = NULL
 WHERE status IN ('active', 'invited')
   AND left_at IS NOT NULL
 LIMIT :count;

-- rows leaver_people(count int) -> user int
SELECT id AS user
  FROM user
 WHERE status = 'deactivated'
   AND left_at IS NULL
 ORDER BY id
 LIMIT :count;

-- Held until the piece is committed: nobody comes back meanwhile.
-- one leaver_lock(user int) -> id text, org int
SELECT public_id AS id, organization_id AS org
  FROM user
 WHERE id = :user
   AND status = 'deactivated'
   AND left_at IS NULL
   FOR UPDATE;

-- What the person has seen that works and is neither theirs nor marked, behind the exposure of that number.
-- rows leaver_seen(user int, after int, count int) -> exposure int, secret int, sid text
SELECT e.id AS exposure, s.id AS secret, s.sid
  FROM exposure e
  JOIN secret s ON s.id = e.secret_id
 WHERE e.user_id = :user
   AND e.id > :after
   AND s.status IN ('active', 'retiring')
   AND s.leaver_at IS NULL
   AND (s.owner_id IS NULL OR s.owner_id <> e.user_id)
 ORDER BY e.id
 LIMIT :count;

-- run leaver_mark(secret int, now time)
UPDATE secret
   SET leaver_at = :now
 WHERE id = :secret
   AND status IN ('active', 'retiring')
   AND leaver_at IS NULL;

-- run leaver_sessions_end(user int)
DELETE FROM session
 WHERE user_id = :user;

-- run leaver_left(user int, now time)
UPDATE user
   SET left_at = :now
 WHERE id = :user;

-- The fewest days that any organization has chosen.
-- one leaver_fewest() -> days int?
SELECT MIN(leaver_days) AS days
  FROM organization
 WHERE leaver_days > 0;

-- Those whose days are over: those of their organization, or otherwise these; none are over before `before`.
-- rows leaver_due(now time, before time, days int, count int) -> secret int
SELECT s.id AS secret
  FROM secret s
  JOIN organization o ON o.id = s.organization_id
 WHERE s.status IN ('active', 'retiring')
   AND s.leaver_at <= :before
   AND COALESCE(o.leaver_days, :days) > 0
   AND s.leaver_at <= :now - INTERVAL COALESCE(o.leaver_days, :days) DAY
 LIMIT :count;

-- one leaver_due_lock(secret int) -> sid text, org int, leaver_at time?
SELECT sid, organization_id AS org, leaver_at
  FROM secret
 WHERE id = :secret
   AND status IN ('active', 'retiring')
   FOR UPDATE;
