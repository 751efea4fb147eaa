-- What an organization calls somebody who has not come in yet: the name that was typed with the invitation. NULL once they have:
-- from then on they are called by their own name. Whoever has an account elsewhere is told to nobody by being invited.
ALTER TABLE user
  ADD COLUMN called VARCHAR(100) NULL;

-- What was typed for those who are invited now was kept as the person's own name, where that was not somebody else's to
-- give. All others are called by their address.
UPDATE user u
  JOIN person p ON p.id = u.person_id
  LEFT JOIN user other ON other.person_id = u.person_id AND other.id <> u.id
   SET u.called = CASE WHEN p.password_hash IS NULL AND other.id IS NULL THEN p.name ELSE LEFT(p.email, 100) END
 WHERE (u.status = 'invited' OR EXISTS (SELECT 1 FROM invitation i WHERE i.user_id = u.id))
   AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.user_id = u.id AND i.used_at IS NOT NULL)
   AND NOT EXISTS (SELECT 1 FROM tenure t WHERE t.user_id = u.id);
