-- Links that an admin makes work while they are an admin: tenure_id is theirs; NULL for those of an operator.
-- No foreign key, as for sessions (0020_tenure.sql).
ALTER TABLE invitation
  ADD COLUMN tenure_id BIGINT NULL;
