-- Codes of the second factor that were wrong since the last right one, counted before they are looked at. spent_at: since
-- when they are too many, and the person was told.
ALTER TABLE factor
  ADD COLUMN failures INT NOT NULL DEFAULT 0,
  ADD COLUMN spent_at DATETIME(6) NULL;
