-- What the tests of db/ say to the database. Their table is made in scratch.h.

-- one thing_get(id int) -> id int, name text, note text?, amount int?, active flag, maybe flag?,
--     made_at time, ended_at time?, hash text
SELECT id, name, note, amount, active, maybe, made_at, ended_at, hash
  FROM thing
 WHERE id = :id;

-- rows thing_list(after int, count int) -> id int, name text
SELECT id, name FROM thing WHERE id > :after ORDER BY id LIMIT :count;

-- one thing_after(after int) -> thing_list
SELECT id, name FROM thing WHERE id > :after ORDER BY id LIMIT 1;

-- rows thing_sums() -> id int, many int, total int?, newest time?, any_active flag, label text
SELECT MAX(id) IS NOT NULL AS id, COUNT(*) AS many, SUM(amount) AS total, MAX(made_at) AS newest,
       EXISTS (SELECT 1 FROM thing WHERE active) AS any_active, COALESCE(MAX(note), 'none') AS label
  FROM thing
 LIMIT 1;

-- one thing_by_hash(hash text, also text) -> id int
SELECT id FROM thing WHERE hash = :hash AND (name = :also OR :also = '') AND note <> ':x; ''"\\';

-- run thing_add(name text, note text?, amount int?, active flag, made_at time, ended_at time?, hash text)
INSERT INTO thing (name, note, amount, active, maybe, made_at, ended_at, hash)
VALUES (:name, :note, :amount, :active, NULL, :made_at, :ended_at, :hash);

-- run thing_rename(id int, name text)
UPDATE thing SET name = :name WHERE id = :id;

-- claim thing_claim(name text, now time)
INSERT INTO thing (name, active, made_at, hash) VALUES (:name, TRUE, :now, '');

-- quiet thing_note(id int, note text)
UPDATE thing SET note = CONCAT(COALESCE(note, ''), :note) WHERE id = :id;

-- audit thing_audit(what text)
INSERT INTO entry (what) VALUES (:what);

-- one thing_any() -> id int
SELECT id FROM thing;

-- rows thing_breaks() -> name text?
SELECT IF(id = 2, (SELECT name FROM thing AS other WHERE other.id >= thing.id), name) AS name
  FROM thing
 ORDER BY id
 LIMIT 10;

-- one thing_big() -> number int
SELECT 18446744073709551615 AS number;

-- one connection_get() -> id int, zone text, mode text
SELECT CONNECTION_ID() AS id, COALESCE(@@time_zone, '') AS zone, COALESCE(@@sql_mode, '') AS mode;

-- one server_waits(seconds int) -> slept int?
SELECT SLEEP(:seconds) AS slept;

-- quiet server_raises(number int)
CALL raise(:number);

-- quiet server_nonsense()
UPDATE no_such_table SET a = 1;

-- What a node of a cluster does for another one's sake: the transaction is over, and nobody says so.
-- quiet server_ends()
ROLLBACK;

-- More than a connection keeps prepared.
-- one filler_a() -> n int
SELECT 1 AS n;

-- one filler_b() -> n int
SELECT 2 AS n;

-- one filler_c() -> n int
SELECT 3 AS n;

-- one filler_d() -> n int
SELECT 4 AS n;

-- one filler_e() -> n int
SELECT 5 AS n;

-- one filler_f() -> n int
SELECT 6 AS n;

-- one filler_g() -> n int
SELECT 7 AS n;

-- one filler_h() -> n int
SELECT 8 AS n;

-- one filler_i() -> n int
SELECT 9 AS n;

-- one filler_j() -> n int
SELECT 10 AS n;

-- one filler_k() -> n int
SELECT 11 AS n;

-- one filler_l() -> n int
SELECT 12 AS n;
