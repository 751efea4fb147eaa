-- What an organization has chosen for itself.

-- one policy_get(org int) -> account_keys int?, cadence_days int?, overlap_minutes int?,
--     additional_secrets int?, leaver_days int?, leaver_chosen flag
SELECT account_keys, cadence_days, overlap_minutes, additional_secrets, leaver_days,
       leaver_days IS NOT NULL AS leaver_chosen
  FROM organization
 WHERE id = :org;

-- ---- what stands against it

-- Secrets that somebody who has left knows, and those of them that they knew already before that time: counted up to
-- 1,000.
-- one policy_leavers(org int, due time) -> known int, ending int
SELECT COUNT(*) AS known, COUNT(CASE WHEN s.leaver_at <= :due THEN 1 END) AS ending
  FROM (SELECT leaver_at
          FROM secret
         WHERE organization_id = :org
           AND status IN ('active', 'retiring')
           AND leaver_at IS NOT NULL
         ORDER BY leaver_at
         LIMIT 1000) s;
