-- one two_get() -> id int
SELECT id
  FROM two;
