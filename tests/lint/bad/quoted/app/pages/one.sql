-- one one_get() -> id int
SELECT id
  FROM one;
