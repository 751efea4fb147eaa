-- The keys that sign tokens.

-- claim signing_add(environment text, algorithm text, kid text, key_number int, sealed text, now time)
INSERT INTO signing_key (environment, active_for, algorithm, kid, key_number, sealed, created_at)
VALUES (:environment, :environment, :algorithm, :kid, :key_number, :sealed, :now);

-- rows signing_list() -> environment text, active_for text?, algorithm text, kid text,
--     key_number int, sealed text
SELECT environment, active_for, algorithm, kid, key_number, sealed
  FROM signing_key
 WHERE retired_at IS NULL
 ORDER BY id
 LIMIT 16;

-- one signing_has(environment text) -> kid text
SELECT kid
  FROM signing_key
 WHERE active_for = :environment;

-- run signing_reseal(kid text, before int, key_number int, sealed text)
UPDATE signing_key
   SET key_number = :key_number, sealed = :sealed
 WHERE kid = :kid
   AND key_number = :before;

-- What a credential may do now: an account key all that its organization is entitled to, another one what it
-- was granted of that, with what that includes.
-- rows token_permissions(client int) -> word text?
SELECT CONCAT(a.word, ':', p.word) AS word
  FROM client c
  JOIN entitlement e ON e.organization_id = c.organization_id
  JOIN api a ON a.id = e.api_id
  JOIN permission p ON p.api_id = a.id
 WHERE c.id = :client
   AND (c.kind = 'account'
        OR EXISTS (SELECT 1
                     FROM permission_gives v
                     JOIN client_grant g ON g.client_id = c.id AND g.permission_id = v.permission_id
                    WHERE v.gives_id = p.id
                      AND g.organization_id = c.organization_id))
 ORDER BY a.position, a.id, p.position, p.id
 LIMIT 600;
