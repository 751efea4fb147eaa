-- Refused sign-ins past the rate at which each is an entry of the audit log: counted here, and summed up
-- in one entry. network is '' for those of more networks than are told apart.

CREATE TABLE sign_in_refusal (
  machine INT NOT NULL,
  why VARCHAR(16) NOT NULL,
  network VARCHAR(45) NOT NULL,
  minute BIGINT NOT NULL,
  in_minute BIGINT NOT NULL,
  times BIGINT NOT NULL,
  PRIMARY KEY (machine, why, network)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
