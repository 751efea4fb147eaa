-- How far each chain is known to be whole: core/audit_walked.h.

-- Chains with entries that were not walked, or whose turn it is; and those whose head is gone. The longest ago first.
-- rows audit_walked_due(passed_before time, wrong_before time, count int) -> org int, machine int
SELECT d.org, d.machine
  FROM (SELECT h.organization_id AS org, h.machine, COALESCE(w.walked_at, '1970-01-02') AS walked_at
          FROM audit_head h
          LEFT JOIN audit_walked w ON w.organization_id = h.organization_id AND w.machine = h.machine
         WHERE w.machine IS NULL
            OR w.seq <> h.seq
            OR w.pass_began_at IS NOT NULL
            OR w.passed_at < :passed_before
            OR (w.wrong <> 0 AND w.passed_at < :wrong_before)
        UNION ALL
        SELECT w.organization_id, w.machine, w.walked_at
          FROM audit_walked w
          LEFT JOIN audit_head h ON h.organization_id = w.organization_id AND h.machine = w.machine
         WHERE h.machine IS NULL) d
 ORDER BY d.walked_at, d.org, d.machine
 LIMIT :count;

-- one audit_walked_get(org int, machine int) -> seq int, mac text, pass_seq int, pass_mac text, pass_began_at time?,
--     pass_wrongs int, passed_at time?, wrong int, wrong_first int, wrong_last int, wrong_at time?, wrong_key int,
--     found_at time?
SELECT seq, mac, pass_seq, pass_mac, pass_began_at, pass_wrongs, passed_at, wrong, wrong_first, wrong_last, wrong_at,
       wrong_key, found_at
  FROM audit_walked
 WHERE organization_id = :org
   AND machine = :machine;

-- quiet audit_walked_put(org int, machine int, seq int, mac text, now time, pass_seq int, pass_mac text,
--     pass_began_at time?, pass_wrongs int, passed_at time?)
INSERT INTO audit_walked (organization_id, machine, seq, mac, walked_at, pass_seq, pass_mac, pass_began_at,
                          pass_wrongs, passed_at)
VALUES (:org, :machine, :seq, :mac, :now, :pass_seq, :pass_mac, :pass_began_at, :pass_wrongs, :passed_at)
ON DUPLICATE KEY UPDATE seq = VALUES(seq), mac = VALUES(mac), walked_at = VALUES(walked_at),
       pass_seq = VALUES(pass_seq), pass_mac = VALUES(pass_mac), pass_began_at = VALUES(pass_began_at),
       pass_wrongs = VALUES(pass_wrongs), passed_at = VALUES(passed_at);

-- wrong 0: nothing is wrong any more.
-- quiet audit_walked_wrong(org int, machine int, wrong int, first int, last int, at time?, key int, found_at time?)
UPDATE audit_walked
   SET wrong = :wrong, wrong_first = :first, wrong_last = :last, wrong_at = :at, wrong_key = :key,
       found_at = :found_at
 WHERE organization_id = :org
   AND machine = :machine;

-- rows audit_walked_of(org int, count int) -> machine int, seq int?, walked_at time?, passed_at time?, last int?,
--     wrong int?, wrong_first int?, wrong_last int?, wrong_at time?, wrong_key int?, found_at time?
SELECT m.machine, w.seq, w.walked_at, w.passed_at, h.seq AS last, w.wrong, w.wrong_first, w.wrong_last, w.wrong_at,
       w.wrong_key, w.found_at
  FROM (SELECT machine
          FROM audit_head
         WHERE organization_id = :org
        UNION
        SELECT machine
          FROM audit_walked
         WHERE organization_id = :org) m
  LEFT JOIN audit_head h ON h.organization_id = :org AND h.machine = m.machine
  LEFT JOIN audit_walked w ON w.organization_id = :org AND w.machine = m.machine
 ORDER BY m.machine
 LIMIT :count;
