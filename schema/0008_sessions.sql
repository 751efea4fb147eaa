-- Sessions are shown to whose they are, by a public id, and remember when the password was last given. A
-- session from before this has neither: it is shown without a button, and asks for the password again.

ALTER TABLE session
  ADD COLUMN public_id CHAR(10) NULL,
  ADD COLUMN proven_at DATETIME(6) NULL,
  ADD UNIQUE KEY session_public_id (public_id);
