-- The machines that serve, as the housekeeper of each says every few seconds. instance tells two programs of
-- one number apart. seen_at is the database's clock, clock_at the machine's own at that moment.

CREATE TABLE machine (
  machine INT NOT NULL,
  instance CHAR(22) NOT NULL,
  host VARCHAR(64) NOT NULL,
  version VARCHAR(40) NOT NULL,
  started_at DATETIME(6) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  clock_at DATETIME(6) NOT NULL,
  workers INT NOT NULL,
  connections INT NOT NULL,
  PRIMARY KEY (machine, instance),
  KEY machine_seen (seen_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What its workers have really loaded of the key ring. everywhere: each of them reads what that key makes.
-- fingerprint tells two keys of one number apart, and says nothing else about them.
CREATE TABLE machine_key (
  machine INT NOT NULL,
  instance CHAR(22) NOT NULL,
  number INT NOT NULL,
  status VARCHAR(8) NOT NULL,
  everywhere TINYINT(1) NOT NULL,
  fingerprint CHAR(16) NOT NULL,
  PRIMARY KEY (machine, instance, number),
  CONSTRAINT machine_key_status CHECK (status IN ('active', 'reading', 'retired'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
