-- The chains there are, in the order of their numbers. Whoever adds entries by hand may give them any.

-- The next one behind that chain: each part reads one row of an index.
-- one audit_chain_next(org int, machine int) -> org int, machine int
SELECT c.org, c.machine
  FROM ((SELECT organization_id AS org, machine
           FROM audit_head
          WHERE organization_id = :org
            AND machine > :machine
          ORDER BY organization_id, machine
          LIMIT 1)
        UNION ALL
        (SELECT organization_id AS org, machine
           FROM audit_head
          WHERE organization_id > :org
          ORDER BY organization_id, machine
          LIMIT 1)
        UNION ALL
        (SELECT organization_id AS org, machine
           FROM audit_entry
          WHERE organization_id = :org
            AND machine > :machine
          ORDER BY organization_id, machine
          LIMIT 1)
        UNION ALL
        (SELECT organization_id AS org, machine
           FROM audit_entry
          WHERE organization_id > :org
          ORDER BY organization_id, machine
          LIMIT 1)) c
 ORDER BY c.org, c.machine
 LIMIT 1;

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
