-- The outbox: mail that waits to be sent, and what became of it.

-- run mail_add(public_id text, recipient text, subject text, key_number int, sealed text, now time)
INSERT INTO outbox (public_id, recipient, subject, key_number, sealed, made_at, due_at)
VALUES (:public_id, :recipient, :subject, :key_number, :sealed, :now, :now);

-- rows mail_due(now time, count int) -> id int, public_id text, recipient text, subject text, key_number int,
--     sealed text?, made_at time, due_at time?, tries int
SELECT id, public_id, recipient, subject, key_number, sealed, made_at, due_at, tries
  FROM outbox
 WHERE due_at <= :now
 ORDER BY due_at, tries, id
 LIMIT :count;

-- Written before it is tried: of two who have found it due one tries it.
-- quiet mail_try(id int, due_at time, next time)
UPDATE outbox
   SET due_at = :next, tries = tries + 1
 WHERE id = :id
   AND due_at = :due_at;

-- quiet mail_sent(id int, now time)
UPDATE outbox
   SET sent_at = :now, due_at = NULL, sealed = NULL, error = ''
 WHERE id = :id;

-- quiet mail_failed(id int, error text)
UPDATE outbox
   SET error = :error
 WHERE id = :id;

-- quiet mail_given_up(id int, error text)
UPDATE outbox
   SET due_at = NULL, sealed = NULL, error = :error
 WHERE id = :id;

-- Whatever a link in it was for, whoever waited for it waits no more. The last error stays.
-- quiet mail_give_up_old(before time)
UPDATE outbox
   SET due_at = NULL, sealed = NULL
 WHERE due_at IS NOT NULL
   AND made_at < :before
 LIMIT 1000;

-- The server does not answer: no use in asking it again for each.
-- quiet mail_hold_all(now time, next time)
UPDATE outbox
   SET due_at = :next
 WHERE due_at <= :now
 LIMIT 10000;

-- rows mail_sealed(after int, number int) -> id int, public_id text, key_number int, sealed text?
SELECT id, public_id, key_number, sealed
  FROM outbox
 WHERE due_at IS NOT NULL
   AND sealed IS NOT NULL
   AND key_number <> :number
   AND id > :after
 ORDER BY id
 LIMIT 100;

-- run mail_sealed_anew(id int, number int, sealed text)
UPDATE outbox
   SET key_number = :number, sealed = :sealed
 WHERE id = :id
   AND due_at IS NOT NULL;

-- quiet mail_purge(before time)
DELETE FROM outbox
 WHERE made_at < :before
 LIMIT 1000;

-- For the doctor.
-- one mail_waiting() -> n int, since time?, error text?
SELECT COUNT(*) AS n, MIN(made_at) AS since,
       (SELECT w.error FROM outbox w WHERE w.due_at IS NOT NULL ORDER BY w.due_at LIMIT 1) AS error
  FROM outbox
 WHERE due_at IS NOT NULL;
