-- APIs that organizations have asked the operator for.

-- The API as the organization stands to it: entitled, asked for, neither.
-- one wish_api(org int, id text) -> api int, word text, name text, description text, entitled_at time?,
--     asked_at time?, asked_by text?, note text?, declined_at time?
SELECT a.id AS api, a.word, a.name, a.description, e.granted_at AS entitled_at, w.asked_at,
       p.name AS asked_by, w.note, w.declined_at
  FROM api a
  LEFT JOIN entitlement e ON e.api_id = a.id AND e.organization_id = :org
  LEFT JOIN entitlement_wish w ON w.api_id = a.id AND w.organization_id = :org
  LEFT JOIN user u ON u.id = w.asked_by AND u.organization_id = w.organization_id
  LEFT JOIN person p ON p.id = u.person_id
 WHERE a.public_id = :id;

-- claim wish_add(org int, api int, me int, note text, now time)
INSERT INTO entitlement_wish (organization_id, api_id, asked_by, asked_at, note)
VALUES (:org, :api, :me, :now, :note);

-- run wish_anew(org int, api int, me int, note text, now time)
UPDATE entitlement_wish
   SET asked_by = :me, asked_at = :now, note = :note, declined_by = NULL, declined_at = NULL
 WHERE organization_id = :org
   AND api_id = :api
   AND declined_at IS NOT NULL;

-- run wish_decline(org int, api text, by int?, now time)
UPDATE entitlement_wish
   SET declined_by = :by, declined_at = :now
 WHERE organization_id = :org
   AND api_id = (SELECT a.id FROM api a WHERE a.word = :api)
   AND declined_at IS NULL;

-- quiet wish_granted(org int, api text)
DELETE FROM entitlement_wish
 WHERE organization_id = :org
   AND api_id = (SELECT a.id FROM api a WHERE a.word = :api);

-- The operator's: the oldest that wait, of all organizations.
-- rows wish_waiting(count int) -> org text, organization text, api text, name text, asked_by text,
--     asked_at time, note text
SELECT o.public_id AS org, o.name AS organization, a.word AS api, a.name, p.name AS asked_by,
       w.asked_at, w.note
  FROM entitlement_wish w
  JOIN organization o ON o.id = w.organization_id
  JOIN api a ON a.id = w.api_id
  JOIN user u ON u.id = w.asked_by
  JOIN person p ON p.id = u.person_id
 WHERE w.declined_at IS NULL
 ORDER BY w.asked_at, w.id
 LIMIT :count;

-- The operator's: those of one organization.
-- rows wish_of(org int) -> org text, organization text, api text, name text, asked_by text, asked_at time,
--     note text
SELECT o.public_id AS org, o.name AS organization, a.word AS api, a.name, p.name AS asked_by,
       w.asked_at, w.note
  FROM entitlement_wish w
  JOIN organization o ON o.id = w.organization_id
  JOIN api a ON a.id = w.api_id
  JOIN user u ON u.id = w.asked_by
  JOIN person p ON p.id = u.person_id
 WHERE w.organization_id = :org
   AND w.declined_at IS NULL
 ORDER BY w.asked_at, w.id
 LIMIT 200;
