-- What ends with a tenure: found, written down as items of the departure, ended.

-- rows departure_due(count int) -> tenure int
SELECT id AS tenure
  FROM tenure
 WHERE swept_at IS NULL
   AND live_id IS NULL
 ORDER BY id
 LIMIT :count;

-- rows departure_of(user int) -> tenure int
SELECT id AS tenure
  FROM tenure
 WHERE user_id = :user
   AND live_id IS NULL
   AND swept_at IS NULL
 ORDER BY id
 LIMIT 100;

-- Held until the piece is committed. id is the user's public id.
-- one departure_lock(tenure int) -> user int, id text?, org int
SELECT t.user_id AS user, (SELECT u.public_id FROM user u WHERE u.id = t.user_id) AS id,
       t.organization_id AS org
  FROM tenure t
 WHERE t.id = :tenure
   AND t.live_id IS NULL
   AND t.swept_at IS NULL
   FOR UPDATE;

-- Whoever ended it by hand has left no time, and no name.
-- quiet departure_noticed(tenure int, now time)
UPDATE tenure
   SET ended_at = :now, door = 'sql'
 WHERE id = :tenure
   AND ended_at IS NULL;

-- run departure_swept(tenure int, now time)
UPDATE tenure
   SET swept_at = :now
 WHERE id = :tenure;

-- Those who came back.
-- quiet departure_back(count int)
UPDATE user
   SET left_at = NULL
 WHERE status IN ('active', 'invited')
   AND left_at IS NOT NULL
 LIMIT :count;

-- run departure_left(user int, now time)
UPDATE user
   SET left_at = :now
 WHERE id = :user
   AND status = 'deactivated';

-- ---- items

-- One from before sessions had ids is named by its hash.
-- run departure_sessions(tenure int, now time)
INSERT INTO departure_item (organization_id, tenure_id, kind, object, name, token_hash, at)
SELECT t.organization_id, t.id, 'session', COALESCE(s.public_id, LEFT(HEX(s.token_hash), 10)),
       CONCAT(s.remote, ' ', s.program), s.token_hash, :now
  FROM session s
  JOIN tenure t ON t.id = s.tenure_id
 WHERE s.tenure_id = :tenure;

-- run departure_sessions_end(tenure int)
DELETE FROM session
 WHERE tenure_id = :tenure;

-- run departure_data(tenure int, now time)
INSERT INTO departure_item (organization_id, tenure_id, kind, object, name, at)
SELECT organization_id, tenure_id, 'data_access', 'data-api', 'Data API', :now
  FROM data_access
 WHERE tenure_id = :tenure;

-- run departure_data_end(tenure int)
DELETE FROM data_access
 WHERE tenure_id = :tenure;

-- Those that the piece ends: in the order of additional_of_tenure.
-- run departure_secrets(tenure int, count int, now time)
INSERT INTO departure_item (organization_id, tenure_id, kind, object, name, secret_id, at)
SELECT c.organization_id, c.tenure_id, 'secret', c.public_id, c.name, s.id, :now
  FROM client c
  LEFT JOIN secret s ON s.current_of = c.id
 WHERE c.tenure_id = :tenure
   AND c.deleted_at IS NULL
 ORDER BY c.id
 LIMIT :count;
