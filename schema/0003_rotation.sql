-- Rotation with an overlap. While it runs, the predecessor is 'retiring': it works until ends_at, and
-- retiring_of is its client: unique, so there is never a second. calls_before is how many calls it had had
-- when its rotation began.

ALTER TABLE secret
  ADD COLUMN ends_at DATETIME(6) NULL,
  ADD COLUMN retiring_of BIGINT NULL,
  ADD COLUMN calls_before BIGINT NOT NULL DEFAULT 0,
  ADD UNIQUE KEY secret_retiring (retiring_of),
  ADD KEY secret_ends (ends_at),
  ADD KEY secret_expires (status, expires_at),
  ADD CONSTRAINT secret_end CHECK ((status = 'retiring') = (ends_at IS NOT NULL)),
  ADD CONSTRAINT secret_one_part CHECK (status <> 'retiring' OR current_of IS NULL),
  ADD CONSTRAINT secret_predecessor CHECK (retiring_of IS NULL
    OR (status = 'retiring' AND retiring_of = client_id));
