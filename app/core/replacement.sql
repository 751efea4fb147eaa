-- The replacement of a compromised secret.

-- The two secrets that end, for who holds the client's row.
-- one replacement_secrets(client int) -> old int?, old_sid text?, old_status text?, older int?, older_sid text?
SELECT n.id AS old, n.sid AS old_sid, n.status AS old_status, o.id AS older, o.sid AS older_sid
  FROM client c
  LEFT JOIN secret n ON n.current_of = c.id
  LEFT JOIN secret o ON o.retiring_of = c.id
 WHERE c.id = :client;

-- run replacement_add(public_id text, org int, client int, old int, older int?, me int?, now time)
INSERT INTO replacement (public_id, organization_id, client_id, open_of, old_id, older_id,
                         started_by, started_at)
VALUES (:public_id, :org, :client, :client, :old, :older, :me, :now);

-- run replacement_item_add(public_id text, org int, replacement int, kind text, place_id text?, name text,
--     owner text, note text, networks text, address text, program text, known flag, last_at time?)
INSERT INTO replacement_item (public_id, organization_id, replacement_id, kind, place_id, name,
                              owner, note, networks, address, program, known, last_at)
VALUES (:public_id, :org, :replacement, :kind, :place_id, :name,
        :owner, :note, :networks, :address, :program, :known, :last_at);

-- run replacement_count_anew(old int, older int?)
INSERT INTO compromised_caller (secret_id, address, program, refused)
SELECT secret_id, address, program, refused
  FROM secret_caller
 WHERE secret_id IN (:old, :older);

-- The last one of a client, open or over.
-- one replacement_last(org int, id text) -> replacement int, client int, id text, started_at time,
--     started_by text?, closed_at time?, closed_by text?, outcome text, note text, hint text, older_hint text?
SELECT r.id AS replacement, r.client_id AS client, r.public_id AS id, r.started_at,
       ps.name AS started_by, r.closed_at, pc.name AS closed_by, r.outcome, r.note, s.hint,
       o.hint AS older_hint
  FROM client c
  JOIN replacement r ON r.client_id = c.id
  JOIN secret s ON s.id = r.old_id
  LEFT JOIN secret o ON o.id = r.older_id
  LEFT JOIN user us ON us.id = r.started_by
  LEFT JOIN person ps ON ps.id = us.person_id
  LEFT JOIN user uc ON uc.id = r.closed_by
  LEFT JOIN person pc ON pc.id = uc.person_id
 WHERE c.organization_id = :org
   AND c.public_id = :id
   AND c.deleted_at IS NULL
 ORDER BY r.id DESC
 LIMIT 1;

-- rows replacement_items(replacement int, count int) -> item int, id text, kind text, name text, owner text,
--     note text, networks text, address text, program text, known flag, last_at time?, ticked_by text?,
--     ticked_at time?, tick_note text, seen_at time?, seen_address text, seen_program text, place_id text?
SELECT i.id AS item, i.public_id AS id, i.kind, i.name, i.owner, i.note, i.networks, i.address,
       i.program, i.known, i.last_at, p.name AS ticked_by, i.ticked_at, i.tick_note, i.seen_at,
       i.seen_address, i.seen_program, i.place_id
  FROM replacement_item i
  LEFT JOIN user u ON u.id = i.ticked_by
  LEFT JOIN person p ON p.id = u.person_id
 WHERE i.replacement_id = :replacement
 ORDER BY i.id
 LIMIT :count;

-- Who was accepted with a secret that was made since, and works.
-- rows replacement_seen(client int, since time, now time, count int) -> address text, program text, first_at time?
SELECT k.address, k.program, MIN(k.first_at) AS first_at
  FROM secret s
  JOIN secret_caller k ON k.secret_id = s.id
 WHERE s.client_id = :client
   AND s.kind = 'primary'
   AND s.status IN ('active', 'retiring')
   AND s.created_at >= :since
   AND (s.ends_at IS NULL OR s.ends_at > :now)
   AND (s.expires_at IS NULL OR s.expires_at > :now)
   AND k.calls > k.refused
 GROUP BY k.address, k.program
 ORDER BY first_at, k.address, k.program
 LIMIT :count;

