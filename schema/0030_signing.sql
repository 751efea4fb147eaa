-- Keys that sign tokens follow one another: the next one is published before it signs, the old one until its last token
-- has expired. next_for is the environment while a key waits: unique, so there is never a second. From signs_at on it
-- signs, whatever active_for says; an old one is refused from ends_at on.
ALTER TABLE signing_key
  ADD COLUMN next_for VARCHAR(12) NULL,
  ADD COLUMN signs_at DATETIME(6) NOT NULL DEFAULT '2000-01-01 00:00:00.000000',
  ADD COLUMN ends_at DATETIME(6) NULL,
  ADD UNIQUE KEY signing_key_next (next_for);

UPDATE signing_key
   SET signs_at = created_at;

-- What is gone needs no private half any more.
UPDATE signing_key
   SET sealed = ''
 WHERE retired_at IS NOT NULL;

-- The version of the signing keys, in the row that the SELECT of each secret reads anyway: a thread that has loaded
-- another one loads them anew.
ALTER TABLE catalogue
  ADD COLUMN signing BIGINT NOT NULL DEFAULT 1;
