-- Who has lost their access to the Data API, by whom and when; without a row here one lost it with their role. The
-- row goes when the access is given back.
CREATE TABLE data_taken (
  user_id BIGINT NOT NULL PRIMARY KEY,
  organization_id BIGINT NOT NULL,
  taken_by BIGINT NULL,
  taken_at DATETIME(6) NOT NULL,
  CONSTRAINT data_taken_of_user FOREIGN KEY (user_id) REFERENCES user (id),
  CONSTRAINT data_taken_of_organization FOREIGN KEY (organization_id) REFERENCES organization (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
