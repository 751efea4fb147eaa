-- Invitations: links by which people come into an organization.

-- one invitation_user(org int, person int) -> user int, id text, status text
SELECT id AS user, public_id AS id, status
  FROM user
 WHERE organization_id = :org
   AND person_id = :person;

-- claim invitation_user_add(public_id text, org int, person int, role text, called text, now time)
INSERT INTO user (public_id, organization_id, person_id, role, status, called, created_at)
VALUES (:public_id, :org, :person, :role, 'invited', :called, :now);

-- Anew, and maybe by another name; somebody who was here once has their own.
-- run invitation_anew(user int, role text, called text)
UPDATE user
   SET role = :role, called = CASE WHEN called IS NOT NULL THEN :called END, version = version + 1
 WHERE id = :user
   AND status = 'invited';

-- tenure is that of an admin who invites: NULL for an operator. The row of the user is held.
-- claim invitation_add(public_id text, org int, user int, token_hash text, by int?, tenure int?, now time,
--     until time)
INSERT INTO invitation (public_id, organization_id, user_id, open_for, live_id, live_status, token_hash,
                        created_by, tenure_id, created_at, expires_at)
VALUES (:public_id, :org, :user, :user, :user, 'invited', :token_hash, :by, :tenure, :now, :until);

-- All of an organization that has no admin: the operator's.
-- run invitation_withdraw(org int, now time)
UPDATE invitation
   SET open_for = NULL, withdrawn_at = :now
 WHERE organization_id = :org
   AND open_for IS NOT NULL
   AND NOT EXISTS (SELECT u.id FROM user u
                    WHERE u.organization_id = :org
                      AND u.role = 'admin'
                      AND u.status = 'active');

-- run invitation_end(user int, now time)
UPDATE invitation
   SET open_for = NULL, withdrawn_at = :now
 WHERE open_for = :user;

-- First of all that is done with a link: whoever changes a status by hand has the user before the link, too.
-- run invitation_hold(user int)
UPDATE user
   SET version = version + 1
 WHERE id = :user
   AND status = 'invited';

-- run invitation_forget(user int)
DELETE FROM invitation
 WHERE user_id = :user
   AND NOT EXISTS (SELECT t.id FROM tenure t WHERE t.user_id = :user);

-- run invitation_user_forget(user int)
DELETE FROM user
 WHERE id = :user
   AND status = 'invited'
   AND NOT EXISTS (SELECT t.id FROM tenure t WHERE t.user_id = :user);

-- One who is invited, and the newest link that was made for them. works: it can be used.
-- one invitation_of(org int, id text, now time) -> user int, id text, name text, email text, role text,
--     created_at time?, expires_at time?, invited_by text?, works flag?
SELECT u.id AS user, u.public_id AS id, COALESCE(u.called, p.name) AS name, p.email, u.role, i.created_at, i.expires_at, b.name AS invited_by,
       i.open_for IS NOT NULL AND i.live_id IS NOT NULL AND i.expires_at > :now
       AND (a.id IS NOT NULL
            OR (i.tenure_id IS NULL AND b.is_operator = 1
                AND (b.operator_tenure_id IS NULL OR y.live_id IS NOT NULL)
                AND NOT EXISTS (SELECT x.id FROM user x
                                 WHERE x.organization_id = :org
                                   AND x.role = 'admin'
                                   AND x.status = 'active'))) AS works
  FROM user u
  JOIN person p ON p.id = u.person_id
  LEFT JOIN invitation i ON i.id = (SELECT MAX(x.id) FROM invitation x WHERE x.user_id = u.id)
  LEFT JOIN person b ON b.id = i.created_by
  LEFT JOIN tenure y ON y.id = b.operator_tenure_id
  LEFT JOIN tenure t ON t.id = i.tenure_id
  LEFT JOIN user a ON a.id = t.live_id AND a.role = 'admin'
 WHERE u.organization_id = :org
   AND u.public_id = :id
   AND u.status = 'invited';

