-- Lists of clients by the terms that hold for them: core/client_list.h says how. fits: whether the other terms do,
-- which is what `terms LIKE :pattern` asks of a client's terms in order, each between two blanks. The index is said,
-- or the optimizer reads all that a term holds for and sorts it (MariaDB 10.11, 40,000 of a million).

-- one client_list_place(org int, id text) -> client int, created_at time, name_key text
SELECT c.id AS client, i.created_at, i.name_key
  FROM client c
  JOIN client_indexed i ON i.client_id = c.id
 WHERE c.organization_id = :org
   AND c.public_id = :id;

-- one client_list_id(org int, client int) -> id text
SELECT public_id AS id
  FROM client
 WHERE organization_id = :org
   AND id = :client;

-- one client_term_count(org int, integration flag, term text, made_from time, made_until time, most int) -> n int
SELECT COUNT(*) AS n
  FROM (SELECT client_id
          FROM client_term FORCE INDEX (PRIMARY)
         WHERE organization_id = :org
           AND integration = :integration
           AND term = :term
           AND created_at >= :made_from
           AND created_at < :made_until
         LIMIT :most) counted;

-- Of the first so many that a term holds for: how many there are, and how many fit.
-- one client_list_count(org int, integration flag, term text, made_from time, made_until time, pattern text,
--     most int) -> looked int, fits int
SELECT COUNT(*) AS looked,
       COUNT(CASE WHEN CONCAT(' ', REPLACE(i.terms, ' ', '  '), ' ') LIKE :pattern THEN 1 END) AS fits
  FROM (SELECT client_id
          FROM client_term FORCE INDEX (PRIMARY)
         WHERE organization_id = :org
           AND integration = :integration
           AND term = :term
           AND created_at >= :made_from
           AND created_at < :made_until
         ORDER BY created_at DESC, client_id DESC
         LIMIT :most) walked
  JOIN client_indexed i ON i.client_id = walked.client_id;

-- Four ways to walk: down and up the times of creation, up and down the names. several: there are other terms than the
-- one that is walked; without any the terms of the clients are not read.

-- rows client_walk_newest(org int, integration flag, term text, made_from time, made_until time, pattern text,
--     several flag, at time, client int, count int) -> client int, created_at time, name_key text, fits flag
SELECT t.client_id AS client, t.created_at, t.name_key,
       COALESCE(NOT :several OR CONCAT(' ', REPLACE(i.terms, ' ', '  '), ' ') LIKE :pattern, 0) AS fits
  FROM client_term t FORCE INDEX (PRIMARY)
  LEFT JOIN client_indexed i ON i.client_id = IF(:several, t.client_id, NULL)
 WHERE t.organization_id = :org
   AND t.integration = :integration
   AND t.term = :term
   AND t.created_at >= :made_from
   AND t.created_at < :made_until
   AND (t.created_at < :at OR (t.created_at = :at AND t.client_id < :client))
 ORDER BY t.created_at DESC, t.client_id DESC
 LIMIT :count;

-- rows client_walk_oldest(org int, integration flag, term text, made_from time, made_until time, pattern text,
--     several flag, at time, client int, count int) -> client int, created_at time, name_key text, fits flag
SELECT t.client_id AS client, t.created_at, t.name_key,
       COALESCE(NOT :several OR CONCAT(' ', REPLACE(i.terms, ' ', '  '), ' ') LIKE :pattern, 0) AS fits
  FROM client_term t FORCE INDEX (PRIMARY)
  LEFT JOIN client_indexed i ON i.client_id = IF(:several, t.client_id, NULL)
 WHERE t.organization_id = :org
   AND t.integration = :integration
   AND t.term = :term
   AND t.created_at >= :made_from
   AND t.created_at < :made_until
   AND (t.created_at > :at OR (t.created_at = :at AND t.client_id > :client))
 ORDER BY t.created_at, t.client_id
 LIMIT :count;

-- rows client_walk_names(org int, integration flag, term text, made_from time, made_until time, pattern text,
--     several flag, name_key text, client int, count int) -> client int, created_at time, name_key text, fits flag
SELECT t.client_id AS client, t.created_at, t.name_key,
       COALESCE((NOT :several OR CONCAT(' ', REPLACE(i.terms, ' ', '  '), ' ') LIKE :pattern)
       AND t.created_at >= :made_from AND t.created_at < :made_until, 0) AS fits
  FROM client_term t FORCE INDEX (client_term_name)
  LEFT JOIN client_indexed i ON i.client_id = IF(:several, t.client_id, NULL)
 WHERE t.organization_id = :org
   AND t.integration = :integration
   AND t.term = :term
   AND (t.name_key > :name_key OR (t.name_key = :name_key AND t.client_id > :client))
 ORDER BY t.name_key, t.client_id
 LIMIT :count;

