-- Mail that waits to be sent, and what became of it.

-- sealed is the text, under the key key_number of the ring, as it holds links; NULL once it was sent or given up. due_at is
-- when it is tried next, NULL when it is not any more. public_id is the same in each try, and names the mail
-- to whoever receives it twice.
CREATE TABLE outbox (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  public_id VARCHAR(22) NOT NULL,
  recipient VARCHAR(254) NOT NULL,
  subject VARCHAR(200) NOT NULL,
  key_number INT NOT NULL,
  sealed VARBINARY(4000) NULL,
  made_at DATETIME(6) NOT NULL,
  due_at DATETIME(6) NULL,
  tries INT NOT NULL DEFAULT 0,
  sent_at DATETIME(6) NULL,
  error VARCHAR(300) NOT NULL DEFAULT '',
  UNIQUE KEY outbox_public (public_id),
  KEY outbox_due (due_at, id),
  KEY outbox_made (made_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
