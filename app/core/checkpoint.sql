-- The heads of a machine's chains, a page at a time.

-- rows checkpoint_heads(machine int, after int, count int) -> org int, seq int, mac text
SELECT organization_id AS org, seq, mac
  FROM audit_head
 WHERE machine = :machine
   AND organization_id > :after
 ORDER BY organization_id
 LIMIT :count;
