-- The second factor: seeds, the last step that was used, and recovery codes.

-- one factor_get(person int) -> key_number int, sealed text, session int, begun_at time, confirmed_at time?
SELECT key_number, sealed, session_id AS session, begun_at, confirmed_at
  FROM factor
 WHERE person_id = :person;

-- one factor_on(person int) -> confirmed_at time?
SELECT confirmed_at
  FROM factor
 WHERE person_id = :person
   AND confirmed_at IS NOT NULL;

-- quiet factor_drop(person int)
DELETE FROM factor
 WHERE person_id = :person
   AND confirmed_at IS NULL;

-- claim factor_add(person int, key_number int, sealed text, session int, now time)
INSERT INTO factor (person_id, key_number, sealed, session_id, begun_at)
VALUES (:person, :key_number, :sealed, :session, :now);

-- run factor_confirm(person int, sealed text, step int, now time)
UPDATE factor
   SET confirmed_at = :now, last_step = :step
 WHERE person_id = :person
   AND sealed = :sealed
   AND confirmed_at IS NULL;

-- Each code by a statement of its own, before it is looked at: twenty at once are twenty.
-- quiet factor_tried(person int)
UPDATE factor
   SET failures = failures + 1
 WHERE person_id = :person
   AND confirmed_at IS NOT NULL;

-- one factor_failures(person int) -> failures int
SELECT failures
  FROM factor
 WHERE person_id = :person
   AND confirmed_at IS NOT NULL;

-- run factor_spent(person int, most int, now time)
UPDATE factor
   SET spent_at = :now
 WHERE person_id = :person
   AND failures >= :most
   AND spent_at IS NULL;

-- quiet factor_right(person int)
UPDATE factor
   SET failures = 0, spent_at = NULL
 WHERE person_id = :person;

-- run factor_step(person int, step int)
UPDATE factor
   SET last_step = :step
 WHERE person_id = :person
   AND confirmed_at IS NOT NULL
   AND last_step < :step;

-- run factor_end(person int)
DELETE FROM factor
 WHERE person_id = :person;

-- quiet recovery_codes_end(person int)
DELETE FROM recovery_code
 WHERE person_id = :person;

-- run recovery_code_add(person int, code_hash text, now time)
INSERT INTO recovery_code (person_id, code_hash, made_at)
VALUES (:person, :code_hash, :now);

-- rows recovery_codes(person int) -> code int, code_hash text
SELECT id AS code, code_hash
  FROM recovery_code
 WHERE person_id = :person
   AND used_at IS NULL
 LIMIT 10;

-- run recovery_code_use(code int, now time)
UPDATE recovery_code
   SET used_at = :now
 WHERE id = :code
   AND used_at IS NULL;

-- one recovery_left(person int) -> n int, made_at time?
SELECT COUNT(*) AS n, MAX(made_at) AS made_at
  FROM recovery_code
 WHERE person_id = :person
   AND used_at IS NULL;

-- For the operator's commands: of every organization.
-- rows factor_others(number int, after int) -> person int, key_number int, sealed text
SELECT person_id AS person, key_number, sealed
  FROM factor
 WHERE person_id > :after
   AND key_number <> :number
 ORDER BY person_id
 LIMIT 200;

-- run factor_reseal(person int, before text, key_number int, sealed text)
UPDATE factor
   SET key_number = :key_number, sealed = :sealed
 WHERE person_id = :person
   AND sealed = :before;

-- elsewhere: they are, or were, in another organization too; to be invited there, or let go unseen, is not enough: anybody
-- can do that to them. Nobody here learns of somebody who has not come, or has left.
-- one factor_person(org int, id text) -> person int, name text, email text, is_operator flag, elsewhere flag, since time?
SELECT p.id AS person, COALESCE(u.called, p.name) AS name, p.email, p.is_operator,
       EXISTS (SELECT 1 FROM user e
                WHERE e.person_id = p.id
                  AND e.organization_id <> :org
                  AND (e.status = 'active' OR EXISTS (SELECT 1 FROM tenure t WHERE t.user_id = e.id))) AS elsewhere,
       f.confirmed_at AS since
  FROM user u
  JOIN person p ON p.id = u.person_id
  LEFT JOIN factor f ON f.person_id = p.id
 WHERE u.organization_id = :org
   AND u.public_id = :id
   AND u.status = 'active'
   AND EXISTS (SELECT 1 FROM tenure c WHERE c.user_id = u.id);

-- How many active people of an organization have none.
-- one factor_without(org int) -> n int
SELECT COUNT(*) AS n
  FROM user u
  LEFT JOIN factor f ON f.person_id = u.person_id AND f.confirmed_at IS NOT NULL
 WHERE u.organization_id = :org
   AND u.status = 'active'
   AND f.person_id IS NULL;
