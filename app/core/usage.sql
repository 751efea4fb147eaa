-- When a secret was last used: noted in shared memory, written here by the housekeeper.

-- quiet usage_note(secret int, at time, remote text, calls int)
UPDATE secret
   SET last_used_from = IF(last_used_at IS NULL OR last_used_at <= :at, :remote, last_used_from),
       last_used_at = IF(last_used_at IS NULL OR last_used_at <= :at, :at, last_used_at),
       calls = calls + :calls
 WHERE id = :secret;
