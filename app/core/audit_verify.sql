-- The chains there are, in the order of their numbers. Whoever adds entries by hand may give them any.
-- A smallest number from another on is read from the end of an index, however long the chains are. Numbers
-- must be in the column's own limits: MariaDB takes the least INT for not greater than the least BIGINT.

-- one audit_next_machine(org int, from int) -> machine int?, there int
SELECT MIN(n.machine) AS machine, COUNT(n.machine) AS there
  FROM (SELECT MIN(machine) AS machine
          FROM audit_head
         WHERE organization_id = :org
           AND machine >= :from
        UNION ALL
        SELECT MIN(machine) AS machine
          FROM audit_entry
         WHERE organization_id = :org
           AND machine >= :from) n;

-- one audit_next_organization(from int) -> org int?, there int
SELECT MIN(n.org) AS org, COUNT(n.org) AS there
  FROM (SELECT MIN(organization_id) AS org
          FROM audit_head
         WHERE organization_id >= :from
        UNION ALL
        SELECT MIN(organization_id) AS org
          FROM audit_entry
         WHERE organization_id >= :from) n;

-- Organizations without a chain: each begins with the entry that it was made.
-- rows audit_silent(after int, count int) -> org int
SELECT o.id AS org
  FROM organization o
 WHERE o.id > :after
   AND NOT EXISTS (SELECT e.id
                     FROM audit_entry e
                    WHERE e.organization_id = o.id)
 ORDER BY o.id
 LIMIT :count;

-- More than one where somebody has taken the key away that makes numbers unique.
-- one audit_of_number(org int, machine int, seq int) -> entries int
SELECT COUNT(*) AS entries
  FROM audit_entry
 WHERE organization_id = :org
   AND machine = :machine
   AND seq = :seq;

-- one audit_entry_mac(org int, machine int, seq int) -> mac text
SELECT mac
  FROM audit_entry
 WHERE organization_id = :org
   AND machine = :machine
   AND seq = :seq
 ORDER BY id
 LIMIT 1;

-- one audit_last(org int, machine int) -> seq int
SELECT seq
  FROM audit_entry
 WHERE organization_id = :org
   AND machine = :machine
 ORDER BY seq DESC
 LIMIT 1;

-- one audit_organization(org int) -> id text, name text
SELECT public_id AS id, name
  FROM organization
 WHERE id = :org;
