-- What an organization loses with an API.

-- one organization_withdraw_api(org int, api text) -> word text, name text, entitled_at time
SELECT a.word, a.name, e.granted_at AS entitled_at
  FROM api a
  JOIN entitlement e ON e.api_id = a.id AND e.organization_id = :org
 WHERE a.word = :api;

-- Credentials that have been given a permission of it; 1,001 stands for more than 1,000.
-- one organization_withdraw_felt(org int, api text) -> n int
SELECT COUNT(*) AS n
  FROM (SELECT DISTINCT g.client_id
          FROM api a
          JOIN client_grant g ON g.organization_id = :org AND g.api_id = a.id
          JOIN client c ON c.id = g.client_id AND c.deleted_at IS NULL
         WHERE a.word = :api
         LIMIT 1001) felt;
