-- The terms that clients are found by. These statements are bounded by the client, whose row says whose it is.

-- one client_facts(client int) -> org int, integration flag, public_id text, client_id text, kind text,
--     name text, tags text, description text, status text, owner int?, created_at time
SELECT organization_id AS org, environment = 'integration' AS integration, public_id, client_id, kind,
       name, tags, description, status, owner_id AS owner, created_at
  FROM client
 WHERE id = :client
   FOR UPDATE;

-- rows client_facts_apis(client int) -> api int
SELECT DISTINCT api_id AS api
  FROM client_grant
 WHERE client_id = :client
 LIMIT 200;

-- one client_indexed_get(client int) -> name_key text, created_at time, terms text
SELECT name_key, created_at, terms
  FROM client_indexed
 WHERE client_id = :client;

-- quiet client_indexed_set(client int, name_key text, created_at time, terms text)
INSERT INTO client_indexed (client_id, name_key, created_at, terms)
VALUES (:client, :name_key, :created_at, :terms)
    ON DUPLICATE KEY UPDATE name_key = VALUES(name_key), created_at = VALUES(created_at),
                            terms = VALUES(terms);

-- quiet client_indexed_mark(client int, format int)
UPDATE client
   SET indexed = :format
 WHERE id = :client;

-- quiet client_term_add(org int, integration flag, term text, created_at time, client int, name_key text)
INSERT INTO client_term (organization_id, integration, term, created_at, client_id, name_key)
VALUES (:org, :integration, :term, :created_at, :client, :name_key)
    ON DUPLICATE KEY UPDATE name_key = VALUES(name_key);

-- quiet client_term_drop(org int, integration flag, term text, created_at time, client int)
DELETE FROM client_term
 WHERE organization_id = :org
   AND integration = :integration
   AND term = :term
   AND created_at = :created_at
   AND client_id = :client;

-- rows client_index_due(format int, count int) -> client int
SELECT id AS client
  FROM client
 WHERE indexed < :format
 ORDER BY indexed, id
 LIMIT :count;
