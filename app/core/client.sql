-- Clients and their secrets: what makes, shows and ends them.

-- rows client_places(org int, environment text, kind text) -> place int?
SELECT place
  FROM client
 WHERE organization_id = :org
   AND environment = :environment
   AND kind = :kind
   AND place IS NOT NULL
 LIMIT 1000;

-- claim client_add(public_id text, org int, environment text, kind text, client_id text, name text,
--     description text, place int?, owner int?, parent int?, networks text, expires_at time?,
--     only_reads flag, me int?, now time)
INSERT INTO client (public_id, organization_id, environment, kind, client_id, name, description, status,
                    place, owner_id, tenure_id, parent_id, networks, expires_at, only_reads, created_by,
                    created_at)
VALUES (:public_id, :org, :environment, :kind, :client_id, :name, :description, 'active',
        :place, :owner, (SELECT t.id FROM tenure t WHERE t.live_id = :owner AND :kind = 'additional'),
        :parent, :networks, :expires_at, :only_reads, :me, :now);

-- client_id is what its secrets are used with: of an additional one, that of its account key.
-- one client_lock(org int, id text) -> client int, id text, kind text, client_id text, name text,
--     environment text, status text, owner int?, expires_at time?
SELECT c.id AS client, c.public_id AS id, c.kind,
       COALESCE((SELECT k.client_id FROM client k WHERE k.id = c.parent_id), c.client_id) AS client_id,
       c.name, c.environment, c.status, c.owner_id AS owner, c.expires_at
  FROM client c
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND c.deleted_at IS NULL
   FOR UPDATE;

-- A hand-off that was not opened in time, for who holds the client.
-- one client_late(client int, now time) -> sid text
SELECT sid
  FROM secret
 WHERE current_of = :client
   AND status = 'pending'
   AND expires_at <= :now;

-- run client_end(client int, now time)
UPDATE client
   SET status = 'deleted', place = NULL, deleted_at = :now, version = version + 1
 WHERE id = :client
   AND deleted_at IS NULL;

-- run client_status(client int, status text)
UPDATE client
   SET status = :status, version = version + 1
 WHERE id = :client
   AND deleted_at IS NULL;

-- Whoever adds one: a secret of an additional client belongs to the client's owner.
-- run secret_add(sid text, org int, client int, kind text, hash text, hint text, key_number int, me int?,
--     now time)
INSERT INTO secret (sid, organization_id, client_id, kind, status, current_of, owner_id, hash, hint,
                    key_number, created_by, created_at)
SELECT :sid, :org, id, :kind, 'active', id, CASE WHEN kind = 'additional' THEN owner_id END, :hash, :hint,
       :key_number, :me, :now
  FROM client
 WHERE id = :client;

-- A public key in place of a secret; 0 rows when the organization has had it before.
-- claim public_key_add(sid text, org int, client int, public_key text, thumbprint text, key_kind text, hint text,
--     key_number int, me int?, now time)
INSERT INTO secret (sid, organization_id, client_id, kind, status, current_of, public_key, thumbprint, key_kind,
                    hint, key_number, created_by, created_at, stored_at)
VALUES (:sid, :org, :client, 'primary', 'active', :client, :public_key, :thumbprint, :key_kind,
        :hint, :key_number, :me, :now, :now);

-- run secret_end_current(client int, reason text, now time)
UPDATE secret
   SET status = 'revoked', current_of = NULL, hash = NULL, public_key = NULL, ended_at = :now,
       ended_reason = :reason, version = version + 1
 WHERE current_of = :client;

-- run secret_end_retiring(client int, reason text, now time)
UPDATE secret
   SET status = 'revoked', retiring_of = NULL, ends_at = NULL, hash = NULL, public_key = NULL,
       ended_at = :now, ended_reason = :reason, version = version + 1
 WHERE retiring_of = :client;

-- run secret_end_all(client int, reason text, now time)
UPDATE secret
   SET status = 'revoked', current_of = NULL, retiring_of = NULL, ends_at = NULL, hash = NULL,
       public_key = NULL, ended_at = :now, ended_reason = :reason, version = version + 1
 WHERE client_id = :client
   AND status <> 'revoked';

-- run secret_stored(client int, now time)
UPDATE secret
   SET stored_at = :now
 WHERE current_of = :client
   AND status <> 'pending'
   AND stored_at IS NULL;

-- claim once_claim(number_hash text, org int, me int, object text, now time)
INSERT INTO form_once (number_hash, organization_id, user_id, object, made_at)
VALUES (:number_hash, :org, :me, :object, :now);

-- one once_get(number_hash text, org int, me int) -> object text, made_at time
SELECT object, made_at
  FROM form_once
 WHERE number_hash = :number_hash
   AND organization_id = :org
   AND user_id = :me;

