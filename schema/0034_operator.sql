-- An operator is one for as long as the tenure lasts that they became it with (0020_tenure.sql), and the sweep takes the right
-- itself away. NULL: somebody who became one without an organization, and is one until that is ended at the command line.
-- No foreign key, as for sessions.
ALTER TABLE person
  ADD COLUMN operator_tenure_id BIGINT NULL,
  ADD KEY person_operator (operator_tenure_id);

-- Those there are became it with the first organization that they are active in. Who is active in none stays one: keydesk doctor
-- names them.
UPDATE person p
   SET p.operator_tenure_id = (SELECT MIN(t.id)
                                 FROM tenure t
                                 JOIN user u ON u.id = t.live_id
                                WHERE u.person_id = p.id)
 WHERE p.is_operator = 1
   AND p.operator_tenure_id IS NULL;
