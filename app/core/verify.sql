-- The statement that decides whether a caller is accepted, from current rows. entitled: to the API of the call that is
-- asked about; version is the catalogue's, signing that of the keys that sign tokens; token_revoked: that the token of
-- this jti was, by itself.

-- An additional secret is shown with the client ID of its key, and is good while that is: key_status and what else
-- begins with key_ are of it, and NULL for all others. owner_here: the owner has been there without a break since it was
-- made.
-- whole: the rows name one organization, and those of an additional secret an account key of its own environment and
-- one owner. That is a column and not a condition of the joins: for each index that an equality might use the server
-- works out a way to use it, and that took a third of the statement (MariaDB 10.11: 87 us, now 60).
-- one verify_secret(sid text, api int?, jti text?) -> secret int, status text, hash text?, expires_at time?,
--     ends_at time?, key_number int, client int, id text, client_id text, kind text, client_status text,
--     environment text, client_ends_at time?, networks text, only_reads flag, key_status text?,
--     key_ends_at time?, key_networks text?, org int, organization text, organization_status text, owner int?,
--     owner_status text?, owner_here flag, per_minute int?, version int, signing int,
--     entitled flag, token_revoked flag, whole flag?
SELECT s.id AS secret, s.status, s.hash, s.expires_at, s.ends_at, s.key_number, c.id AS client,
       c.public_id AS id, COALESCE(k.client_id, c.client_id) AS client_id, c.kind,
       c.status AS client_status, c.environment, c.expires_at AS client_ends_at, c.networks,
       c.only_reads, k.status AS key_status, k.expires_at AS key_ends_at, k.networks AS key_networks,
       o.id AS org, o.public_id AS organization, o.status AS organization_status, s.owner_id AS owner,
       CASE WHEN u.organization_id = s.organization_id THEN u.status END AS owner_status,
       c.kind <> 'additional' OR t.live_id IS NOT NULL AS owner_here,
       c.calls_per_minute AS per_minute, v.version, v.signing, e.api_id IS NOT NULL AS entitled,
       r.jti IS NOT NULL AS token_revoked,
       c.organization_id = s.organization_id AND (c.kind <> 'additional' OR (k.kind = 'account'
           AND k.organization_id = c.organization_id AND k.environment = c.environment
           AND c.owner_id = s.owner_id)) AS whole
  FROM secret s
  JOIN client c ON c.id = s.client_id
  JOIN organization o ON o.id = s.organization_id
  JOIN catalogue v ON v.id = 1
  LEFT JOIN client k ON k.id = c.parent_id
  LEFT JOIN user u ON u.id = s.owner_id
  LEFT JOIN tenure t ON t.id = c.tenure_id AND t.live_id = s.owner_id
  LEFT JOIN entitlement e ON e.organization_id = o.id AND e.api_id = :api
  LEFT JOIN token_revocation r ON r.jti = :jti
 WHERE s.sid = :sid;

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
