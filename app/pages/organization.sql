-- An organization, as its operator sees it.

-- First keys that wait to be opened.
-- rows organization_pending(org int) -> environment text, name text, expires_at time?
SELECT c.environment, c.name, s.expires_at
  FROM client c
  JOIN secret s ON s.current_of = c.id AND s.status = 'pending'
 WHERE c.organization_id = :org
   AND c.environment IN ('production', 'integration')
   AND c.kind = 'account'
   AND c.deleted_at IS NULL
 ORDER BY s.id
 LIMIT 100;
