-- The machines that serve. When one was seen is by the database's clock: machines' own may differ.

-- quiet machine_seen(machine int, instance text, host text, version text, started_at time, clock_at time,
--     workers int, connections int)
INSERT INTO machine (machine, instance, host, version, started_at, seen_at, clock_at, workers,
                     connections)
VALUES (:machine, :instance, :host, :version, :started_at, UTC_TIMESTAMP(6), :clock_at, :workers,
        :connections)
    ON DUPLICATE KEY UPDATE host = VALUES(host), version = VALUES(version),
       started_at = VALUES(started_at), seen_at = VALUES(seen_at), clock_at = VALUES(clock_at),
       workers = VALUES(workers), connections = VALUES(connections);

-- quiet machine_keys_clear(machine int, instance text)
DELETE FROM machine_key
 WHERE machine = :machine
   AND instance = :instance;

-- quiet machine_key_add(machine int, instance text, number int, status text, everywhere flag,
--     fingerprint text)
INSERT INTO machine_key (machine, instance, number, status, everywhere, fingerprint)
VALUES (:machine, :instance, :number, :status, :everywhere, :fingerprint);

-- quiet machine_forget(days int)
DELETE FROM machine
 WHERE seen_at < TIMESTAMPADD(DAY, -:days, UTC_TIMESTAMP(6))
 LIMIT 100;

-- quiet machine_keys_forget()
DELETE FROM machine_key
 WHERE NOT EXISTS (SELECT 1 FROM machine m
                    WHERE m.machine = machine_key.machine
                      AND m.instance = machine_key.instance)
 LIMIT 1000;

-- Those that were seen in the last days; seconds ago, and by how many microseconds its clock is ahead.
-- rows machine_list(days int) -> machine int, instance text, host text, version text, started_at time,
--     seconds int?, ahead int?, workers int, connections int
SELECT machine, instance, host, version, started_at,
       TIMESTAMPDIFF(SECOND, seen_at, UTC_TIMESTAMP(6)) AS seconds,
       TIMESTAMPDIFF(MICROSECOND, seen_at, clock_at) AS ahead, workers, connections
  FROM machine
 WHERE seen_at >= TIMESTAMPADD(DAY, -:days, UTC_TIMESTAMP(6))
 ORDER BY machine, instance
 LIMIT 1000;

-- rows machine_keys(machine int, instance text) -> number int, status text, everywhere flag,
--     fingerprint text
SELECT number, status, everywhere, fingerprint
  FROM machine_key
 WHERE machine = :machine
   AND instance = :instance
 ORDER BY number
 LIMIT 61;

-- The database itself: what it is, and how it is set.
-- one machine_database() -> version text?, comment text?, modes text?, zone text?,
--     flush text?, connections text?, clock time?
SELECT VERSION() AS version, CAST(@@version_comment AS CHAR(100)) AS comment,
       CAST(@@sql_mode AS CHAR(1000)) AS modes,
       CAST(@@time_zone AS CHAR(64)) AS zone,
       CAST(@@innodb_flush_log_at_trx_commit AS CHAR(20)) AS flush,
       CAST(@@max_connections AS CHAR(20)) AS connections, UTC_TIMESTAMP(6) AS clock;
