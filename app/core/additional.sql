-- Additional secrets: made, changed, ended. What hangs on the client is in client.sql and grants.sql.

-- ---- whom and what a wish names

-- Both rows are held by writing them, so that nobody is deactivated and no key deleted meanwhile: on a cluster what is
-- only locked is not held. They are named by their numbers alone: by another index, whoever changes them elsewhere would
-- take the two locks in the other order.

-- run additional_owner_hold(user int)
UPDATE user
   SET acts = acts + 1
 WHERE id = :user
   AND status = 'active';

-- one additional_owner(org int, user int) -> id text
SELECT public_id AS id
  FROM user
 WHERE id = :user
   AND organization_id = :org;

-- one additional_key(org int, environment text, id text) -> client int, client_id text
SELECT id AS client, client_id
  FROM client
 WHERE organization_id = :org
   AND environment = :environment
   AND public_id = :id
   AND kind = 'account';

-- run additional_key_hold(client int)
UPDATE client
   SET version = version + 1
 WHERE id = :client
   AND status = 'active'
   AND deleted_at IS NULL;

-- ---- one of them

-- owner_id is the user's public id, key_ what belongs to the account key.
-- one additional_get(org int, id text) -> client int, id text, name text, comment text, environment text,
--     version int, owner int, owner_id text, owner_name text, owner_status text, key_id text,
--     key_client_id text, key_name text, networks text, expires_at time?, only_reads flag,
--     created_at time
SELECT c.id AS client, c.public_id AS id, c.name, c.description AS comment, c.environment, c.version,
       u.id AS owner, u.public_id AS owner_id, COALESCE(u.called, p.name) AS owner_name, u.status AS owner_status,
       k.public_id AS key_id, k.client_id AS key_client_id, k.name AS key_name, c.networks, c.expires_at,
       c.only_reads, c.created_at
  FROM client c
  JOIN client k ON k.id = c.parent_id AND k.organization_id = c.organization_id
  JOIN user u ON u.id = c.owner_id AND u.organization_id = c.organization_id
  JOIN person p ON p.id = u.person_id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND c.kind = 'additional'
   AND c.deleted_at IS NULL;

-- run additional_save(client int, version int, name text, comment text, networks text, expires_at time?,
--     only_reads flag)
UPDATE client
   SET name = :name, description = :comment, networks = :networks, expires_at = :expires_at,
       only_reads = :only_reads, version = version + 1
 WHERE id = :client
   AND version = :version
   AND deleted_at IS NULL;

-- Those that have a place and are not dead.
-- one additional_used(org int, environment text, now time) -> used int
SELECT COUNT(*) AS used
  FROM client c
  JOIN client k ON k.id = c.parent_id AND k.deleted_at IS NULL
  JOIN tenure t ON t.id = c.tenure_id AND t.live_id = c.owner_id
  LEFT JOIN secret s ON s.current_of = c.id
 WHERE c.organization_id = :org
   AND c.environment = :environment
   AND c.kind = 'additional'
   AND c.deleted_at IS NULL
   AND (c.expires_at IS NULL OR c.expires_at > :now)
   AND (s.status IS NULL OR s.status <> 'pending' OR s.expires_at > :now);

-- ---- the end

-- run additional_end(client int, reason text, at time)
UPDATE client
   SET status = 'deleted', place = NULL, deleted_at = :at, ended_reason = :reason, version = version + 1
 WHERE id = :client
   AND deleted_at IS NULL;

-- rows additional_of_key(key int) -> client int
SELECT id AS client
  FROM client
 WHERE parent_id = :key
   AND deleted_at IS NULL
 ORDER BY id
 LIMIT 1000;

-- rows additional_of_tenure(tenure int, count int) -> client int
SELECT id AS client
  FROM client
 WHERE tenure_id = :tenure
   AND deleted_at IS NULL
 ORDER BY id
 LIMIT :count;

-- What is dead in one environment, for who needs a place.
-- rows additional_dead(org int, environment text, now time) -> client int
SELECT c.id AS client
  FROM client c
  JOIN client k ON k.id = c.parent_id
  LEFT JOIN tenure t ON t.id = c.tenure_id
  LEFT JOIN secret s ON s.current_of = c.id
 WHERE c.organization_id = :org
   AND c.environment = :environment
   AND c.kind = 'additional'
   AND c.deleted_at IS NULL
   AND (c.expires_at <= :now
        OR k.deleted_at IS NOT NULL
        OR t.live_id IS NULL
        OR (s.status = 'pending' AND s.expires_at <= :now))
 ORDER BY c.id
 LIMIT 1000;

-- What is dead in all organizations, for the housekeeper: by expiry, and unopened. The end of a tenure has a sweep of its own.
-- rows additional_due(now time, count int) -> client int
SELECT id AS client
  FROM client
 WHERE kind = 'additional'
   AND deleted_at IS NULL
   AND expires_at <= :now
UNION
SELECT c.id AS client
  FROM secret s
  JOIN client c ON c.id = s.current_of AND c.kind = 'additional' AND c.deleted_at IS NULL
 WHERE s.status = 'pending'
   AND s.expires_at <= :now
 LIMIT :count;

-- Why it is dead, for who holds its row. open_until is none when it does not wait for its owner.
-- one additional_state(client int) -> org int, expires_at time?, owned flag, key_deleted_at time?,
--     open_until time?
SELECT c.organization_id AS org, c.expires_at, t.live_id IS NOT NULL AS owned, k.deleted_at AS key_deleted_at,
       CASE WHEN s.status = 'pending' THEN s.expires_at END AS open_until
  FROM client c
  JOIN client k ON k.id = c.parent_id
  LEFT JOIN tenure t ON t.id = c.tenure_id AND t.live_id = c.owner_id
  LEFT JOIN secret s ON s.current_of = c.id
 WHERE c.id = :client;

-- owner is the user's row, owner_id their public id.
-- one additional_lock(client int) -> client int, id text, name text, org int, owner int?, owner_id text?
SELECT c.id AS client, c.public_id AS id, c.name, c.organization_id AS org, c.owner_id AS owner,
       (SELECT u.public_id FROM user u WHERE u.id = c.owner_id) AS owner_id
  FROM client c
 WHERE c.id = :client
   AND c.kind = 'additional'
   AND c.deleted_at IS NULL
   FOR UPDATE;
