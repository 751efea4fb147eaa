-- Who calls with which secret, and how it ends: noted in shared memory, written here by the housekeeper.

-- quiet usage_memory(memory text, now time)
INSERT INTO use_batch (memory, batch, at)
VALUES (:memory, 0, :now)
    ON DUPLICATE KEY UPDATE at = VALUES(at);

-- quiet usage_batch(memory text, batch int)
UPDATE use_batch
   SET batch = :batch
 WHERE memory = :memory
   AND batch < :batch;

-- one usage_secret(secret int) -> org int, client int, environment text
SELECT s.organization_id AS org, s.client_id AS client, c.environment
  FROM secret s
  JOIN client c ON c.id = s.client_id
 WHERE s.id = :secret;

-- quiet usage_note(secret int, at time?, address text, program text, calls int)
UPDATE secret
   SET last_used_from = IF(last_used_at IS NULL OR last_used_at <= :at, :address, last_used_from),
       last_used_by = IF(last_used_at IS NULL OR last_used_at <= :at, :program, last_used_by),
       last_used_day = IF(last_used_at IS NULL OR last_used_at <= :at, DATE(:at), last_used_day),
       last_used_at = IF(last_used_at IS NULL OR last_used_at <= :at, :at, last_used_at),
       calls = calls + :calls
 WHERE id = :secret;

-- quiet usage_caller_again(secret int, address text, program text, first_at time, last_at time,
--     calls int, refused int)
UPDATE secret_caller
   SET first_at = LEAST(first_at, :first_at), last_at = GREATEST(last_at, :last_at),
       calls = calls + :calls, refused = refused + :refused
 WHERE secret_id = :secret
   AND address = :address
   AND program = :program;

-- one usage_callers_kept(secret int) -> n int
SELECT COUNT(*) AS n
  FROM secret_caller
 WHERE secret_id = :secret
   AND NOT (address = '' AND program = 'other');

-- quiet usage_caller_add(secret int, org int, address text, program text, first_at time, last_at time,
--     calls int, refused int)
INSERT INTO secret_caller (secret_id, organization_id, address, program, first_at, last_at, calls,
                           refused)
VALUES (:secret, :org, :address, :program, :first_at, :last_at, :calls,
        :refused)
    ON DUPLICATE KEY UPDATE first_at = LEAST(first_at, VALUES(first_at)),
       last_at = GREATEST(last_at, VALUES(last_at)), calls = calls + VALUES(calls),
       refused = refused + VALUES(refused);

-- one usage_caller_oldest(secret int, before time, good flag) -> address text, program text, first_at time,
--     last_at time, calls int, refused int
SELECT address, program, first_at, last_at, calls, refused
  FROM secret_caller
 WHERE secret_id = :secret
   AND last_at < :before
   AND (:good OR calls = refused)
   AND NOT (address = '' AND program = 'other')
 ORDER BY last_at
 LIMIT 1;

-- quiet usage_caller_drop(secret int, address text, program text)
DELETE FROM secret_caller
 WHERE secret_id = :secret
   AND address = :address
   AND program = :program;

-- quiet usage_hour(client int, at time, secret int, outcome text, org int, calls int)
INSERT INTO secret_hour (client_id, at, secret_id, outcome, organization_id, calls)
VALUES (:client, :at, :secret, :outcome, :org, :calls)
    ON DUPLICATE KEY UPDATE calls = calls + VALUES(calls);

-- quiet usage_day(client int, at time, secret int, outcome text, org int, calls int)
INSERT INTO secret_day (client_id, at, secret_id, outcome, organization_id, calls)
VALUES (:client, :at, :secret, :outcome, :org, :calls)
    ON DUPLICATE KEY UPDATE calls = calls + VALUES(calls);

-- quiet usage_org_minute(org int, environment text, at time, outcome text, calls int)
INSERT INTO organization_minute (organization_id, environment, at, outcome, calls)
VALUES (:org, :environment, :at, :outcome, :calls)
    ON DUPLICATE KEY UPDATE calls = calls + VALUES(calls);

-- quiet usage_org_day(org int, environment text, at time, outcome text, calls int)
INSERT INTO organization_day (organization_id, environment, at, outcome, calls)
VALUES (:org, :environment, :at, :outcome, :calls)
    ON DUPLICATE KEY UPDATE calls = calls + VALUES(calls);

-- rows usage_of_client(org int, id text, days flag, since time) -> at time, outcome text, calls int
SELECT h.at, h.outcome, CAST(COALESCE(SUM(h.calls), 0) AS SIGNED) AS calls
  FROM client c
  JOIN secret_hour h ON h.client_id = c.id
 WHERE NOT :days
   AND c.organization_id = :org
   AND c.public_id = :id
   AND h.at >= :since
 GROUP BY h.at, h.outcome
 UNION ALL
SELECT d.at, d.outcome, CAST(COALESCE(SUM(d.calls), 0) AS SIGNED) AS calls
  FROM client c
  JOIN secret_day d ON d.client_id = c.id
 WHERE :days
   AND c.organization_id = :org
   AND c.public_id = :id
   AND d.at >= :since
 GROUP BY d.at, d.outcome
 LIMIT 1000;

-- rows usage_of_organization(org int, environment text, days flag, since time) -> at time,
--     outcome text, calls int
SELECT at, outcome, calls
  FROM organization_minute
 WHERE NOT :days
   AND organization_id = :org
   AND environment = :environment
   AND at >= :since
 UNION ALL
SELECT at, outcome, calls
  FROM organization_day
 WHERE :days
   AND organization_id = :org
   AND environment = :environment
   AND at >= :since
 LIMIT 1000;

-- rows usage_callers(org int, id text, current flag, since time, most int) -> address text, program text,
--     hint text, status text, first_at time, last_at time, calls int, refused int
SELECT k.address, k.program, s.hint, s.status, k.first_at, k.last_at, k.calls, k.refused
  FROM client c
  JOIN secret s ON s.client_id = c.id AND s.kind = 'primary'
  JOIN secret_caller k ON k.secret_id = s.id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND (NOT :current OR (s.status <> 'revoked' AND k.calls > k.refused))
   AND k.last_at >= :since
 ORDER BY k.last_at DESC, k.calls DESC, k.address, k.program
 LIMIT :most;

-- one usage_callers_sum(org int, id text, current flag, since time) -> n int, calls int, refused int
SELECT COUNT(*) AS n, CAST(COALESCE(SUM(k.calls), 0) AS SIGNED) AS calls,
       CAST(COALESCE(SUM(k.refused), 0) AS SIGNED) AS refused
  FROM client c
  JOIN secret s ON s.client_id = c.id AND s.kind = 'primary'
  JOIN secret_caller k ON k.secret_id = s.id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND (NOT :current OR (s.status <> 'revoked' AND k.calls > k.refused))
   AND k.last_at >= :since;
