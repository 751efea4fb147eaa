-- What an organization loses with an API.

-- one organization_withdraw_api(org int, api text) -> word text, name text, entitled_at time
SELECT a.word, a.name, e.granted_at AS entitled_at
  FROM api a
  JOIN entitlement e ON e.api_id = a.id AND e.organization_id = :org
 WHERE a.word = :api;
