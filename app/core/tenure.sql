-- For how long a user is active without a break: schema/0020_tenure.sql.

-- one tenure_live(user int) -> tenure int
SELECT id AS tenure
  FROM tenure
 WHERE live_id = :user;

-- Whoever changes a status by hand locks the user first, and so does this.
-- quiet tenure_hold(user int)
UPDATE user
   SET acts = acts + 1
 WHERE id = :user;

-- Who has come is called by their own name: schema/0033_called.sql.
-- quiet tenure_known(user int)
UPDATE user
   SET called = NULL
 WHERE id = :user
   AND status = 'active'
   AND called IS NOT NULL;

-- claim tenure_add(user int, now time)
INSERT INTO tenure (organization_id, user_id, live_id, live_status, began_at)
SELECT organization_id, id, id, status, :now
  FROM user
 WHERE id = :user
   AND status = 'active';