-- When the first of these secrets was made: a tick by hand from before is about one that has ended.
-- one replacement_since(client int, since time, now time) -> made_at time?
SELECT MIN(created_at) AS made_at
  FROM secret
 WHERE client_id = :client
   AND kind = 'primary'
   AND status IN ('active', 'retiring')
   AND created_at >= :since
   AND (ends_at IS NULL OR ends_at > :now)
   AND (expires_at IS NULL OR expires_at > :now);

-- Who still tries with a compromised secret of the client, since that time; calls are those since its end.
-- rows replacement_trying(client int, since time, count int) -> address text, program text, hint text,
--     last_at time, calls int
SELECT k.address, k.program, s.hint, k.last_at, k.refused - COALESCE(b.refused, 0) AS calls
  FROM secret s
  JOIN secret_caller k ON k.secret_id = s.id
  LEFT JOIN compromised_caller b ON b.secret_id = k.secret_id AND b.address = k.address
       AND b.program = k.program
 WHERE s.client_id = :client
   AND s.kind = 'primary'
   AND s.status = 'revoked'
   AND s.ended_reason = 'compromised'
   AND k.refused > COALESCE(b.refused, 0)
   AND k.last_at >= :since
 ORDER BY k.last_at DESC, k.address, k.program
 LIMIT :count;

-- one replacement_item_get(org int, id text) -> item int, id text, kind text, name text, owner text, note text,
--     networks text, address text, program text, known flag, last_at time?, ticked_at time?, tick_note text,
--     replacement text, closed_at time?, client text, client_name text, client_kind text, environment text
SELECT i.id AS item, i.public_id AS id, i.kind, i.name, i.owner, i.note, i.networks, i.address,
       i.program, i.known, i.last_at, i.ticked_at, i.tick_note, r.public_id AS replacement,
       r.closed_at, c.public_id AS client, c.name AS client_name, c.kind AS client_kind,
       c.environment
  FROM replacement_item i
  JOIN replacement r ON r.id = i.replacement_id
  JOIN client c ON c.id = r.client_id
 WHERE i.organization_id = :org
   AND i.public_id = :id
   AND c.deleted_at IS NULL;

-- run replacement_item_tick(org int, id text, me int?, now time?, note text)
UPDATE replacement_item
   SET ticked_by = :me, ticked_at = :now, tick_note = :note
 WHERE organization_id = :org
   AND public_id = :id;

-- run replacement_item_keep(item int, seen_at time, address text, program text)
UPDATE replacement_item
   SET seen_at = :seen_at, seen_address = :address, seen_program = :program
 WHERE id = :item;

-- run replacement_item_forget(item int)
UPDATE replacement_item
   SET ticked_by = NULL, ticked_at = NULL
 WHERE id = :item;

-- run replacement_close(client int, me int?, now time, outcome text, note text)
UPDATE replacement
   SET open_of = NULL, closed_by = :me, closed_at = :now, outcome = :outcome, note = :note
 WHERE open_of = :client;

-- rows replacement_open(after int, count int) -> replacement int, client int
SELECT id AS replacement, client_id AS client
  FROM replacement
 WHERE open_of IS NOT NULL
   AND id > :after
 ORDER BY id
 LIMIT :count;

-- Holds the client, for the housekeeper: every change of a replacement begins so.
-- one replacement_hold(client int) -> org int, id text, deleted_at time?
SELECT organization_id AS org, public_id AS id, deleted_at
  FROM client
 WHERE id = :client
   FOR UPDATE;

-- What is open in an organization, the longest first.
-- rows replacement_open_of(org int, count int) -> client text, name text, environment text, started_at time
SELECT c.public_id AS client, c.name, c.environment, r.started_at
  FROM replacement r
  JOIN client c ON c.id = r.client_id
 WHERE r.organization_id = :org
   AND r.open_of IS NOT NULL
   AND c.deleted_at IS NULL
 ORDER BY r.id
 LIMIT :count;
