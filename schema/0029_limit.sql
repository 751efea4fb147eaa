-- How many calls a minute a credential may make, on each machine. NULL is the installation's setting.
ALTER TABLE client
  ADD COLUMN calls_per_minute INT NULL;
