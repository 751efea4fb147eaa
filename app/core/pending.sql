-- Secrets that are made without a text, for those who are to open them.

-- run pending_add(sid text, org int, client int, until time, now time)
INSERT INTO secret (sid, organization_id, client_id, kind, status, current_of, hash, hint, key_number,
                    created_by, created_at, expires_at)
VALUES (:sid, :org, :client, 'primary', 'pending', :client, NULL, '', 0, NULL, :now, :until);

-- The primary secret of a client; without one, nobody has opened it in time, or it was never pending.
-- one pending_card(org int, id text) -> environment text, name text, client_id text, secret int?, sid text?,
--     status text?, expires_at time?
SELECT c.environment, c.name, c.client_id, s.id AS secret, s.sid, s.status, s.expires_at
  FROM client c
  LEFT JOIN secret s ON s.current_of = c.id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND c.deleted_at IS NULL;

-- run pending_open(secret int, hash text, hint text, key_number int, me int, now time)
UPDATE secret
   SET status = 'active', hash = :hash, hint = :hint, key_number = :key_number, created_by = :me,
       created_at = :now, expires_at = NULL, version = version + 1
 WHERE id = :secret
   AND status = 'pending'
   AND expires_at > :now;

-- one pending_opened(org int, id text) -> name text, at time
SELECT p.name, e.at
  FROM client c
  JOIN secret s ON s.current_of = c.id
  JOIN exposure e ON e.secret_id = s.id AND e.how = 'opened'
  JOIN user u ON u.id = e.user_id
  JOIN person p ON p.id = u.person_id
 WHERE c.organization_id = :org
   AND c.public_id = :id
 ORDER BY e.id
 LIMIT 1;

-- Whether the last secret of the client that has ended was one that nobody opened.
-- one pending_late(org int, id text) -> ended_at time?
SELECT s.ended_at
  FROM client c
  JOIN secret s ON s.client_id = c.id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND c.deleted_at IS NULL
   AND s.ended_reason = 'unopened'
 ORDER BY s.id DESC
 LIMIT 1;
