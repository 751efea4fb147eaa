-- What somebody knows who has left: marked, and ended when the organization wants that.

-- What the person has seen that works and is not theirs, behind the exposure of that number.
-- rows leaver_seen(user int, after int, count int) -> exposure int, secret int, sid text, name text
SELECT e.id AS exposure, s.id AS secret, s.sid, c.name
  FROM exposure e
  JOIN secret s ON s.id = e.secret_id
  JOIN client c ON c.id = s.client_id
 WHERE e.user_id = :user
   AND e.id > :after
   AND s.status IN ('active', 'retiring')
   AND (s.owner_id IS NULL OR s.owner_id <> e.user_id)
 ORDER BY e.id
 LIMIT :count;

-- What was seen twice is one item. Its entry is that of the mark, or of whoever left before.
-- quiet leaver_item_add(org int, tenure int, sid text, name text, secret int, now time)
INSERT INTO departure_item (organization_id, tenure_id, kind, object, name, secret_id, at)
VALUES (:org, :tenure, 'known', :sid, :name, :secret, :now)
    ON DUPLICATE KEY UPDATE secret_id = VALUES(secret_id);

-- run leaver_mark(secret int, now time)
UPDATE secret
   SET leaver_at = :now
 WHERE id = :secret
   AND status IN ('active', 'retiring')
   AND leaver_at IS NULL;

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
