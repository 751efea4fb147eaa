-- Between the right password and the code: the database keeps SHA-256 of the cookie's value.

-- quiet half_add(token_hash text, person int, user int?, now time)
INSERT INTO half_session (token_hash, person_id, user_id, created_at)
VALUES (:token_hash, :person, :user, :now);

-- quiet half_drop(token_hash text)
DELETE FROM half_session
 WHERE token_hash = :token_hash;

-- user and org are none when the one they came in by is active no more.
-- one half_get(token_hash text, created_after time) -> id int, person int, tries int, email text, is_operator flag,
--     user int?, org int?
SELECT h.id, h.person_id AS person, h.tries, p.email,
       p.is_operator AND (p.operator_tenure_id IS NULL OR t.live_id IS NOT NULL) AS is_operator,
       u.id AS user, o.id AS org
  FROM half_session h
  JOIN person p ON p.id = h.person_id
  LEFT JOIN tenure t ON t.id = p.operator_tenure_id
  LEFT JOIN user u ON u.id = h.user_id AND u.person_id = h.person_id AND u.status = 'active'
  LEFT JOIN organization o ON o.id = u.organization_id AND o.status = 'active'
 WHERE h.token_hash = :token_hash
   AND h.created_at > :created_after;

-- quiet half_try(token_hash text)
UPDATE half_session
   SET tries = tries + 1
 WHERE token_hash = :token_hash;

-- one half_held(half int) -> half int
SELECT id AS half
  FROM half_session
 WHERE id = :half
   FOR UPDATE;

-- quiet half_end(half int)
DELETE FROM half_session
 WHERE id = :half;
