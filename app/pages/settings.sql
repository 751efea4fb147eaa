-- one settings_get(org int) -> id text, name text, account_keys text?, cadence_days text?,
--     overlap_minutes text?, additional_secrets text?, leaver_days text?, factor_required flag, version int
SELECT public_id AS id, name, CAST(account_keys AS CHAR) AS account_keys,
       CAST(cadence_days AS CHAR) AS cadence_days, CAST(overlap_minutes AS CHAR) AS overlap_minutes,
       CAST(additional_secrets AS CHAR) AS additional_secrets, CAST(leaver_days AS CHAR) AS leaver_days,
       factor_required, version
  FROM organization
 WHERE id = :org;

-- one settings_used(org int) -> production int, integration int
SELECT COUNT(CASE WHEN environment = 'production' THEN 1 END) AS production,
       COUNT(CASE WHEN environment = 'integration' THEN 1 END) AS integration
  FROM client
 WHERE organization_id = :org
   AND kind = 'account'
   AND deleted_at IS NULL;

-- leaver_days is a text, as 0 is not NULL there.
-- run settings_save(org int, name text, account_keys int?, cadence_days int?, overlap_minutes int?,
--     additional_secrets int?, leaver_days text?, factor_required flag, version int)
UPDATE organization
   SET name = :name, account_keys = :account_keys, cadence_days = :cadence_days,
       overlap_minutes = :overlap_minutes, additional_secrets = :additional_secrets,
       leaver_days = :leaver_days, factor_required = :factor_required, version = version + 1
 WHERE id = :org
   AND version = :version;