-- An admin's link works while they are an admin: who leaves, or is one no more, has no way in left behind. That of an
-- operator works while they are an operator and the organization has no admin, wherever one comes from: from then on it
-- is its own. Any works while its user has been invited without a break. by_user or by_operator is who made it.
-- one invitation_open(token_hash text, now time) -> invitation int, id text, user int, org int,
--     organization text, person int, name text, email text, password_hash text?, role text,
--     expires_at time, by_user int?, by_operator int?
SELECT i.id AS invitation, i.public_id AS id, u.id AS user, o.id AS org, o.name AS organization,
       p.id AS person, COALESCE(u.called, p.name) AS name, p.email, p.password_hash, u.role, i.expires_at, a.id AS by_user,
       b.id AS by_operator
  FROM invitation i
  JOIN user u ON u.id = i.user_id AND u.organization_id = i.organization_id
  JOIN person p ON p.id = u.person_id
  JOIN organization o ON o.id = i.organization_id
  LEFT JOIN tenure t ON t.id = i.tenure_id
  LEFT JOIN user a ON a.id = t.live_id AND a.role = 'admin'
  LEFT JOIN person b ON b.id = i.created_by AND b.is_operator = 1 AND i.tenure_id IS NULL
  LEFT JOIN tenure y ON y.id = b.operator_tenure_id
 WHERE i.token_hash = :token_hash
   AND i.open_for IS NOT NULL
   AND i.live_id = u.id
   AND i.expires_at > :now
   AND (a.id IS NOT NULL
        OR (b.id IS NOT NULL
            AND (b.operator_tenure_id IS NULL OR y.live_id IS NOT NULL)
            AND NOT EXISTS (SELECT x.id FROM user x
                             WHERE x.organization_id = o.id
                               AND x.role = 'admin'
                               AND x.status = 'active')))
   AND u.status = 'invited'
   AND o.status = 'active';

-- run invitation_use(invitation int, now time)
UPDATE invitation
   SET open_for = NULL, used_at = :now
 WHERE id = :invitation
   AND open_for IS NOT NULL
   AND live_id IS NOT NULL
   AND expires_at > :now;

-- run invitation_activate(user int)
UPDATE user
   SET status = 'active', version = version + 1
 WHERE id = :user
   AND status = 'invited';

-- Who has come nowhere before comes as whom they were invited as.
-- run invitation_password(person int, name text, password_hash text)
UPDATE person
   SET password_hash = :password_hash, name = :name, version = version + 1
 WHERE id = :person
   AND password_hash IS NULL;

-- The newest that an operator has made in an organization: what they see of its first admin's way in. Whom the organization
-- invites itself is its own. live: nobody has changed the status of its user since, and it is good for what it was made for.
-- one invitation_last(org int) -> user text, name text, email text, user_status text, created_at time,
--     expires_at time, used_at time?, withdrawn_at time?, live flag
SELECT u.public_id AS user, COALESCE(u.called, p.name) AS name, p.email, u.status AS user_status, i.created_at, i.expires_at, i.used_at,
       i.withdrawn_at,
       i.live_id IS NOT NULL AND b.id IS NOT NULL AND (b.operator_tenure_id IS NULL OR y.live_id IS NOT NULL)
       AND NOT EXISTS (SELECT x.id FROM user x
                        WHERE x.organization_id = :org
                          AND x.role = 'admin'
                          AND x.status = 'active') AS live
  FROM invitation i
  JOIN user u ON u.id = i.user_id
  JOIN person p ON p.id = u.person_id
  LEFT JOIN person b ON b.id = i.created_by AND b.is_operator = 1
  LEFT JOIN tenure y ON y.id = b.operator_tenure_id
 WHERE i.organization_id = :org
   AND i.tenure_id IS NULL
 ORDER BY i.id DESC
 LIMIT 1;
