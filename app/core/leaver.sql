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

-- Organizations in which a mark ends a secret, by its choice or otherwise after these days; those behind `after`.
-- rows leaver_orgs(days int, after int, count int) -> org int, days int?
SELECT id AS org, COALESCE(leaver_days, :days) AS days
  FROM organization
 WHERE id > :after
   AND COALESCE(leaver_days, :days) > 0
 ORDER BY id
 LIMIT :count;

-- A range of one organization's marks: those of who has chosen otherwise are not read.
-- rows leaver_due(org int, before time, count int) -> secret int
SELECT id AS secret
  FROM secret
 WHERE organization_id = :org
   AND status IN ('active', 'retiring')
   AND leaver_at <= :before
 LIMIT :count;

-- one leaver_due_lock(secret int) -> sid text, org int, leaver_at time?
SELECT sid, organization_id AS org, leaver_at
  FROM secret
 WHERE id = :secret
   AND status IN ('active', 'retiring')
   FOR UPDATE;
