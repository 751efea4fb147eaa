-- Who may have acted: people of the organization, those who have left last. Of the installation: its operators.

-- rows audit_filters_people(org int) -> id text, person int, name text, email text
SELECT u.public_id AS id, p.id AS person, COALESCE(u.called, p.name) AS name, p.email
  FROM user u FORCE INDEX (user_organization)
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
 ORDER BY u.status, u.id
 LIMIT 100;

-- one audit_filters_person(org int, id text) -> person int, name text, email text
SELECT p.id AS person, COALESCE(u.called, p.name) AS name, p.email
  FROM user u
  JOIN person p ON p.id = u.person_id
 WHERE u.organization_id = :org
   AND u.public_id = :id;

-- The operator's, of no organization.
-- rows audit_filters_operators() -> id text, person int, name text, email text
SELECT p.public_id AS id, p.id AS person, p.name, p.email
  FROM person p
 WHERE p.is_operator = 1
 ORDER BY p.id
 LIMIT 100;

-- Whom an e-mail address is of.
-- one audit_filters_email(org int, email text) -> id text
SELECT u.public_id AS id
  FROM person p
  JOIN user u ON u.person_id = p.id
 WHERE p.email = :email
   AND u.organization_id = :org;

-- The same among operators.
-- one audit_filters_operator(email text) -> id text
SELECT public_id AS id
  FROM person
 WHERE email = :email
   AND is_operator = 1;

-- The client that a client ID is of, deleted or not.
-- one audit_filters_client(org int, client_id text) -> id text
SELECT public_id AS id
  FROM client
 WHERE organization_id = :org
   AND client_id = :client_id;
