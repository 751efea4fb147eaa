-- Who runs the installation.

-- run operator_make(person int, tenure int?)
UPDATE person
   SET is_operator = 1, operator_tenure_id = :tenure
 WHERE id = :person;

-- claim operator_end(person int)
UPDATE person
   SET is_operator = 0, operator_tenure_id = NULL
 WHERE id = :person
   AND is_operator = 1;

-- quiet operator_sessions_end(person int)
DELETE FROM session
 WHERE person_id = :person
   AND user_id IS NULL;

-- one operator_id(person int) -> id text
SELECT public_id AS id
  FROM person
 WHERE id = :person;

-- one operator_of_tenure(tenure int) -> person int, id text
SELECT id AS person, public_id AS id
  FROM person
 WHERE operator_tenure_id = :tenure
   AND is_operator = 1;

-- run operator_item(tenure int, id text, now time)
INSERT INTO departure_item (organization_id, tenure_id, kind, object, name, at)
SELECT organization_id, id, 'operator', :id, 'Operator', :now
  FROM tenure
 WHERE id = :tenure;

-- until: the name of the organization that they became it with; none: it ends at the command line only. gone: they
-- belong to none, and did.
-- rows operator_list() -> id text, email text, name text, until text?, gone flag
SELECT p.public_id AS id, p.email, p.name, o.name AS until,
       NOT EXISTS (SELECT 1 FROM user u WHERE u.person_id = p.id AND u.status = 'active')
         AND EXISTS (SELECT 1 FROM user u WHERE u.person_id = p.id AND u.status = 'deactivated') AS gone
  FROM person p
  LEFT JOIN tenure t ON t.id = p.operator_tenure_id
  LEFT JOIN organization o ON o.id = t.organization_id
 WHERE p.is_operator = 1
   AND (p.operator_tenure_id IS NULL OR t.live_id IS NOT NULL)
 ORDER BY p.id
 LIMIT 1000;

-- Whether anybody else is one.
-- one operator_other(person int) -> person int
SELECT p.id AS person
  FROM person p
  LEFT JOIN tenure t ON t.id = p.operator_tenure_id
 WHERE p.is_operator = 1
   AND p.id <> :person
   AND (p.operator_tenure_id IS NULL OR t.live_id IS NOT NULL)
 LIMIT 1;
