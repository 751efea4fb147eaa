-- People, their users in organizations, and the first set-up.

-- one person_by_email(email text) -> person int, id text, name text, email text, password_hash text?,
--     is_operator flag
SELECT p.id AS person, p.public_id AS id, p.name, p.email, p.password_hash,
       p.is_operator AND (p.operator_tenure_id IS NULL OR t.live_id IS NOT NULL) AS is_operator
  FROM person p
  LEFT JOIN tenure t ON t.id = p.operator_tenure_id
 WHERE p.email = :email;

-- one person_last() -> person int?
SELECT MAX(id) AS person
  FROM person;

-- The first with a password behind that one; or the first of all.
-- one person_hash_near(person int) -> password_hash text?
SELECT password_hash
  FROM ((SELECT password_hash, 0 AS turn
           FROM person
          WHERE id > :person
            AND password_hash IS NOT NULL
          ORDER BY id
          LIMIT 1)
        UNION ALL
        (SELECT password_hash, 1 AS turn
           FROM person
          WHERE password_hash IS NOT NULL
          ORDER BY id
          LIMIT 1)) found
 ORDER BY turn
 LIMIT 1;

-- rows person_belongs(person int) -> name text
SELECT o.name
  FROM user u
  JOIN organization o ON o.id = u.organization_id
 WHERE u.person_id = :person
   AND u.status = 'active'
 ORDER BY u.id
 LIMIT 20;

-- Where the person was last; of those where they never were, the first that they joined.
-- one person_home(person int) -> user int, org int
SELECT u.id AS user, u.organization_id AS org
  FROM user u
  JOIN organization o ON o.id = u.organization_id
 WHERE u.person_id = :person
   AND u.status = 'active'
   AND o.status = 'active'
 ORDER BY u.signed_in_at DESC, u.id
 LIMIT 1;

-- claim person_add(public_id text, email text, name text, password_hash text?, now time)
INSERT INTO person (public_id, email, name, password_hash, is_operator, created_at)
VALUES (:public_id, :email, :name, :password_hash, 0, :now);

-- run person_password(person int, password_hash text)
UPDATE person
   SET password_hash = :password_hash, version = version + 1
 WHERE id = :person;

-- quiet person_rehash(person int, before text, password_hash text)
UPDATE person
   SET password_hash = :password_hash
 WHERE id = :person
   AND password_hash = :before;

-- claim user_add(public_id text, org int, person int, role text, now time)
INSERT INTO user (public_id, organization_id, person_id, role, status, created_at)
VALUES (:public_id, :org, :person, :role, 'active', :now);

-- quiet user_acts(me int, role text)
UPDATE user
   SET acts = acts + 1
 WHERE id = :me
   AND role = :role
   AND status = 'active';

-- quiet person_acts(person int)
UPDATE person
   SET acts = acts + 1
 WHERE id = :person
   AND is_operator = 1;

-- one person_hash(person int) -> password_hash text?
SELECT password_hash
  FROM person
 WHERE id = :person;

-- quiet users_held(person int)
UPDATE user
   SET acts = acts + 1
 WHERE person_id = :person;

-- quiet person_held(person int)
UPDATE person
   SET acts = acts + 1
 WHERE id = :person;

-- quiet half_sessions_end(person int)
DELETE FROM half_session
 WHERE person_id = :person;

-- quiet sessions_end(person int, but int)
DELETE FROM session
 WHERE person_id = :person
   AND id <> :but;

-- quiet session_end_by_id(person int, id text)
DELETE FROM session
 WHERE person_id = :person
   AND public_id = :id;

-- run organization_add(public_id text, name text, now time)
INSERT INTO organization (public_id, name, status, created_at)
VALUES (:public_id, :name, 'active', :now);

-- one organization_by_public_id(id text) -> org int, name text
SELECT id AS org, name
  FROM organization
 WHERE public_id = :id;

-- rows organization_list() -> id text, name text, status text, created_at time
SELECT public_id AS id, name, status, created_at
  FROM organization
 ORDER BY id
 LIMIT 1000;

-- one installation_get() -> created_at time
SELECT created_at
  FROM installation
 WHERE id = 1;

-- claim installation_claim(now time)
INSERT INTO installation (id, created_at)
VALUES (1, :now);

-- quiet setup_links_end()
DELETE FROM setup_link
 WHERE used_at IS NULL;

-- run setup_link_add(token_hash text, now time)
INSERT INTO setup_link (token_hash, created_at)
VALUES (:token_hash, :now);

-- one setup_link_open(token_hash text, after time) -> link int, created_at time
SELECT id AS link, created_at
  FROM setup_link
 WHERE token_hash = :token_hash
   AND used_at IS NULL
   AND created_at > :after
   AND NOT EXISTS (SELECT i.id FROM installation i);

-- run setup_link_use(link int, now time)
UPDATE setup_link
   SET used_at = :now
 WHERE id = :link
   AND used_at IS NULL;
