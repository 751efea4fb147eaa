-- The audit log. The head of a chain is locked from here to the commit, so it comes last.

-- one audit_head_lock(org int, machine int) -> seq int, mac text
SELECT seq, mac
  FROM audit_head
 WHERE organization_id = :org
   AND machine = :machine
   FOR UPDATE;

-- one audit_head_get(org int, machine int) -> seq int, mac text
SELECT seq, mac
  FROM audit_head
 WHERE organization_id = :org
   AND machine = :machine;

-- claim audit_head_begin(org int, machine int)
INSERT INTO audit_head (organization_id, machine, seq, mac)
VALUES (:org, :machine, 0, '');

-- quiet audit_head_move(org int, machine int, seq int, mac text)
UPDATE audit_head
   SET seq = :seq, mac = :mac
 WHERE organization_id = :org
   AND machine = :machine;

-- audit audit_add(org int, machine int, seq int, at time, person_id int?, person text, act text,
--     object text, detail text, remote text, request text, key_number int, mac text)
INSERT INTO audit_entry (organization_id, machine, seq, at, person_id, person, act, object, detail,
                         remote, request, key_number, mac)
VALUES (:org, :machine, :seq, :at, :person_id, :person, :act, :object, :detail,
        :remote, :request, :key_number, :mac);

-- A chain is walked by numbers between two, from the next one that there is. With seq >= :from alone both
-- databases read the chain from its beginning each time: they take the two equalities for the whole key.
-- one audit_from(org int, machine int, from int) -> seq int?, there int
SELECT MIN(seq) AS seq, MIN(seq) IS NOT NULL AS there
  FROM audit_entry
 WHERE organization_id = :org
   AND machine = :machine
   AND seq >= :from;

-- rows audit_walk(org int, machine int, from int, to int, count int) -> seq int, at time,
--     person_id int?, person text, act text, object text, detail text, remote text, request text,
--     key_number int, mac text
SELECT seq, at, person_id, person, act, object, detail, remote, request, key_number, mac
  FROM audit_entry
 WHERE organization_id = :org
   AND machine = :machine
   AND seq BETWEEN :from AND :to
 ORDER BY seq
 LIMIT :count;