-- rows client_walk_names_back(org int, integration flag, term text, made_from time, made_until time, pattern text,
--     several flag, name_key text, client int, count int) -> client int, created_at time, name_key text, fits flag
SELECT t.client_id AS client, t.created_at, t.name_key,
       COALESCE((NOT :several OR CONCAT(' ', REPLACE(i.terms, ' ', '  '), ' ') LIKE :pattern)
       AND t.created_at >= :made_from AND t.created_at < :made_until, 0) AS fits
  FROM client_term t FORCE INDEX (client_term_name)
  LEFT JOIN client_indexed i ON i.client_id = IF(:several, t.client_id, NULL)
 WHERE t.organization_id = :org
   AND t.integration = :integration
   AND t.term = :term
   AND (t.name_key < :name_key OR (t.name_key = :name_key AND t.client_id < :client))
 ORDER BY t.name_key DESC, t.client_id DESC
 LIMIT :count;

-- By name, of those few that were made in a time: all of them, put in order here.
-- rows client_walk_few(org int, integration flag, term text, made_from time, made_until time, pattern text,
--     several flag, most int) -> client int, created_at time, name_key text, fits flag
SELECT t.client_id AS client, t.created_at, t.name_key,
       COALESCE(NOT :several OR CONCAT(' ', REPLACE(i.terms, ' ', '  '), ' ') LIKE :pattern, 0) AS fits
  FROM (SELECT client_id, created_at, name_key
          FROM client_term FORCE INDEX (PRIMARY)
         WHERE organization_id = :org
           AND integration = :integration
           AND term = :term
           AND created_at >= :made_from
           AND created_at < :made_until
         LIMIT :most) t
  LEFT JOIN client_indexed i ON i.client_id = IF(:several, t.client_id, NULL)
 ORDER BY t.name_key, t.client_id
 LIMIT :most;

-- ---- what is shown of them, in no order. Begun at the ids and by that index, or all that the organization has is read,
-- for each of them (MariaDB 10.11, without statistics).

-- An additional secret is used with the client ID of its account key, its parent.
-- rows client_rows(org int, ids text) -> client int, id text, name text, client_id text, kind text,
--     environment text, status text, created_at time, hint text?, secret_made_at time?, stored_at time?,
--     last_used_at time?, last_used_from text?, expires_at time?, client_expires_at time?, secret_key int?,
--     old_hint text?, old_ends_at time?, owner text?, owner_user int?, only_reads flag, parent text?,
--     parent_name text?, parent_status text?, leaver_at time?, scope_lost flag
SELECT STRAIGHT_JOIN c.id AS client, c.public_id AS id, c.name,
       COALESCE(k.client_id, c.client_id) AS client_id, c.kind, c.environment, c.status, c.created_at,
       s.hint, s.created_at AS secret_made_at, s.stored_at, s.last_used_at, s.last_used_from,
       s.expires_at, c.expires_at AS client_expires_at, s.key_number AS secret_key,
       r.hint AS old_hint, r.ends_at AS old_ends_at, COALESCE(u.called, p.name) AS owner, u.id AS owner_user, c.only_reads,
       k.public_id AS parent, k.name AS parent_name, k.status AS parent_status, s.leaver_at,
       NOT EXISTS (SELECT 1
                     FROM client_account ca
                     JOIN account a ON a.id = ca.account_id AND a.archived = 0
                    WHERE ca.client_id = c.id)
       AND NOT EXISTS (SELECT 1
                         FROM client_workspace cw
                         JOIN workspace w ON w.id = cw.workspace_id AND w.archived = 0
                         JOIN account a ON a.id = w.account_id AND a.archived = 0
                        WHERE cw.client_id = c.id)
       AND (EXISTS (SELECT 1
                      FROM client_account ca
                     WHERE ca.client_id = c.id)
            OR EXISTS (SELECT 1
                         FROM client_workspace cw
                        WHERE cw.client_id = c.id)) AS scope_lost
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (client BIGINT PATH '$')) wanted
  JOIN client c ON c.id = wanted.client
  LEFT JOIN client k ON k.id = c.parent_id AND k.organization_id = c.organization_id
  LEFT JOIN secret s ON s.current_of = c.id
  LEFT JOIN secret r ON r.retiring_of = c.id
  LEFT JOIN user u ON u.id = c.owner_id AND u.organization_id = c.organization_id
  LEFT JOIN person p ON p.id = u.person_id
 WHERE c.organization_id = :org
   AND c.deleted_at IS NULL
 LIMIT 1000;

-- What each may do; entitled is false for what the organization has lost, which is not in force.
-- rows client_rows_may(org int, ids text) -> client int, api text, name text, entitled flag
SELECT STRAIGHT_JOIN g.client_id AS client, a.name AS api, p.name, e.api_id IS NOT NULL AS entitled
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (client BIGINT PATH '$')) wanted
  JOIN client_grant g FORCE INDEX (PRIMARY) ON g.client_id = wanted.client
  JOIN permission p ON p.id = g.permission_id
  JOIN api a ON a.id = p.api_id
  LEFT JOIN entitlement e ON e.organization_id = g.organization_id AND e.api_id = a.id
 WHERE g.organization_id = :org
 ORDER BY g.client_id, a.position, a.id, p.position, p.id
 LIMIT 5000;
