-- Whose turn it is. The time is the database's own here, as in machine.sql: machines' clocks may differ.

-- quiet lease_take(name text, machine int, holder text, seconds int)
UPDATE lease
   SET machine = :machine, holder = :holder,
       held_until = TIMESTAMPADD(SECOND, :seconds, UTC_TIMESTAMP(6))
 WHERE name = :name
   AND (holder = :holder OR held_until < UTC_TIMESTAMP(6));

-- quiet lease_leave(name text, holder text)
UPDATE lease
   SET holder = '', held_until = UTC_TIMESTAMP(6)
 WHERE name = :name
   AND holder = :holder;
