-- The one statement that decides whether a caller is accepted, from current rows. Rows that name
-- different organizations are no row.

-- one verify_secret(sid text) -> secret int, status text, hash text?, expires_at time?, ends_at time?,
--     key_number int, id text, client_id text, client_status text, environment text,
--     organization text, organization_status text, owner int?, owner_status text?
SELECT s.id AS secret, s.status, s.hash, s.expires_at, s.ends_at, s.key_number,
       c.public_id AS id, c.client_id, c.status AS client_status, c.environment, o.public_id AS organization,
       o.status AS organization_status, s.owner_id AS owner, u.status AS owner_status
  FROM secret s
  JOIN client c ON c.id = s.client_id AND c.organization_id = s.organization_id
  JOIN organization o ON o.id = s.organization_id
  LEFT JOIN user u ON u.id = s.owner_id AND u.organization_id = s.organization_id
 WHERE s.sid = :sid;

-- quiet secret_rehash(secret int, before text, hash text)
UPDATE secret
   SET hash = :hash
 WHERE id = :secret
   AND hash = :before;
