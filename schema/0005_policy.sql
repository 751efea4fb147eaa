-- What an organization has chosen for itself; NULL is the installation's setting, also when that changes.

ALTER TABLE organization
  ADD COLUMN account_keys INT NULL,
  ADD COLUMN cadence_days INT NULL,
  ADD COLUMN overlap_minutes INT NULL;
