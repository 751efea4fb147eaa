-- Links by which a person chooses a new password.

-- run reset_end(person int)
UPDATE password_reset
   SET open_for = NULL
 WHERE open_for = :person;

-- claim reset_add(public_id text, person int, tenure int?, org int?, by_tenure int?, token_hash text,
--     by int?, now time, until time)
INSERT INTO password_reset (public_id, person_id, open_for, tenure_id, organization_id, by_tenure_id,
                            token_hash, password_digest, created_by, created_at, expires_at)
SELECT :public_id, id, id, :tenure, :org, :by_tenure, :token_hash, COALESCE(SHA2(password_hash, 256), ''),
       :by, :now, :until
  FROM person
 WHERE id = :person;

-- One that an admin made is good while they are one, and while the person is of that organization alone and
-- no operator: or an admin of one could come into another.
-- one reset_open(token_hash text, now time) -> reset int, id text, person int, name text, email text,
--     org int?, expires_at time, by_user int?
SELECT r.id AS reset, r.public_id AS id, p.id AS person, p.name, p.email, o.id AS org, r.expires_at,
       a.id AS by_user
  FROM password_reset r
  JOIN person p ON p.id = r.person_id
  LEFT JOIN tenure t ON t.id = r.tenure_id AND t.live_id IS NOT NULL
  LEFT JOIN organization o ON o.id = t.organization_id AND o.status = 'active'
  LEFT JOIN tenure w ON w.id = p.operator_tenure_id
  LEFT JOIN tenure b ON b.id = r.by_tenure_id
  LEFT JOIN user a ON a.id = b.live_id AND a.role = 'admin'
 WHERE r.token_hash = :token_hash
   AND r.open_for IS NOT NULL
   AND r.expires_at > :now
   AND r.password_digest = COALESCE(SHA2(p.password_hash, 256), '')
   AND (o.id IS NOT NULL
        OR (r.tenure_id IS NULL
            AND p.is_operator = 1
            AND (p.operator_tenure_id IS NULL OR w.live_id IS NOT NULL)))
   AND (r.organization_id IS NULL
        OR (a.id IS NOT NULL
            AND p.is_operator = 0
            AND NOT EXISTS (SELECT x.id FROM user x
                             WHERE x.person_id = p.id
                               AND x.organization_id <> r.organization_id
                               AND (x.status = 'active' OR EXISTS (SELECT y.id FROM tenure y WHERE y.user_id = x.id)))));

-- run reset_use(reset int, now time)
UPDATE password_reset
   SET open_for = NULL, used_at = :now
 WHERE id = :reset
   AND open_for IS NOT NULL
   AND expires_at > :now;

-- A person of the organization. elsewhere: they belong, or have belonged, to another one too.
-- one reset_user(org int, id text) -> user int, id text, person int, name text, email text, status text,
--     is_operator flag, elsewhere flag?
SELECT u.id AS user, u.public_id AS id, p.id AS person, COALESCE(u.called, p.name) AS name, p.email, u.status, p.is_operator,
       EXISTS (SELECT x.id FROM user x
                WHERE x.person_id = p.id
                  AND x.organization_id <> u.organization_id
                  AND (x.status = 'active' OR EXISTS (SELECT y.id FROM tenure y WHERE y.user_id = x.id))) AS elsewhere
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND u.public_id = :id;

-- one reset_lately(person int, since time) -> n int
SELECT COUNT(*) AS n
  FROM password_reset
 WHERE person_id = :person
   AND created_at > :since
   AND created_by IS NULL;

-- quiet forgotten_add(email text, remote text, now time)
INSERT INTO forgotten (email, remote, asked_at)
VALUES (:email, :remote, :now);

-- Whoever has addresses made up is done with at once; those that are known wait for nobody behind them.
-- quiet forgotten_nobody()
DELETE FROM forgotten
 WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.email = forgotten.email)
 ORDER BY id
 LIMIT 10000;

-- rows forgotten_due(count int) -> forgotten int
SELECT id AS forgotten
  FROM forgotten
 ORDER BY id
 LIMIT :count;

-- one forgotten_get(forgotten int) -> email text, remote text
SELECT email, remote
  FROM forgotten
 WHERE id = :forgotten;

-- quiet forgotten_done(forgotten int)
DELETE FROM forgotten
 WHERE id = :forgotten;
