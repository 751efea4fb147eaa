-- What an organization has chosen for itself.

-- one policy_get(org int) -> account_keys int?, cadence_days int?, overlap_minutes int?
SELECT account_keys, cadence_days, overlap_minutes
  FROM organization
 WHERE id = :org;
