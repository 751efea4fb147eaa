-- What an organization has chosen for itself.

-- one policy_get(org int) -> account_keys int?, cadence_days int?, overlap_minutes int?,
--     additional_secrets int?, leaver_days int?, leaver_chosen flag
SELECT account_keys, cadence_days, overlap_minutes, additional_secrets, leaver_days,
       leaver_days IS NOT NULL AS leaver_chosen
  FROM organization
 WHERE id = :org;

-- ---- what stands against it

-- What has expired, or whose owner has left, has no place any more, whether or not it was taken away yet.
-- one policy_additional(org int, now time) -> production int, integration int
SELECT COUNT(CASE WHEN c.environment = 'production' THEN 1 END) AS production,
       COUNT(CASE WHEN c.environment = 'integration' THEN 1 END) AS integration
  FROM client c
  JOIN user u ON u.id = c.owner_id AND u.status = 'active'
 WHERE c.organization_id = :org
   AND c.kind = 'additional'
   AND c.place IS NOT NULL
   AND c.deleted_at IS NULL
   AND (c.expires_at IS NULL OR c.expires_at > :now);

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
