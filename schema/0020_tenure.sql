-- For how long somebody is active in an organization without a break, and what ended with it.

-- Parents of foreign keys are unique; id alone is, so this is.
ALTER TABLE user
  ADD UNIQUE KEY user_life (id, status);

-- What ends for good with a person's access hangs on a tenure: their sessions, their additional secrets, their access to
-- the Data API. live_id and live_status are those of the user; the database itself cuts them off when the
-- status changes, whoever changes it and to whatever, or the row goes, and nothing joins them again: somebody who comes back begins
-- another tenure. So live_id is the user while the tenure lasts, and NULL from then on.
-- ended_at, by whom (a person) and through which door: noted by what ended it, or by the sweep. swept_at: all of it has
-- been ended and written down as items.
CREATE TABLE tenure (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  organization_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  live_id BIGINT NULL,
  live_status VARCHAR(12) NULL,
  began_at DATETIME(6) NOT NULL,
  ended_at DATETIME(6) NULL,
  ended_by BIGINT NULL,
  door VARCHAR(12) NOT NULL DEFAULT '',
  swept_at DATETIME(6) NULL,
  UNIQUE KEY tenure_live (live_id),
  KEY tenure_cut (live_id, live_status),
  KEY tenure_user (user_id, id),
  KEY tenure_sweep (swept_at, live_id, id),
  CONSTRAINT tenure_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT tenure_cut_off FOREIGN KEY (live_id, live_status) REFERENCES user (id, status)
    ON UPDATE SET NULL ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO tenure (organization_id, user_id, live_id, live_status, began_at)
SELECT organization_id, id, id, status, created_at
  FROM user
 WHERE status = 'active';

-- What ended, or became known to a leaver, at the end of a tenure: the lines of its receipt. kind is 'session' (object: its
-- public id; token_hash: what is looked for when the receipt is checked), 'secret' (an additional one: its client's id),
-- 'data_access', or 'known' (a secret they have seen that others use: its sid).
CREATE TABLE departure_item (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  organization_id BIGINT NOT NULL,
  tenure_id BIGINT NOT NULL,
  kind VARCHAR(12) NOT NULL,
  object VARCHAR(10) NOT NULL,
  name VARCHAR(300) NOT NULL,
  secret_id BIGINT NULL,
  token_hash BINARY(32) NULL,
  at DATETIME(6) NOT NULL,
  UNIQUE KEY departure_item_one (tenure_id, kind, object),
  CONSTRAINT departure_item_of_tenure FOREIGN KEY (tenure_id) REFERENCES tenure (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- No foreign keys to tenure: they would lock it before the user, and whoever changes a status by hand locks the user first.
ALTER TABLE session
  ADD COLUMN tenure_id BIGINT NULL,
  ADD KEY session_tenure (tenure_id);

ALTER TABLE client
  ADD COLUMN tenure_id BIGINT NULL,
  ADD KEY client_tenure (tenure_id, deleted_at, id);

ALTER TABLE data_access
  ADD COLUMN tenure_id BIGINT NULL,
  ADD KEY data_access_tenure (tenure_id);

UPDATE session
   SET tenure_id = (SELECT t.id FROM tenure t WHERE t.live_id = session.user_id)
 WHERE user_id IS NOT NULL;

UPDATE client
   SET tenure_id = (SELECT t.id FROM tenure t WHERE t.live_id = client.owner_id)
 WHERE kind = 'additional'
   AND deleted_at IS NULL;

UPDATE data_access
   SET tenure_id = (SELECT t.id FROM tenure t WHERE t.live_id = data_access.user_id);
