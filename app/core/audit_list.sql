-- The audit log as a list: core/audit_list.h. fits: whether what the index is not of holds as well; by_*: whether it is
-- asked. A place is (at, id), and the list goes on below it. The index is said, as in core/client_list.sql.

-- one audit_list_mark(org int, machine int, seq int) -> id int, at time
SELECT id, at
  FROM audit_entry
 WHERE organization_id = :org
   AND machine = :machine
   AND seq = :seq;

-- one audit_list_key(org int, id int) -> machine int, seq int
SELECT machine, seq
  FROM audit_entry
 WHERE organization_id = :org
   AND id = :id;

-- rows audit_list_all(org int, from time, at time, id int, count int) -> id int, at time, fits flag
SELECT e.id, e.at, 1 AS fits
  FROM audit_entry e FORCE INDEX (audit_entry_at)
 WHERE e.organization_id = :org
   AND e.at >= :from
   AND (e.at < :at OR (e.at = :at AND e.id < :id))
 ORDER BY e.at DESC, e.id DESC
 LIMIT :count;

-- rows audit_list_person(org int, person int?, by_act flag, act text, by_object flag, object text, from time, at time,
--     id int, count int) -> id int, at time, fits flag
SELECT e.id, e.at, COALESCE((NOT :by_act OR e.act = :act) AND (NOT :by_object OR e.object = :object), 0) AS fits
  FROM audit_entry e FORCE INDEX (audit_entry_person)
 WHERE e.organization_id = :org
   AND e.person_id <=> :person
   AND e.at >= :from
   AND (e.at < :at OR (e.at = :at AND e.id < :id))
 ORDER BY e.at DESC, e.id DESC
 LIMIT :count;

-- rows audit_list_act(org int, act text, by_person flag, person int?, by_object flag, object text, from time, at time,
--     id int, count int) -> id int, at time, fits flag
SELECT e.id, e.at, COALESCE((NOT :by_person OR e.person_id <=> :person) AND (NOT :by_object OR e.object = :object), 0) AS fits
  FROM audit_entry e FORCE INDEX (audit_entry_act)
 WHERE e.organization_id = :org
   AND e.act = :act
   AND e.at >= :from
   AND (e.at < :at OR (e.at = :at AND e.id < :id))
 ORDER BY e.at DESC, e.id DESC
 LIMIT :count;

-- rows audit_list_object(org int, object text, by_act flag, act text, by_person flag, person int?, from time, at time,
--     id int, count int) -> id int, at time, fits flag
SELECT e.id, e.at, COALESCE((NOT :by_act OR e.act = :act) AND (NOT :by_person OR e.person_id <=> :person), 0) AS fits
  FROM audit_entry e FORCE INDEX (audit_entry_of_object)
 WHERE e.organization_id = :org
   AND e.object = :object
   AND e.at >= :from
   AND (e.at < :at OR (e.at = :at AND e.id < :id))
 ORDER BY e.at DESC, e.id DESC
 LIMIT :count;

-- How many entries there are of a person, of an act, in that time: at most so many.
-- one audit_list_of_person(org int, person int?, from time, at time, most int) -> n int
SELECT COUNT(*) AS n
  FROM (SELECT id
          FROM audit_entry FORCE INDEX (audit_entry_person)
         WHERE organization_id = :org
           AND person_id <=> :person
           AND at >= :from
           AND at <= :at
         LIMIT :most) counted;

-- one audit_list_of_act(org int, act text, from time, at time, most int) -> n int
SELECT COUNT(*) AS n
  FROM (SELECT id
          FROM audit_entry FORCE INDEX (audit_entry_act)
         WHERE organization_id = :org
           AND act = :act
           AND at >= :from
           AND at <= :at
         LIMIT :most) counted;

-- one audit_list_of_object(org int, object text, from time, at time, most int) -> n int
SELECT COUNT(*) AS n
  FROM (SELECT id
          FROM audit_entry FORCE INDEX (audit_entry_of_object)
         WHERE organization_id = :org
           AND object = :object
           AND at >= :from
           AND at <= :at
         LIMIT :most) counted;

-- ids: row numbers as a JSON array; the rows come in no order. name: of the person, as it is now.
-- rows audit_list_rows(org int, ids text) -> id int, machine int, seq int, at time, person_id int?, person text,
--     name text?, act text, object text, detail text, remote text, request text, key_number int, mac text
SELECT e.id, e.machine, e.seq, e.at, e.person_id, e.person, p.name, e.act, e.object, e.detail, e.remote, e.request,
       e.key_number, e.mac
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (id BIGINT PATH '$')) wanted
  JOIN audit_entry e ON e.id = wanted.id
  LEFT JOIN person p ON p.id = e.person_id
 WHERE e.organization_id = :org
 LIMIT 1000;