-- An additional secret is used with the client ID of its account key, its parent. scope_lost: something is in its scope, and
-- all of it is archived; the statement client_rows asks the same.
-- one client_card(org int, id text) -> id text, kind text, name text, description text, client_id text,
--     environment text, status text, created_at time, created_by text?, hint text?,
--     secret_made_at time?, stored_at time?, last_used_at time?, last_used_from text?,
--     last_used_by text?, expires_at time?, client_expires_at time?, sid text?, secret_key int?,
--     old_hint text?, old_ends_at time?, old_used_at time?, old_used_from text?, owner int?,
--     owner_name text?, parent text?, parent_name text?, leaver_at time?, version int, per_minute int?, thumbprint text?, key_kind text?,
--     scope_lost flag
SELECT c.public_id AS id, c.kind, c.name, c.description, COALESCE(k.client_id, c.client_id) AS client_id,
       c.environment, c.status, c.created_at, p.name AS created_by, s.hint, s.created_at AS secret_made_at, s.stored_at, s.last_used_at,
       s.last_used_from, s.last_used_by, s.expires_at, c.expires_at AS client_expires_at, s.sid,
       s.key_number AS secret_key, r.hint AS old_hint, r.ends_at AS old_ends_at,
       r.last_used_at AS old_used_at, r.last_used_from AS old_used_from, c.owner_id AS owner, COALESCE(ou.called, op.name) AS owner_name,
       k.public_id AS parent, k.name AS parent_name, s.leaver_at,
       c.version, c.calls_per_minute AS per_minute, s.thumbprint, s.key_kind,
       NOT EXISTS (SELECT 1
                     FROM client_account ca
                     JOIN account a ON a.id = ca.account_id AND a.archived = 0
                    WHERE ca.client_id = c.id)
       AND NOT EXISTS (SELECT 1
                         FROM client_workspace cw
                         JOIN workspace w ON w.id = cw.workspace_id AND w.archived = 0
                         JOIN account a ON a.id = w.account_id AND a.archived = 0
                        WHERE cw.client_id = c.id)
       AND (EXISTS (SELECT 1
                      FROM client_account ca
                     WHERE ca.client_id = c.id)
            OR EXISTS (SELECT 1
                         FROM client_workspace cw
                        WHERE cw.client_id = c.id)) AS scope_lost
  FROM client c
  LEFT JOIN client k ON k.id = c.parent_id AND k.organization_id = c.organization_id
  LEFT JOIN user ou ON ou.id = c.owner_id
  LEFT JOIN person op ON op.id = ou.person_id
  LEFT JOIN secret s ON s.current_of = c.id
  LEFT JOIN secret r ON r.retiring_of = c.id
  LEFT JOIN user u ON u.id = c.created_by
  LEFT JOIN person p ON p.id = u.person_id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND c.deleted_at IS NULL;

-- rows client_secrets(org int, id text) -> hint text, key_kind text?, status text, created_at time, ended_at time?,
--     ended_reason text, ends_at time?, expires_at time?
SELECT s.hint, s.key_kind, s.status, s.created_at, s.ended_at, s.ended_reason, s.ends_at, s.expires_at
  FROM client c
  JOIN secret s ON s.client_id = c.id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND s.kind = 'primary'
 ORDER BY s.id DESC
 LIMIT 20;

-- Of a kind that has no scope: account keys and the like.
-- rows client_list(org int, environment text, kind text) -> id text, name text, client_id text,
--     status text, created_at time, hint text?, secret_made_at time?, stored_at time?,
--     last_used_at time?, last_used_from text?, last_used_by text?, expires_at time?,
--     client_expires_at time?, secret_key int?, old_hint text?, old_ends_at time?, leaver_at time?,
--     scope_lost flag
SELECT c.public_id AS id, c.name, c.client_id, c.status, c.created_at, s.hint,
       s.created_at AS secret_made_at, s.stored_at, s.last_used_at, s.last_used_from,
       s.last_used_by, s.expires_at, c.expires_at AS client_expires_at,
       s.key_number AS secret_key, r.hint AS old_hint,
       r.ends_at AS old_ends_at, s.leaver_at, 0 AS scope_lost
  FROM client c FORCE INDEX (client_list)
  LEFT JOIN secret s ON s.current_of = c.id
  LEFT JOIN secret r ON r.retiring_of = c.id
 WHERE c.organization_id = :org
   AND c.environment = :environment
   AND c.kind = :kind
   AND c.deleted_at IS NULL
 ORDER BY c.id
 LIMIT 1000;

-- How often it may call; per_minute 0 is the installation's setting.
-- run client_limit(org int, id text, version int, per_minute int?)
UPDATE client
   SET calls_per_minute = :per_minute, version = version + 1
 WHERE organization_id = :org
   AND public_id = :id
   AND version = :version
   AND deleted_at IS NULL;
