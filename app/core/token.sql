-- What a token says of its caller.

-- What a credential may do now: an account key all that its organization is entitled to, another one what it
-- was granted of that, with what that includes; of that, if it may only read, what does no more. Two statements: as
-- one, its plan costs five times as much.
-- rows token_permissions_all(org int) -> word text?
SELECT CONCAT(a.word, ':', p.word) AS word
  FROM entitlement e
  JOIN api a ON a.id = e.api_id
  JOIN permission p ON p.api_id = a.id
 WHERE e.organization_id = :org
 LIMIT 600;

-- picked: it is of use on workspaces only.
-- rows token_permissions_granted(org int, client int, only_reads flag) -> word text?, picked flag
SELECT DISTINCT CONCAT(a.word, ':', p.word) AS word, a.level = 'workspace' AS picked
  FROM client_grant g
  JOIN entitlement e ON e.organization_id = g.organization_id AND e.api_id = g.api_id
  JOIN permission_gives v ON v.permission_id = g.permission_id
  JOIN permission p ON p.id = v.gives_id
  JOIN api a ON a.id = p.api_id
 WHERE g.client_id = :client
   AND g.organization_id = :org
   AND (:only_reads = 0 OR p.only_reads = 1)
 LIMIT 600;
