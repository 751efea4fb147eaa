-- What needs attention among the scoped credentials of an organization, by what it is: the first ten of each, in the
-- order of urgency, and how many there are. Each part reads one stretch of an index, 2,001 rows at most; what is
-- deactivated among them is passed over, so found is how many there are at least. The account keys, which are
-- few, are looked at one by one instead.

-- By ends: since is the earliest that is still told, soon the latest that is announced, tomorrow that of rotations;
-- overdue the latest time at which an overdue secret was made.
-- rows attention_ends(org int, now time, since time, soon time, tomorrow time, overdue time) ->
--     what text, client int, at time?, found int
SELECT what, client, at, found
  FROM (
    (SELECT 'expired' AS what, c.id AS client, c.expires_at AS at, COUNT(*) OVER () AS found
       FROM (SELECT id
               FROM client
              WHERE organization_id = :org
                AND expires_at > :since
                AND expires_at <= :now
              ORDER BY expires_at
              LIMIT 2001) due
       JOIN client c ON c.id = due.id AND c.organization_id = :org
                    AND c.status = 'active' AND c.kind = 'scoped'
       JOIN secret s ON s.current_of = c.id
      ORDER BY at
      LIMIT 10)
    UNION ALL
    (SELECT 'rotating' AS what, c.id AS client, due.ends_at AS at, COUNT(*) OVER () AS found
       FROM (SELECT retiring_of AS id, ends_at
               FROM secret
              WHERE organization_id = :org
                AND ends_at > :now
                AND ends_at <= :tomorrow
              ORDER BY ends_at
              LIMIT 2001) due
       JOIN client c ON c.id = due.id AND c.organization_id = :org
                    AND c.status = 'active' AND c.kind = 'scoped'
       JOIN secret s ON s.current_of = c.id AND s.leaver_at IS NULL
      ORDER BY at
      LIMIT 10)
    UNION ALL
    (SELECT 'expiring' AS what, c.id AS client, c.expires_at AS at, COUNT(*) OVER () AS found
       FROM (SELECT id
               FROM client
              WHERE organization_id = :org
                AND expires_at > :now
                AND expires_at <= :soon
              ORDER BY expires_at
              LIMIT 2001) due
       JOIN client c ON c.id = due.id AND c.organization_id = :org
                    AND c.status = 'active' AND c.kind = 'scoped'
       JOIN secret s ON s.current_of = c.id
      WHERE s.created_at > :overdue
        AND s.leaver_at IS NULL
      ORDER BY at
      LIMIT 10)) due
 ORDER BY at, client
 LIMIT 100;

-- By secrets: silent is the latest time of the last call of an unused one; retired a number of the ring that is not
-- read any more, 0 when there is none.
-- rows attention_secrets(org int, now time, soon time, overdue time, silent time, retired int) ->
--     what text, client int, at time?, found int
SELECT what, client, at, found
  FROM (
    (SELECT 'refused' AS what, c.id AS client, s.created_at AS at, COUNT(*) OVER () AS found
       FROM (SELECT id
               FROM secret
              WHERE organization_id = :org
                AND status = 'active'
                AND key_number = :retired
              ORDER BY id
              LIMIT 2001) due
       JOIN secret s ON s.id = due.id
       JOIN client c ON c.id = s.current_of AND c.organization_id = :org
                    AND c.status = 'active' AND c.kind = 'scoped'
      ORDER BY at
      LIMIT 10)
    UNION ALL
    (SELECT 'leaver' AS what, c.id AS client, s.leaver_at AS at, COUNT(*) OVER () AS found
       FROM (SELECT id
               FROM secret
              WHERE organization_id = :org
                AND status = 'active'
                AND leaver_at IS NOT NULL
              ORDER BY leaver_at
              LIMIT 2001) due
       JOIN secret s ON s.id = due.id AND s.key_number <> :retired
       JOIN client c ON c.id = s.current_of AND c.organization_id = :org
                    AND c.status = 'active' AND c.kind = 'scoped'
      WHERE (c.expires_at IS NULL OR c.expires_at > :now)
      ORDER BY at
      LIMIT 10)
    UNION ALL
    (SELECT 'overdue' AS what, c.id AS client, s.created_at AS at, COUNT(*) OVER () AS found
       FROM (SELECT id
               FROM secret
              WHERE organization_id = :org
                AND status = 'active'
                AND created_at <= :overdue
              ORDER BY created_at
              LIMIT 2001) due
       JOIN secret s ON s.id = due.id AND s.leaver_at IS NULL
       JOIN client c ON c.id = s.current_of AND c.organization_id = :org
                    AND c.status = 'active' AND c.kind = 'scoped'
      WHERE (c.expires_at IS NULL OR c.expires_at > :now)
      ORDER BY at
      LIMIT 10)
    UNION ALL
    (SELECT 'unconfirmed' AS what, c.id AS client, s.created_at AS at, COUNT(*) OVER () AS found
       FROM (SELECT id
               FROM secret
              WHERE organization_id = :org
                AND status = 'active'
                AND stored_at IS NULL
                AND created_at > :overdue
              ORDER BY created_at
              LIMIT 2001) due
       JOIN secret s ON s.id = due.id AND s.leaver_at IS NULL
       JOIN client c ON c.id = s.current_of AND c.organization_id = :org
                    AND c.status = 'active' AND c.kind = 'scoped'
      WHERE (c.expires_at IS NULL OR c.expires_at > :soon)
      ORDER BY at
      LIMIT 10)
    UNION ALL
    (SELECT 'unused' AS what, c.id AS client, COALESCE(s.last_used_at, s.created_at) AS at, COUNT(*) OVER () AS found
       FROM (SELECT id
               FROM (SELECT id
                       FROM secret
                      WHERE organization_id = :org
                        AND status = 'active'
                        AND last_used_day IS NULL
                        AND created_at > :overdue
                        AND created_at <= :silent
                      ORDER BY created_at
                      LIMIT 2001) never
             UNION ALL
             SELECT id
               FROM (SELECT id
                       FROM secret
                      WHERE organization_id = :org
                        AND status = 'active'
                        AND last_used_day <= :silent
                      ORDER BY last_used_day
                      LIMIT 2001) long_ago) due
       JOIN secret s ON s.id = due.id AND s.leaver_at IS NULL
       JOIN client c ON c.id = s.current_of AND c.organization_id = :org
                    AND c.status = 'active' AND c.kind = 'scoped'
      WHERE s.created_at > :overdue
        AND s.created_at <= :silent
        AND (s.last_used_at IS NULL OR s.last_used_at <= :silent)
        AND s.stored_at IS NOT NULL
        AND (c.expires_at IS NULL OR c.expires_at > :soon)
      ORDER BY at
      LIMIT 10)) due
 ORDER BY at, client
 LIMIT 100;

-- The next key of the ring, by number, that secrets of it were made under: one step in an index each.
-- one attention_ring(org int, after int) -> number int
SELECT key_number AS number
  FROM secret
 WHERE organization_id = :org
   AND status = 'active'
   AND key_number > :after
 ORDER BY key_number
 LIMIT 1;

-- The additional secrets that have not ended, of one's own or, with `all`, everybody's: the places bound how many there are.
-- rows attention_additional(org int, all flag, owner int?) -> client int
SELECT id AS client
  FROM client
 WHERE organization_id = :org
   AND environment IN ('production', 'integration')
   AND kind = 'additional'
   AND deleted_at IS NULL
   AND (:all OR owner_id = :owner)
 ORDER BY id
 LIMIT 1000;
