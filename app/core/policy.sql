-- What an organization has chosen for itself.

-- one policy_get(org int) -> account_keys int?, cadence_days int?, overlap_minutes int?,
--     additional_secrets int?, leaver_days int?, leaver_chosen flag
SELECT account_keys, cadence_days, overlap_minutes, additional_secrets, leaver_days,
       leaver_days IS NOT NULL AS leaver_chosen
  FROM organization
 WHERE id = :org;
