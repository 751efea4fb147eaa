-- Declarations that differ from the table: what db_check() must notice.

-- one wrong_name(id int) -> id int, nme text
SELECT id, name FROM thing WHERE id = :id;

-- one wrong_int(id int) -> name int
SELECT name FROM thing WHERE id = :id;

-- one wrong_sum() -> price int?
SELECT SUM(price) AS price FROM thing;

-- one wrong_flag() -> amount flag?
SELECT SUM(amount) AS amount FROM thing;

-- one wrong_text(id int) -> id text
SELECT id FROM thing WHERE id = :id;

-- one wrong_time(id int) -> name time
SELECT name FROM thing WHERE id = :id;

-- one wrong_null(id int) -> note text
SELECT note FROM thing WHERE id = :id;

-- one wrong_join(id int) -> name text
SELECT other.name FROM thing LEFT JOIN thing AS other ON other.id = thing.id + 1 WHERE thing.id = :id;

-- one wrong_flag_null(id int) -> maybe flag
SELECT maybe FROM thing WHERE id = :id;

-- one wrong_count(id int) -> id int
SELECT id, name FROM thing WHERE id = :id;

-- run wrong_run(id int)
SELECT id FROM thing WHERE id = :id;

-- one wrong_table() -> id int
SELECT id FROM things;
