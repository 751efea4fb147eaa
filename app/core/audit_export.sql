-- How far each chain of an organization has come: one statement, so one moment.

-- rows audit_ends(org int) -> machine int, last int?
SELECT machine, MAX(seq) AS last
  FROM audit_entry
 WHERE organization_id = :org
 GROUP BY machine
 ORDER BY machine
 LIMIT 10000;

-- rows audit_times(org int, machine int, from int, count int) -> seq int, at time
SELECT seq, at
  FROM audit_entry
 WHERE organization_id = :org
   AND machine = :machine
   AND seq >= :from
 ORDER BY seq
 LIMIT :count;
