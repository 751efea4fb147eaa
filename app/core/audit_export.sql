-- How far each chain of an organization has come: one statement, so one moment.

-- rows audit_ends(org int) -> machine int, last int?
SELECT h.machine,
       (SELECT e.seq
          FROM audit_entry e
         WHERE e.organization_id = h.organization_id
           AND e.machine = h.machine
         ORDER BY e.seq DESC
         LIMIT 1) AS last
  FROM audit_head h
 WHERE h.organization_id = :org
 ORDER BY h.machine
 LIMIT 10000;

-- rows audit_times(org int, machine int, from int, to int, count int) -> seq int, at time
SELECT seq, at
  FROM audit_entry
 WHERE organization_id = :org
   AND machine = :machine
   AND seq BETWEEN :from AND :to
 ORDER BY seq
 LIMIT :count;
