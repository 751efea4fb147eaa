-- The keys that sign tokens.

-- claim signing_add(environment text, algorithm text, kid text, key_number int, sealed text, now time)
INSERT INTO signing_key (environment, active_for, algorithm, kid, key_number, sealed, created_at)
VALUES (:environment, :environment, :algorithm, :kid, :key_number, :sealed, :now);

-- rows signing_list() -> environment text, active_for text?, algorithm text, kid text,
--     key_number int, sealed text
SELECT environment, active_for, algorithm, kid, key_number, sealed
  FROM signing_key
 WHERE retired_at IS NULL
 ORDER BY id
 LIMIT 16;

-- one signing_has(environment text) -> kid text
SELECT kid
  FROM signing_key
 WHERE active_for = :environment;

-- run signing_reseal(kid text, before int, key_number int, sealed text)
UPDATE signing_key
   SET key_number = :key_number, sealed = :sealed
 WHERE kid = :kid
   AND key_number = :before;
