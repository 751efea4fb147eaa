-- The keys that sign tokens, and how one follows another.

-- Those that are not gone; version is the one of all of them. follows: when the next one of its environment signs.
-- rows signing_list() -> environment text, active_for text?, next_for text?, algorithm text, kid text,
--     key_number int, sealed text, created_at time, signs_at time, ends_at time?, follows time?, version int
SELECT k.environment, k.active_for, k.next_for, k.algorithm, k.kid, k.key_number, k.sealed,
       k.created_at, k.signs_at, k.ends_at, n.signs_at AS follows, v.signing AS version
  FROM signing_key k
  JOIN catalogue v ON v.id = 1
  LEFT JOIN signing_key n ON n.next_for = k.environment
 WHERE k.retired_at IS NULL
 ORDER BY k.id
 LIMIT 64;

-- For people: the newest ones, those that are gone too.
-- rows signing_history() -> environment text, active_for text?, next_for text?, algorithm text, kid text,
--     key_number int, created_at time, signs_at time, ends_at time?, retired_at time?, follows time?
SELECT k.environment, k.active_for, k.next_for, k.algorithm, k.kid, k.key_number,
       k.created_at, k.signs_at, k.ends_at, k.retired_at, n.signs_at AS follows
  FROM signing_key k
  LEFT JOIN signing_key n ON n.next_for = k.environment
 ORDER BY k.id DESC
 LIMIT 100;

-- one signing_has(environment text) -> kid text
SELECT kid
  FROM signing_key
 WHERE active_for = :environment;

-- run signing_reseal(kid text, before int, key_number int, sealed text)
UPDATE signing_key
   SET key_number = :key_number, sealed = :sealed
 WHERE kid = :kid
   AND key_number = :before;

-- Each change of the keys begins with it: the row is held until COMMIT, so that changes follow one another.
-- run signing_raise()
UPDATE catalogue
   SET signing = signing + 1
 WHERE id = 1;

-- claim signing_add(environment text, active_for text?, next_for text?, algorithm text, kid text,
--     key_number int, sealed text, signs_at time, now time)
INSERT INTO signing_key (environment, active_for, next_for, algorithm, kid, key_number, sealed,
                         signs_at, created_at)
VALUES (:environment, :active_for, :next_for, :algorithm, :kid, :key_number, :sealed, :signs_at, :now);

-- It signs no more, and is published until then.
-- run signing_set_aside(kid text, ends_at time)
UPDATE signing_key
   SET active_for = NULL, ends_at = :ends_at
 WHERE kid = :kid;

-- run signing_activate(kid text, signs_at time)
UPDATE signing_key
   SET active_for = environment, next_for = NULL, signs_at = :signs_at
 WHERE kid = :kid;

-- run signing_retire(kid text, now time)
UPDATE signing_key
   SET active_for = NULL, next_for = NULL, sealed = '', retired_at = :now
 WHERE kid = :kid;
