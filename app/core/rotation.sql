-- A secret replaced with an overlap.

-- A client and its two secrets, for who holds its row: n_ is the primary one, o_ the retiring one. client_id is
-- what they are used with.
-- one rotation_state(client int) -> client int, id text, client_id text, name text, n_sid text?,
--     n_status text?, n_expires_at time?, n_leaver_at time?, n_key int?, o_sid text?, o_ends_at time?,
--     o_expires_at time?, client_expires_at time?
SELECT c.id AS client, c.public_id AS id, COALESCE(k.client_id, c.client_id) AS client_id, c.name, n.sid AS n_sid, n.status AS n_status,
       n.expires_at AS n_expires_at, n.leaver_at AS n_leaver_at, n.key_number AS n_key, o.sid AS o_sid, o.ends_at AS o_ends_at,
       o.expires_at AS o_expires_at, c.expires_at AS client_expires_at
  FROM client c
  LEFT JOIN client k ON k.id = c.parent_id
  LEFT JOIN secret n ON n.current_of = c.id
  LEFT JOIN secret o ON o.retiring_of = c.id
 WHERE c.id = :client;

-- run rotation_retire(client int, ends_at time)
UPDATE secret
   SET status = 'retiring', current_of = NULL, retiring_of = :client, ends_at = :ends_at,
       calls_before = calls, version = version + 1
 WHERE current_of = :client;

-- run rotation_restore(client int)
UPDATE secret
   SET status = 'active', current_of = :client, retiring_of = NULL, ends_at = NULL,
       calls_before = 0, version = version + 1
 WHERE retiring_of = :client;

-- How a secret of the client has ended: a form that was sent twice finds its own work.
-- one rotation_ended(client int, sid text) -> reason text
SELECT ended_reason AS reason
  FROM secret
 WHERE client_id = :client
   AND sid = :sid
   AND status = 'revoked';

-- One that waits for the owner of an additional secret ends with its client: additional_due.
-- rows rotation_due(now time, count int) -> secret int
SELECT id AS secret
  FROM secret
 WHERE ends_at <= :now
UNION
SELECT id AS secret
  FROM secret
 WHERE status IN ('pending', 'active', 'retiring')
   AND expires_at <= :now
   AND (status <> 'pending' OR owner_id IS NULL)
 LIMIT :count;

-- one rotation_due_lock(secret int) -> sid text, org int, status text, ends_at time?, expires_at time?
SELECT sid, organization_id AS org, status, ends_at, expires_at
  FROM secret
 WHERE id = :secret
   FOR UPDATE;

-- run rotation_end(secret int, reason text, at time)
UPDATE secret
   SET status = 'revoked', current_of = NULL, retiring_of = NULL, ends_at = NULL, hash = NULL,
       public_key = NULL, ended_at = :at, ended_reason = :reason, version = version + 1
 WHERE id = :secret;
