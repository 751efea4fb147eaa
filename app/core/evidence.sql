-- What speaks for ending the old secret of a rotation.

-- one evidence_sides(org int, id text, now time) -> old int, old_hint text, old_made_at time,
--     old_used_at time?, old_used_from text, old_used_by text, old_calls int, ends_at time?, fresh int,
--     sid text, hint text, made_at time, used_at time?, used_from text, used_by text, calls int
SELECT o.id AS old, o.hint AS old_hint, o.created_at AS old_made_at, o.last_used_at AS old_used_at,
       o.last_used_from AS old_used_from, o.last_used_by AS old_used_by,
       o.calls - o.calls_before AS old_calls, o.ends_at,
       n.id AS fresh, n.sid, n.hint, n.created_at AS made_at, n.last_used_at AS used_at,
       n.last_used_from AS used_from, n.last_used_by AS used_by, n.calls
  FROM client c
  JOIN secret o ON o.retiring_of = c.id
  JOIN secret n ON n.current_of = c.id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND c.deleted_at IS NULL
   AND o.ends_at > :now;

-- Who called with them and was accepted. No address and 'other': those past what is kept apart.
-- rows evidence_callers(old int, fresh int, count int) -> address text, program text, old_at time?,
--     new_at time?, first_at time?
SELECT address, program, MAX(IF(secret_id = :old, last_at, NULL)) AS old_at,
       MAX(IF(secret_id = :fresh, last_at, NULL)) AS new_at,
       MIN(IF(secret_id = :fresh, first_at, NULL)) AS first_at
  FROM secret_caller
 WHERE secret_id IN (:old, :fresh)
   AND calls > refused
 GROUP BY address, program
 ORDER BY old_at DESC, new_at DESC
 LIMIT :count;
