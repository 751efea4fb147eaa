-- The operator's list of all organizations.

-- rows organizations_page(q text, after_name text, after int, count int) -> org int, id text, name text,
--     status text, created_at time, admins int?, apis int?, account_keys int?
SELECT o.id AS org, o.public_id AS id, o.name, o.status, o.created_at,
       (SELECT COUNT(*) FROM user u
         WHERE u.organization_id = o.id AND u.role = 'admin' AND u.status = 'active') AS admins,
       (SELECT COUNT(*) FROM entitlement e WHERE e.organization_id = o.id) AS apis,
       (SELECT COUNT(*) FROM client c
         WHERE c.organization_id = o.id AND c.environment IN ('production', 'integration')
           AND c.kind = 'account' AND c.deleted_at IS NULL) AS account_keys
  FROM organization o
 WHERE o.name_lower LIKE CONCAT(LOWER(:q), '%')
   AND (o.name_lower > :after_name OR (o.name_lower = :after_name AND o.id > :after))
 ORDER BY o.name_lower, o.id
 LIMIT :count;

-- Those that nobody can act for, the newest first.
-- rows organizations_without(count int) -> id text, name text
SELECT o.public_id AS id, o.name
  FROM organization o
 WHERE o.status = 'active'
   AND NOT EXISTS (SELECT u.id FROM user u
                    WHERE u.organization_id = o.id
                      AND u.role = 'admin'
                      AND u.status = 'active')
 ORDER BY o.id DESC
 LIMIT :count;

-- Where the next page begins.
-- one organizations_after(id text) -> org int, name_lower text?
SELECT id AS org, name_lower
  FROM organization
 WHERE public_id = :id;
