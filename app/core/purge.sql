-- What has had its time: removed by the housekeeper, a piece at a time.

-- quiet purge_sessions(created_before time, seen_before time)
DELETE FROM session
 WHERE created_at < :created_before
    OR seen_at < :seen_before
 LIMIT 1000;

-- quiet purge_half_sessions(created_before time)
DELETE FROM half_session
 WHERE created_at < :created_before
 LIMIT 1000;

-- quiet purge_once(made_before time)
DELETE FROM form_once
 WHERE made_at < :made_before
 LIMIT 1000;

-- quiet purge_failures(since_before time)
DELETE FROM sign_in_failure
 WHERE since < :since_before
 LIMIT 1000;

-- quiet purge_secret_hours(before time)
DELETE FROM secret_hour
 WHERE at < :before
 LIMIT 1000;

-- quiet purge_secret_days(before time)
DELETE FROM secret_day
 WHERE at < :before
 LIMIT 1000;

-- quiet purge_organization_minutes(before time)
DELETE FROM organization_minute
 WHERE at < :before
 LIMIT 1000;

-- quiet purge_organization_days(before time)
DELETE FROM organization_day
 WHERE at < :before
 LIMIT 1000;

-- quiet purge_batches(before time)
DELETE FROM use_batch
 WHERE at < :before
 LIMIT 1000;

-- quiet purge_resets(before time)
DELETE FROM password_reset
 WHERE expires_at < :before
 LIMIT 1000;

-- quiet purge_revocations(before time)
DELETE FROM token_revocation
 WHERE expires_at < :before
 LIMIT 1000;

-- quiet purge_assertions(before time)
DELETE FROM assertion_used
 WHERE expires_at < :before
 LIMIT 1000;
