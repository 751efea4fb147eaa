-- The form for a new organization.

-- rows organization_new_apis() -> word text, name text, description text, level text
SELECT word, name, description, level
  FROM api
 ORDER BY position, id
 LIMIT 500;
