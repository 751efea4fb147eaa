-- Where a credential is used: the places that people declare, and the callers to hold them against.

-- one declared_place_client(org int, id text) -> client int, id text, name text, kind text, environment text
SELECT id AS client, public_id AS id, name, kind, environment
  FROM client
 WHERE organization_id = :org
   AND public_id = :id
   AND deleted_at IS NULL;

-- rows declared_place_taken(client int) -> place int
SELECT place
  FROM declared_place
 WHERE client_id = :client
 LIMIT 1000;

-- claim declared_place_insert(public_id text, org int, client int, place int, name text, owner text, note text,
--     networks text, program text, me int?, now time)
INSERT INTO declared_place (public_id, organization_id, client_id, place, name, owner, note,
                            networks, program, created_by, created_at)
VALUES (:public_id, :org, :client, :place, :name, :owner, :note,
        :networks, :program, :me, :now);

-- one declared_place_get(org int, id text) -> id text, version int, name text, owner text, note text,
--     networks text, program text, client text, client_name text, kind text, environment text
SELECT d.public_id AS id, d.version, d.name, d.owner, d.note, d.networks, d.program,
       c.public_id AS client, c.name AS client_name, c.kind, c.environment
  FROM declared_place d
  JOIN client c ON c.id = d.client_id
 WHERE d.organization_id = :org
   AND d.public_id = :id
   AND c.deleted_at IS NULL;

-- run declared_place_update(org int, id text, version int, name text, owner text, note text, networks text,
--     program text)
UPDATE declared_place
   SET name = :name, owner = :owner, note = :note, networks = :networks, program = :program,
       version = version + 1
 WHERE organization_id = :org
   AND public_id = :id
   AND version = :version;

-- run declared_place_delete(org int, id text)
DELETE FROM declared_place
 WHERE organization_id = :org
   AND public_id = :id;

-- rows declared_place_list(client int, count int) -> id text, name text, owner text, note text, networks text,
--     program text
SELECT public_id AS id, name, owner, note, networks, program
  FROM declared_place
 WHERE client_id = :client
 ORDER BY name, id
 LIMIT :count;

-- Who was accepted with any secret of the client, the latest first. Calls after a secret's end were refused.
-- rows declared_place_callers(client int, count int) -> address text, program text, last_at time?
SELECT k.address, k.program, MAX(LEAST(k.last_at, COALESCE(s.ended_at, k.last_at))) AS last_at
  FROM secret s
  JOIN secret_caller k ON k.secret_id = s.id
 WHERE s.client_id = :client
   AND s.kind = 'primary'
   AND k.calls > k.refused
 GROUP BY k.address, k.program
 ORDER BY last_at DESC, k.address, k.program
 LIMIT :count;
