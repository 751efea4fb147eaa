-- The catalogue is changed. Each of these is called with the catalogue held.

-- quiet catalogue_held()
UPDATE catalogue
   SET version = version
 WHERE id = 1;

-- quiet catalogue_apis_held()
UPDATE api
   SET position = position;

-- quiet catalogue_permissions_held()
UPDATE permission
   SET position = position;

-- run catalogue_raise()
UPDATE catalogue
   SET version = version + 1
 WHERE id = 1;

-- run api_add(public_id text, word text, name text, description text, level text, choice text, now time)
INSERT INTO api (public_id, word, name, description, level, choice, position, created_at)
VALUES (:public_id, :word, :name, :description, :level, :choice, 0, :now);

-- run api_save(api int, name text, description text, level text, choice text)
UPDATE api
   SET name = :name, description = :description, level = :level, choice = :choice,
       version = version + 1
 WHERE id = :api;

-- run api_place(word text, position int)
UPDATE api
   SET position = :position
 WHERE word = :word;

-- run api_remove(api int)
DELETE FROM api
 WHERE id = :api;

-- run permission_add(api int, word text, name text, only_reads flag, position int)
INSERT INTO permission (api_id, word, name, only_reads, position)
VALUES (:api, :word, :name, :only_reads, :position);

-- run permission_save(api int, word text, name text, only_reads flag, position int)
UPDATE permission
   SET name = :name, only_reads = :only_reads, position = :position
 WHERE api_id = :api
   AND word = :word;

-- Those of deleted credentials: there are no others where a permission goes.
-- run permission_grants_remove(api int, word text)
DELETE FROM client_grant
 WHERE permission_id = (SELECT p.id
                          FROM permission p
                         WHERE p.api_id = :api
                           AND p.word = :word)
   AND client_id IN (SELECT c.id
                       FROM client c
                      WHERE c.deleted_at IS NOT NULL);

-- run permission_remove(api int, word text)
DELETE FROM permission
 WHERE api_id = :api
   AND word = :word;

-- run permission_includes_clear(api int)
UPDATE permission
   SET includes_id = NULL
 WHERE api_id = :api;

-- run permission_includes(api int, word text, includes text)
UPDATE permission p
  JOIN permission w ON w.api_id = p.api_id AND w.word = :includes
   SET p.includes_id = w.id
 WHERE p.api_id = :api
   AND p.word = :word;

-- run permission_gives_remove(api int)
DELETE FROM permission_gives
 WHERE permission_id IN (SELECT p.id
                           FROM permission p
                          WHERE p.api_id = :api);

-- run permission_gives_add(api int, word text, gives text)
INSERT INTO permission_gives (permission_id, gives_id)
SELECT p.id, w.id
  FROM permission p
  JOIN permission w ON w.api_id = p.api_id AND w.word = :gives
 WHERE p.api_id = :api
   AND p.word = :word;

-- run endpoints_remove(api int)
DELETE FROM endpoint
 WHERE api_id = :api;

-- run endpoint_add(api int, method text, path text, needs text, permission text?, position int)
INSERT INTO endpoint (api_id, method, path, needs, permission_id, position)
VALUES (:api, :method, :path, :needs,
        (SELECT p.id
           FROM permission p
          WHERE p.api_id = :api
            AND p.word = :permission),
        :position);
