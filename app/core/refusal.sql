-- Refused sign-ins: how many there are in this minute, and those that have no entry of their own yet.
-- The columns are set from left to right: minute is the old one until the end.

-- quiet refusal_more(machine int, why text, network text, minute int, most int)
UPDATE sign_in_refusal
   SET times = IF(minute = :minute AND in_minute >= :most, times + 1, times),
       in_minute = IF(minute = :minute, in_minute + 1, 1),
       minute = :minute
 WHERE machine = :machine
   AND why = :why
   AND network = :network;

-- quiet refusal_first(machine int, why text, network text, minute int, most int)
INSERT INTO sign_in_refusal (machine, why, network, minute, in_minute, times)
VALUES (:machine, :why, :network, :minute, 1, 0)
ON DUPLICATE KEY UPDATE
  times = IF(minute = :minute AND in_minute >= :most, times + 1, times),
  in_minute = IF(minute = :minute, in_minute + 1, 1),
  minute = :minute;

-- one refusal_networks(machine int, why text) -> networks int
SELECT COUNT(*) AS networks
  FROM sign_in_refusal
 WHERE machine = :machine
   AND why = :why;

-- one refusal_get(machine int, why text, network text) -> in_minute int
SELECT in_minute
  FROM sign_in_refusal
 WHERE machine = :machine
   AND why = :why
   AND network = :network;

-- The next row behind that one, locked: what it counts is either seen here or counted afterwards.
-- one refusal_take(machine int, why text, network text) -> why text, network text, minute int, times int
SELECT why, network, minute, times
  FROM sign_in_refusal
 WHERE machine = :machine
   AND (why > :why OR (why = :why AND network > :network))
 ORDER BY why, network
 LIMIT 1
   FOR UPDATE;

-- run refusal_summed(machine int, why text, network text)
UPDATE sign_in_refusal
   SET times = 0
 WHERE machine = :machine
   AND why = :why
   AND network = :network;

-- quiet refusal_over(machine int, why text, network text)
DELETE FROM sign_in_refusal
 WHERE machine = :machine
   AND why = :why
   AND network = :network
   AND times = 0;
