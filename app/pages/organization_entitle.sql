-- What an organization may use once it is entitled to an API.

-- one organization_entitle_api(org int, api text) -> word text, name text, entitled flag
SELECT a.word, a.name, e.api_id IS NOT NULL AS entitled
  FROM api a
  LEFT JOIN entitlement e ON e.api_id = a.id AND e.organization_id = :org
 WHERE a.word = :api;
