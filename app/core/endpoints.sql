-- The endpoints of the catalogue, as each thread compiles them. They belong to the installation.

-- one endpoints_version() -> version int
SELECT version
  FROM catalogue
 WHERE id = 1;

-- Version and endpoints are of one moment. One more than there may be, so that too many show. Without any
-- there is one row, with the version.
-- rows endpoints_all() -> version int, method text?, path text?, needs text?, level text?, api int?,
--     permission_id int?, permission text?, only_reads flag
SELECT v.version, e.method, e.path, e.needs, a.level, e.api_id AS api, e.permission_id,
       CONCAT(a.word, ':', p.word) AS permission, COALESCE(p.only_reads, 0) AS only_reads
  FROM catalogue v
  LEFT JOIN endpoint e ON v.id = 1
  LEFT JOIN api a ON a.id = e.api_id
  LEFT JOIN permission p ON p.id = e.permission_id
 WHERE v.id = 1
 LIMIT 2001;
