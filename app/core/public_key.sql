-- Public keys of programs. A key is known by its thumbprint, once in an organization.

-- one public_key_known(org int, thumbprint text) -> secret int
SELECT id AS secret
  FROM secret
 WHERE organization_id = :org
   AND thumbprint = :thumbprint;

-- Whether that client has it, or had.
-- one public_key_of(org int, id text, thumbprint text) -> secret int
SELECT s.id AS secret
  FROM secret s
  JOIN client c ON c.id = s.client_id
 WHERE s.organization_id = :org
   AND s.thumbprint = :thumbprint
   AND c.public_id = :id;

-- The keys with which a client may sign now, as far as their own rows say: two at most, in a rotation.
-- rows public_keys_of(client_id text) -> sid text, key_number int, public_key text?, thumbprint text?,
--     key_kind text?
SELECT s.sid, s.key_number, s.public_key, s.thumbprint, s.key_kind
  FROM client c
  JOIN secret s ON s.current_of = c.id
 WHERE c.client_id = :client_id
   AND s.public_key IS NOT NULL
UNION ALL
SELECT s.sid, s.key_number, s.public_key, s.thumbprint, s.key_kind
  FROM client c
  JOIN secret s ON s.retiring_of = c.id
 WHERE c.client_id = :client_id
   AND s.public_key IS NOT NULL
 LIMIT 2;

-- Those of a client that have ended, the last one first.
-- rows public_keys_ended(client_id text, count int) -> sid text, key_number int, public_key text?, thumbprint text?,
--     key_kind text?
SELECT s.sid, r.key_number, r.public_key, s.thumbprint, s.key_kind
  FROM client c
  JOIN registered_key r ON r.client_id = c.id
  JOIN secret s ON s.id = r.secret_id
 WHERE c.client_id = :client_id
   AND s.status = 'revoked'
 ORDER BY r.secret_id DESC
 LIMIT :count;

-- run registered_key_add(secret int, client int, key_number int, public_key text)
INSERT INTO registered_key (secret_id, client_id, key_number, public_key)
VALUES (:secret, :client, :key_number, :public_key);

-- IGNORE: a row that is there stays, and then 0 are changed.
-- quiet assertion_use(client int, jti_hash text, expires_at time)
INSERT IGNORE INTO assertion_used (client_id, jti_hash, expires_at)
VALUES (:client, :jti_hash, :expires_at);

-- For the operator's commands: of every organization.
-- rows public_keys_sealed(number int, after int) -> secret int, sid text, client_id text, key_number int,
--     public_key text?
SELECT s.id AS secret, s.sid, c.client_id, s.key_number, s.public_key
  FROM secret s
  JOIN client c ON c.id = s.client_id
 WHERE s.id > :after
   AND s.key_number <> :number
   AND s.public_key IS NOT NULL
 ORDER BY s.id
 LIMIT 200;

-- rows registered_keys_sealed(number int, after int) -> secret int, sid text, client_id text, key_number int,
--     public_key text?
SELECT s.id AS secret, s.sid, c.client_id, r.key_number, r.public_key
  FROM registered_key r
  JOIN secret s ON s.id = r.secret_id
  JOIN client c ON c.id = r.client_id
 WHERE r.secret_id > :after
   AND r.key_number <> :number
 ORDER BY r.secret_id
 LIMIT 200;

-- quiet registered_key_reseal(secret int, before int, key_number int, public_key text)
UPDATE registered_key
   SET key_number = :key_number, public_key = :public_key
 WHERE secret_id = :secret
   AND key_number = :before;

-- quiet public_key_reseal(secret int, before int, key_number int, public_key text)
UPDATE secret
   SET key_number = :key_number, public_key = :public_key
 WHERE id = :secret
   AND key_number = :before
   AND public_key IS NOT NULL;
