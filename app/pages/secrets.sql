-- The list of additional secrets: those that have not ended, and those that have. Both are somebody's own, or with `all`
-- those of everybody in the organization; without either they are nobody's.

-- Those that have not ended, the newest first. The places bound how many there are, so that all of them are looked at.
-- ending, silent: the latest end that is announced, and the latest last call of an unused one.
-- rows secrets_live(org int, environment text, all flag, owner int?, parent int?, api int?, state text?,
--     pattern text?, now time, ending time, silent time) -> client int, id text
SELECT c.id AS client, c.public_id AS id
  FROM client c
  JOIN client k ON k.id = c.parent_id AND k.organization_id = c.organization_id
  LEFT JOIN secret s ON s.current_of = c.id
  LEFT JOIN client_indexed i ON i.client_id = c.id
 WHERE c.organization_id = :org
   AND c.environment = :environment
   AND c.kind = 'additional'
   AND c.deleted_at IS NULL
   AND (:all OR c.owner_id = :owner)
   AND (:parent IS NULL OR c.parent_id = :parent)
   AND (:api IS NULL OR EXISTS (SELECT 1
                                  FROM client_grant g
                                 WHERE g.organization_id = c.organization_id
                                   AND g.api_id = :api
                                   AND g.client_id = c.id))
   AND (:pattern IS NULL OR CONCAT(' ', REPLACE(i.terms, ' ', '  '), ' ') LIKE :pattern)
   AND (:state IS NULL
        OR (:state = 'waiting' AND s.status = 'pending' AND s.expires_at > :now)
        OR (:state = 'working' AND s.status = 'active' AND k.status = 'active'
            AND (c.expires_at IS NULL OR c.expires_at > :now))
        OR (:state = 'ending' AND c.expires_at > :now AND c.expires_at <= :ending)
        OR (:state = 'unused' AND s.status = 'active' AND s.created_at <= :silent
            AND (s.last_used_at IS NULL OR s.last_used_at <= :silent)))
 ORDER BY c.id DESC
 LIMIT 1000;

-- How many of those that work or wait to be opened are one's own.
-- one secrets_own(org int, environment text, owner int, now time) -> own int
SELECT COUNT(*) AS own
  FROM client c
  JOIN secret s ON s.current_of = c.id
 WHERE c.owner_id = :owner
   AND c.kind = 'additional'
   AND c.deleted_at IS NULL
   AND c.organization_id = :org
   AND c.environment = :environment
   AND (c.expires_at IS NULL OR c.expires_at > :now)
   AND (s.status <> 'pending' OR s.expires_at > :now);

-- Where a page of a list begins; also that of one that has ended since.
-- one secrets_place(org int, id text, all flag, owner int?) -> client int, ended_at time?
SELECT id AS client, deleted_at AS ended_at
  FROM client
 WHERE organization_id = :org
   AND public_id = :id
   AND kind = 'additional'
   AND (:all OR owner_id = :owner);

-- Whether members make any themselves: at least one permission of what they may give is in force.
-- one secrets_members_make(org int) -> makes flag
SELECT EXISTS (SELECT 1
                 FROM member_permission m
                 JOIN permission p ON p.id = m.permission_id
                 JOIN entitlement e ON e.organization_id = m.organization_id AND e.api_id = p.api_id
                WHERE m.organization_id = o.id) AS makes
  FROM organization o
 WHERE o.id = :org;

-- ---- those that have ended, from the newest on, and back: each walks an index from where the page begins, that of all or
-- that of one member.

-- rows secrets_ended(org int, environment text, all flag, owner int?, at time, client int, count int) ->
--     client int, id text
SELECT client, id
  FROM (
    (SELECT id AS client, public_id AS id, deleted_at
       FROM client FORCE INDEX (client_list)
      WHERE :all
        AND organization_id = :org
        AND environment = :environment
        AND kind = 'additional'
        AND deleted_at <= :at
        AND (deleted_at < :at OR id < :client)
      ORDER BY deleted_at DESC, id DESC
      LIMIT :count)
    UNION ALL
    (SELECT id AS client, public_id AS id, deleted_at
       FROM client FORCE INDEX (client_owner)
      WHERE NOT :all
        AND owner_id = :owner
        AND kind = 'additional'
        AND organization_id = :org
        AND environment = :environment
        AND deleted_at <= :at
        AND (deleted_at < :at OR id < :client)
      ORDER BY deleted_at DESC, id DESC
      LIMIT :count)) found
 ORDER BY deleted_at DESC, client DESC
 LIMIT :count;

-- rows secrets_ended_back(org int, environment text, all flag, owner int?, at time, client int, count int) ->
--     client int, id text
SELECT client, id
  FROM (
    (SELECT id AS client, public_id AS id, deleted_at
       FROM client FORCE INDEX (client_list)
      WHERE :all
        AND organization_id = :org
        AND environment = :environment
        AND kind = 'additional'
        AND deleted_at >= :at
        AND (deleted_at > :at OR id > :client)
      ORDER BY deleted_at, id
      LIMIT :count)
    UNION ALL
    (SELECT id AS client, public_id AS id, deleted_at
       FROM client FORCE INDEX (client_owner)
      WHERE NOT :all
        AND owner_id = :owner
        AND kind = 'additional'
        AND organization_id = :org
        AND environment = :environment
        AND deleted_at >= :at
        AND (deleted_at > :at OR id > :client)
      ORDER BY deleted_at, id
      LIMIT :count)) found
 ORDER BY deleted_at, client
 LIMIT :count;

-- The last entry about each is that of its end; nobody's is the program's own.
-- rows secrets_ended_shown(org int, ids text) -> id text, name text, client_id text, parent_name text,
--     owner text, owner_id text, owner_status text, created_at time, ended_at time?, ended_reason text,
--     hint text?, last_used_at time?, by_name text?
SELECT STRAIGHT_JOIN c.public_id AS id, c.name, k.client_id, k.name AS parent_name, COALESCE(u.called, p.name) AS owner,
       u.public_id AS owner_id, u.status AS owner_status, c.created_at, c.deleted_at AS ended_at,
       c.ended_reason, s.hint, s.last_used_at, b.name AS by_name
  FROM JSON_TABLE(:ids, '$[*]' COLUMNS (place FOR ORDINALITY, client BIGINT PATH '$')) wanted
  JOIN client c ON c.id = wanted.client
  JOIN client k ON k.id = c.parent_id AND k.organization_id = c.organization_id
  JOIN user u ON u.id = c.owner_id AND u.organization_id = c.organization_id
  JOIN person p ON p.id = u.person_id
  LEFT JOIN secret s ON s.id = (SELECT MAX(x.id)
                                  FROM secret x
                                 WHERE x.client_id = c.id)
  LEFT JOIN audit_entry e ON e.id = (SELECT a.id
                                       FROM audit_entry a
                                      WHERE a.organization_id = c.organization_id
                                        AND a.object = c.public_id
                                      ORDER BY a.at DESC, a.id DESC
                                      LIMIT 1)
  LEFT JOIN person b ON b.id = e.person_id
 WHERE c.organization_id = :org
   AND c.deleted_at IS NOT NULL
 ORDER BY wanted.place
 LIMIT 100;
