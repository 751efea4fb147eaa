-- What depends on a key of the ring, in every organization: for the operator's commands. A public key does as long as it is not
-- sealed anew.

-- one ring_use(number int, hashed text) -> secrets int?, hashes int?, passwords int?, signing_keys int?,
--     factors int?, public_keys int?
SELECT (SELECT COUNT(*) FROM secret
         WHERE status <> 'revoked' AND key_number = :number AND public_key IS NULL) AS secrets,
       (SELECT COUNT(*) FROM secret
         WHERE status <> 'revoked' AND key_number <> :number AND hash LIKE :hashed) AS hashes,
       (SELECT COUNT(*) FROM person WHERE password_hash LIKE :hashed) AS passwords,
       (SELECT COUNT(*) FROM signing_key
         WHERE retired_at IS NULL AND key_number = :number) AS signing_keys,
       (SELECT COUNT(*) FROM factor WHERE key_number = :number) AS factors,
       (SELECT COUNT(*) FROM secret
         WHERE public_key IS NOT NULL AND key_number = :number) AS public_keys;

-- rows ring_secrets(number int, hashed text, after int, count int) -> secret int, organization text,
--     organization_name text, id text, name text, environment text, sid text, hint text,
--     status text, last_used_at time?
SELECT s.id AS secret, o.public_id AS organization, o.name AS organization_name,
       c.public_id AS id, c.name, c.environment, s.sid, s.hint, s.status, s.last_used_at
  FROM secret s
  JOIN client c ON c.id = s.client_id AND c.organization_id = s.organization_id
  JOIN organization o ON o.id = s.organization_id
 WHERE s.id > :after
   AND s.status <> 'revoked'
   AND s.public_key IS NULL
   AND (s.key_number = :number OR s.hash LIKE :hashed)
 ORDER BY s.id
 LIMIT :count;
