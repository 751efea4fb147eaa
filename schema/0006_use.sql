-- Use: who has called with which secret, and how it ended. Counted in shared memory, written in batches.

-- The callers of a secret, 200 at most; the others are summed in the row with the address '' and the
-- program 'other'. calls are all calls, refused those of them that were not accepted.
CREATE TABLE secret_caller (
  secret_id BIGINT NOT NULL,
  organization_id BIGINT NOT NULL,
  address VARCHAR(45) NOT NULL,
  program VARCHAR(100) NOT NULL,
  first_at DATETIME(6) NOT NULL,
  last_at DATETIME(6) NOT NULL,
  calls BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  PRIMARY KEY (secret_id, address, program),
  CONSTRAINT secret_caller_of_secret FOREIGN KEY (secret_id) REFERENCES secret (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Calls by how they ended, of each secret; at is the beginning of the hour, or of the day, in UTC. The
-- client comes first: its page reads one stretch of the table.
CREATE TABLE secret_hour (
  client_id BIGINT NOT NULL,
  at DATETIME(6) NOT NULL,
  secret_id BIGINT NOT NULL,
  outcome VARCHAR(12) NOT NULL,
  organization_id BIGINT NOT NULL,
  calls BIGINT NOT NULL,
  PRIMARY KEY (client_id, at, secret_id, outcome),
  KEY secret_hour_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE secret_day (
  client_id BIGINT NOT NULL,
  at DATETIME(6) NOT NULL,
  secret_id BIGINT NOT NULL,
  outcome VARCHAR(12) NOT NULL,
  organization_id BIGINT NOT NULL,
  calls BIGINT NOT NULL,
  PRIMARY KEY (client_id, at, secret_id, outcome),
  KEY secret_day_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The same of all secrets of an organization, by the minute and the day: its overview does not add up a
-- million rows.
CREATE TABLE organization_minute (
  organization_id BIGINT NOT NULL,
  environment VARCHAR(12) NOT NULL,
  at DATETIME(6) NOT NULL,
  outcome VARCHAR(12) NOT NULL,
  calls BIGINT NOT NULL,
  PRIMARY KEY (organization_id, environment, at, outcome),
  KEY organization_minute_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE organization_day (
  organization_id BIGINT NOT NULL,
  environment VARCHAR(12) NOT NULL,
  at DATETIME(6) NOT NULL,
  outcome VARCHAR(12) NOT NULL,
  calls BIGINT NOT NULL,
  PRIMARY KEY (organization_id, environment, at, outcome),
  KEY organization_day_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Which batch of which shared memory was written last: in the transaction of the batch, so that none is
-- written twice, whoever dies when.
CREATE TABLE use_batch (
  memory CHAR(22) NOT NULL PRIMARY KEY,
  batch BIGINT NOT NULL,
  at DATETIME(6) NOT NULL,
  KEY use_batch_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The program that a secret was last used by, beside its address.
ALTER TABLE secret ADD COLUMN last_used_by VARCHAR(100) NOT NULL DEFAULT '';
