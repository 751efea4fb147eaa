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

-- A batch is written by a dozen statements, and two more for each newcomer to a full secret: rows is a JSON array of them,
-- times are microseconds since 1970.

-- rows usage_secrets(secrets text) -> secret int, org int, client int, environment text
SELECT STRAIGHT_JOIN s.id AS secret, s.organization_id AS org, s.client_id AS client, c.environment
  FROM JSON_TABLE(:secrets, '$[*]' COLUMNS (secret BIGINT PATH '$.secret')) n
  JOIN secret s ON s.id = n.secret
  JOIN client c ON c.id = s.client_id
 ORDER BY s.id
 LIMIT 256;

-- Those with no calls are only locked, as the others are: then nobody else writes callers or sums of them.
-- quiet usage_last_uses(rows text)
UPDATE (SELECT secret, TIMESTAMPADD(MICROSECOND, at, TIMESTAMP'1970-01-01 00:00:00.000000') AS at, address,
               program, calls
          FROM JSON_TABLE(:rows, '$[*]' COLUMNS (secret BIGINT PATH '$.secret', at BIGINT PATH '$.at',
               address VARCHAR(45) PATH '$.address', program VARCHAR(100) PATH '$.program',
               calls BIGINT PATH '$.calls')) r) n
STRAIGHT_JOIN secret s FORCE INDEX (PRIMARY) ON s.id = n.secret
   SET s.last_used_from = IF(n.calls > 0 AND (s.last_used_at IS NULL OR s.last_used_at <= n.at), n.address, s.last_used_from),
       s.last_used_by = IF(n.calls > 0 AND (s.last_used_at IS NULL OR s.last_used_at <= n.at), n.program, s.last_used_by),
       s.last_used_day = IF(n.calls > 0 AND (s.last_used_at IS NULL OR s.last_used_at <= n.at), DATE(n.at), s.last_used_day),
       s.last_used_at = IF(n.calls > 0 AND (s.last_used_at IS NULL OR s.last_used_at <= n.at), n.at, s.last_used_at),
       s.calls = s.calls + n.calls;

-- Which of them have a row; place counts from 1.
-- rows usage_callers_there(rows text) -> place int
SELECT STRAIGHT_JOIN COALESCE(n.place, 0) AS place
  FROM JSON_TABLE(:rows, '$[*]' COLUMNS (place FOR ORDINALITY, secret BIGINT PATH '$.secret',
       address VARCHAR(45) PATH '$.address', program VARCHAR(100) PATH '$.program')) n
  JOIN secret_caller k ON k.secret_id = n.secret AND k.address = n.address AND k.program = n.program
 LIMIT 256;

-- rows usage_callers_kept(secrets text) -> secret int, n int
SELECT STRAIGHT_JOIN k.secret_id AS secret, COUNT(*) AS n
  FROM JSON_TABLE(:secrets, '$[*]' COLUMNS (secret BIGINT PATH '$.secret')) n
  JOIN secret_caller k ON k.secret_id = n.secret
 WHERE NOT (k.address = '' AND k.program = 'other')
 GROUP BY k.secret_id
 ORDER BY k.secret_id
 LIMIT 256;

-- quiet usage_callers_add(rows text)
INSERT INTO secret_caller (secret_id, organization_id, address, program, first_at, last_at, calls,
                           refused)
SELECT n.secret, n.org, n.address, n.program,
       TIMESTAMPADD(MICROSECOND, n.first_at, TIMESTAMP'1970-01-01 00:00:00.000000'),
       TIMESTAMPADD(MICROSECOND, n.last_at, TIMESTAMP'1970-01-01 00:00:00.000000'), n.calls, n.refused
  FROM JSON_TABLE(:rows, '$[*]' COLUMNS (secret BIGINT PATH '$.secret', org BIGINT PATH '$.org',
       address VARCHAR(45) PATH '$.address', program VARCHAR(100) PATH '$.program',
       first_at BIGINT PATH '$.first_at', last_at BIGINT PATH '$.last_at', calls BIGINT PATH '$.calls',
       refused BIGINT PATH '$.refused')) n
    ON DUPLICATE KEY UPDATE first_at = LEAST(secret_caller.first_at, VALUES(first_at)),
       last_at = GREATEST(secret_caller.last_at, VALUES(last_at)),
       calls = secret_caller.calls + VALUES(calls), refused = secret_caller.refused + VALUES(refused);

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

-- quiet usage_hours(rows text)
INSERT INTO secret_hour (client_id, at, secret_id, outcome, organization_id, calls)
SELECT n.client, TIMESTAMPADD(MICROSECOND, n.hour, TIMESTAMP'1970-01-01 00:00:00.000000'),
       n.secret, n.outcome, n.org, n.calls
  FROM JSON_TABLE(:rows, '$[*]' COLUMNS (client BIGINT PATH '$.client', hour BIGINT PATH '$.hour',
       secret BIGINT PATH '$.secret', outcome VARCHAR(12) PATH '$.outcome', org BIGINT PATH '$.org',
       calls BIGINT PATH '$.calls')) n
    ON DUPLICATE KEY UPDATE calls = secret_hour.calls + VALUES(calls);

-- quiet usage_days(rows text)
INSERT INTO secret_day (client_id, at, secret_id, outcome, organization_id, calls)
SELECT n.client, TIMESTAMPADD(MICROSECOND, n.day, TIMESTAMP'1970-01-01 00:00:00.000000'),
       n.secret, n.outcome, n.org, n.calls
  FROM JSON_TABLE(:rows, '$[*]' COLUMNS (client BIGINT PATH '$.client', day BIGINT PATH '$.day',
       secret BIGINT PATH '$.secret', outcome VARCHAR(12) PATH '$.outcome', org BIGINT PATH '$.org',
       calls BIGINT PATH '$.calls')) n
    ON DUPLICATE KEY UPDATE calls = secret_day.calls + VALUES(calls);

-- quiet usage_org_minutes(rows text)
INSERT INTO organization_minute (organization_id, environment, at, outcome, calls)
SELECT n.org, n.environment, TIMESTAMPADD(MICROSECOND, n.minute, TIMESTAMP'1970-01-01 00:00:00.000000'),
       n.outcome, SUM(n.calls)
  FROM JSON_TABLE(:rows, '$[*]' COLUMNS (org BIGINT PATH '$.org', environment VARCHAR(12) PATH '$.environment',
       minute BIGINT PATH '$.minute', outcome VARCHAR(12) PATH '$.outcome', calls BIGINT PATH '$.calls')) n
 GROUP BY n.org, n.environment, n.minute, n.outcome
 ORDER BY n.org, n.environment, n.minute, n.outcome
    ON DUPLICATE KEY UPDATE calls = organization_minute.calls + VALUES(calls);

-- quiet usage_org_days(rows text)
INSERT INTO organization_day (organization_id, environment, at, outcome, calls)
SELECT n.org, n.environment, TIMESTAMPADD(MICROSECOND, n.day, TIMESTAMP'1970-01-01 00:00:00.000000'),
       n.outcome, SUM(n.calls)
  FROM JSON_TABLE(:rows, '$[*]' COLUMNS (org BIGINT PATH '$.org', environment VARCHAR(12) PATH '$.environment',
       day BIGINT PATH '$.day', outcome VARCHAR(12) PATH '$.outcome', calls BIGINT PATH '$.calls')) n
 GROUP BY n.org, n.environment, n.day, n.outcome
 ORDER BY n.org, n.environment, n.day, n.outcome
    ON DUPLICATE KEY UPDATE calls = organization_day.calls + VALUES(calls);

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
