-- The page of the audit log: its lists by time, and how far the housekeeper has walked each chain.

-- Each list is a range of one index, newest first; the row's number, which InnoDB keeps behind each key, parts entries of
-- one time. audit_entry_of_object takes the place of the one by object and number. Reading and writing go on meanwhile.
ALTER TABLE audit_entry
  ADD KEY audit_entry_at (organization_id, at),
  ADD KEY audit_entry_person (organization_id, person_id, at),
  ADD KEY audit_entry_act (organization_id, act, at),
  ADD KEY audit_entry_of_object (organization_id, object, at),
  DROP KEY audit_entry_object,
  ALGORITHM = INPLACE, LOCK = NONE;

-- seq, mac: the last entry that is known to be whole, found so at walked_at. pass_*: the walk of the whole chain that is
-- under way, or none when pass_began_at is NULL; passed_at: when the last one that ended had begun. wrong: what was
-- found, as core/audit_chain.h calls it, of wrong_first to wrong_last, first at found_at; wrongs: how much in all.
-- pass_wrongs: how much the walk under way has found.
CREATE TABLE audit_walked (
  organization_id BIGINT NOT NULL,
  machine INT NOT NULL,
  seq BIGINT NOT NULL,
  mac VARCHAR(64) NOT NULL,
  walked_at DATETIME(6) NOT NULL,
  pass_seq BIGINT NOT NULL DEFAULT 0,
  pass_mac VARCHAR(64) NOT NULL DEFAULT '',
  pass_began_at DATETIME(6) NULL,
  pass_wrongs BIGINT NOT NULL DEFAULT 0,
  passed_at DATETIME(6) NULL,
  wrong INT NOT NULL DEFAULT 0,
  wrong_first BIGINT NOT NULL DEFAULT 0,
  wrong_last BIGINT NOT NULL DEFAULT 0,
  wrong_at DATETIME(6) NULL,
  wrong_key BIGINT NOT NULL DEFAULT 0,
  wrongs BIGINT NOT NULL DEFAULT 0,
  found_at DATETIME(6) NULL,
  PRIMARY KEY (organization_id, machine)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
