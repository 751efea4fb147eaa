-- Failed sign-ins, counted before the password is looked at.

-- quiet throttle_add(what text, now time, window time)
INSERT INTO sign_in_failure (what, failures, since)
VALUES (:what, 1, :now)
ON DUPLICATE KEY UPDATE
  failures = IF(since < :window, 1, failures + 1),
  since = IF(since < :window, :now, since);

-- one throttle_get(what text) -> failures int
SELECT failures
  FROM sign_in_failure
 WHERE what = :what;

-- quiet throttle_clear(what text)
DELETE FROM sign_in_failure
 WHERE what = :what;

-- quiet throttle_less(what text)
UPDATE sign_in_failure
   SET failures = failures - 1
 WHERE what = :what
   AND failures > 0;
