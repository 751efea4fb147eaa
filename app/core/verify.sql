-- The statement that decides whether a caller is accepted, from current rows. Rows that name different
-- organizations are no row; nor are those of an additional secret without an account key of its own environment, or
-- whose owner is not the one of both its rows. entitled: to the API of the call that is asked about; version is the
-- catalogue's.

-- An additional secret is shown with the client ID of its key, and is good while that is: key_status and what else
-- begins with key_ are of it, and NULL for all others. owner_here: the owner has been there without a break since it was
-- made.
-- jti is that of a token made from the secret; token_revoked says that it was revoked by itself.
-- one verify_secret(sid text, api int?, jti text?) -> secret int, status text, hash text?, expires_at time?,
--     ends_at time?, key_number int, client int, id text, client_id text, kind text, client_status text,
--     environment text, client_ends_at time?, networks text, only_reads flag, key_status text?,
--     key_ends_at time?, key_networks text?, org int, organization text, organization_status text, owner int?,
--     owner_status text?, owner_here flag, per_minute int?, version int, entitled flag, token_revoked flag
SELECT s.id AS secret, s.status, s.hash, s.expires_at, s.ends_at, s.key_number, c.id AS client,
       c.public_id AS id, COALESCE(k.client_id, c.client_id) AS client_id, c.kind,
       c.status AS client_status, c.environment, c.expires_at AS client_ends_at, c.networks,
       c.only_reads, k.status AS key_status, k.expires_at AS key_ends_at, k.networks AS key_networks,
       o.id AS org, o.public_id AS organization, o.status AS organization_status, s.owner_id AS owner,
       u.status AS owner_status, c.kind <> 'additional' OR t.live_id IS NOT NULL AS owner_here,
       c.calls_per_minute AS per_minute, v.version, e.api_id IS NOT NULL AS entitled,
       r.jti IS NOT NULL AS token_revoked
  FROM secret s
  JOIN client c ON c.id = s.client_id AND c.organization_id = s.organization_id
  JOIN organization o ON o.id = s.organization_id
  JOIN catalogue v ON v.id = 1
  LEFT JOIN client k ON k.id = c.parent_id AND k.organization_id = c.organization_id
       AND k.environment = c.environment AND k.kind = 'account'
  LEFT JOIN user u ON u.id = s.owner_id AND u.organization_id = s.organization_id
  LEFT JOIN tenure t ON t.id = c.tenure_id AND t.live_id = s.owner_id
  LEFT JOIN entitlement e ON e.organization_id = o.id AND e.api_id = :api
  LEFT JOIN token_revocation r ON r.jti = :jti
 WHERE s.sid = :sid
   AND (c.kind <> 'additional' OR (k.id IS NOT NULL AND c.owner_id = s.owner_id));

-- The primary secret of a client ID: by its row a key is judged that is shown alone. An additional secret has none of
-- its own.
-- one verify_primary(client_id text) -> sid text
SELECT s.sid
  FROM client c
  JOIN secret s ON s.current_of = c.id
 WHERE c.client_id = :client_id
   AND c.kind <> 'additional';

-- quiet secret_rehash(secret int, before text, hash text)
UPDATE secret
   SET hash = :hash
 WHERE id = :secret
   AND hash = :before;
