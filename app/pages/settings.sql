-- one settings_get(org int) -> id text, name text, version int
SELECT public_id AS id, name, version
  FROM organization
 WHERE id = :org;

-- run settings_save(org int, name text, version int)
UPDATE organization
   SET name = :name, version = version + 1
 WHERE id = :org
   AND version = :version;
