-- What only the examples need.

-- quiet demo_used(id text, at time, remote text)
UPDATE secret
   SET last_used_at = :at, last_used_from = :remote, calls = 1
 WHERE current_of = (SELECT c.id FROM client c WHERE c.public_id = :id);

-- one demo_secret(id text) -> secret int
SELECT s.id AS secret
  FROM client c
  JOIN secret s ON s.current_of = c.id
 WHERE c.public_id = :id;

-- quiet demo_deactivated(id text)
UPDATE client
   SET status = 'deactivated', version = version + 1
 WHERE public_id = :id;
