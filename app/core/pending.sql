-- Secrets that are made without a text, for those who are to open them.

-- run pending_add(sid text, client int, until time, now time)
INSERT INTO secret (sid, organization_id, client_id, kind, status, current_of, owner_id, hash, hint,
                    key_number, created_by, created_at, expires_at)
SELECT :sid, organization_id, id, 'primary', 'pending', id, CASE WHEN kind = 'additional' THEN owner_id END,
       NULL, '', 0, NULL, :now, :until
  FROM client
 WHERE id = :client;

-- The primary secret of a client; without one, nobody has opened it in time, or it was never pending.
-- client_id is what it is used with; owner is whose it is.
-- one pending_card(org int, id text) -> kind text, environment text, name text, client_id text,
--     owner int?, client_ends_at time?, secret int?, sid text?, status text?, expires_at time?
SELECT c.kind, c.environment, c.name, COALESCE(k.client_id, c.client_id) AS client_id, c.owner_id AS owner,
       c.expires_at AS client_ends_at, s.id AS secret, s.sid, s.status, s.expires_at
  FROM client c
  LEFT JOIN client k ON k.id = c.parent_id
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
