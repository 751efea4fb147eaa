-- The statement that decides whether a caller is accepted, from current rows: each column as it stands, which
-- core/verify_row.c compares. key_: the account key of an additional secret, which is shown with that one's client ID
-- and is good while that is. owner_: its owner; tenure_of: who that was when it was made, until they leave. entitled: to
-- the API of the call that is asked about; version is the catalogue's, signing that of the keys that sign tokens;
-- revoked: the token of this jti, by itself.
-- No conditions but keys, and only LEFT JOIN: MariaDB plans a statement anew with each execution, and for each equality
-- of columns looks at whatever index might help (MariaDB 10.11: 94 us, now 65). USE INDEX says that there is one way.
-- What is NULL because a row is not there is refused by row_whole().
-- one verify_secret(sid text, api int?, jti text?) -> sid text, secret int, status text, hash text?,
--     expires_at time?, ends_at time?, key_number int, org int, owner int?, client int?, id text?, client_id text?,
--     kind text?, client_status text?, environment text?, client_ends_at time?, networks text?, only_reads flag?,
--     per_minute int?, client_org int?, client_owner int?, key_client_id text?, key_kind text?, key_status text?,
--     key_environment text?, key_ends_at time?, key_networks text?, key_org int?, organization text?,
--     organization_status text?, owner_org int?, owner_status text?, tenure_of int?, version int?, signing int?,
--     entitled int?, revoked text?
SELECT s.sid, s.id AS secret, s.status, s.hash, s.expires_at, s.ends_at, s.key_number,
       s.organization_id AS org, s.owner_id AS owner, c.id AS client, c.public_id AS id, c.client_id, c.kind,
       c.status AS client_status, c.environment, c.expires_at AS client_ends_at, c.networks, c.only_reads,
       c.calls_per_minute AS per_minute, c.organization_id AS client_org, c.owner_id AS client_owner,
       k.client_id AS key_client_id, k.kind AS key_kind, k.status AS key_status, k.environment AS key_environment,
       k.expires_at AS key_ends_at, k.networks AS key_networks, k.organization_id AS key_org,
       o.public_id AS organization, o.status AS organization_status, u.organization_id AS owner_org,
       u.status AS owner_status, t.live_id AS tenure_of, v.version, v.signing, e.api_id AS entitled,
       r.jti AS revoked
  FROM secret s USE INDEX (secret_sid)
  LEFT JOIN client c USE INDEX (PRIMARY) ON c.id = s.client_id
  LEFT JOIN organization o USE INDEX (PRIMARY) ON o.id = s.organization_id
  LEFT JOIN catalogue v USE INDEX (PRIMARY) ON v.id = 1
  LEFT JOIN client k USE INDEX (PRIMARY) ON k.id = c.parent_id
  LEFT JOIN user u USE INDEX (PRIMARY) ON u.id = s.owner_id
  LEFT JOIN tenure t USE INDEX (PRIMARY) ON t.id = c.tenure_id
  LEFT JOIN entitlement e USE INDEX (PRIMARY) ON e.organization_id = s.organization_id AND e.api_id = :api
  LEFT JOIN token_revocation r USE INDEX (PRIMARY) ON r.jti = :jti
 WHERE s.sid = :sid;

-- The same for up to eight who ask about calls of one API: core/together.c. Of each secret there are as many rows as there
-- are tokens among these that are revoked, of whichever secret, and one where there is none. For one alone it would take
-- twice as long. That both give the same columns is checked at the start, that they say the same by tests/core/together.c.
-- rows verify_secrets(api int?, sid1 text, sid2 text, sid3 text?, sid4 text?, sid5 text?, sid6 text?, sid7 text?,
--     sid8 text?, jti1 text?, jti2 text?, jti3 text?, jti4 text?, jti5 text?, jti6 text?, jti7 text?, jti8 text?)
--     -> verify_secret
SELECT s.sid, s.id AS secret, s.status, s.hash, s.expires_at, s.ends_at, s.key_number,
       s.organization_id AS org, s.owner_id AS owner, c.id AS client, c.public_id AS id, c.client_id, c.kind,
       c.status AS client_status, c.environment, c.expires_at AS client_ends_at, c.networks, c.only_reads,
       c.calls_per_minute AS per_minute, c.organization_id AS client_org, c.owner_id AS client_owner,
       k.client_id AS key_client_id, k.kind AS key_kind, k.status AS key_status, k.environment AS key_environment,
       k.expires_at AS key_ends_at, k.networks AS key_networks, k.organization_id AS key_org,
       o.public_id AS organization, o.status AS organization_status, u.organization_id AS owner_org,
       u.status AS owner_status, t.live_id AS tenure_of, v.version, v.signing, e.api_id AS entitled,
       r.jti AS revoked
  FROM secret s USE INDEX (secret_sid)
  LEFT JOIN client c USE INDEX (PRIMARY) ON c.id = s.client_id
  LEFT JOIN organization o USE INDEX (PRIMARY) ON o.id = s.organization_id
  LEFT JOIN catalogue v USE INDEX (PRIMARY) ON v.id = 1
  LEFT JOIN client k USE INDEX (PRIMARY) ON k.id = c.parent_id
  LEFT JOIN user u USE INDEX (PRIMARY) ON u.id = s.owner_id
  LEFT JOIN tenure t USE INDEX (PRIMARY) ON t.id = c.tenure_id
  LEFT JOIN entitlement e USE INDEX (PRIMARY) ON e.organization_id = s.organization_id AND e.api_id = :api
  LEFT JOIN token_revocation r USE INDEX (PRIMARY) ON r.jti IN (:jti1, :jti2, :jti3, :jti4, :jti5, :jti6, :jti7, :jti8)
 WHERE s.sid IN (:sid1, :sid2, :sid3, :sid4, :sid5, :sid6, :sid7, :sid8)
 LIMIT 64;

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
