-- quiet thing_seen(id int)
UPDATE thing SET seen = 1 WHERE id = :id;

-- quiet thing_bare(id int)
UPDATE thing SET seen = 1 WHERE id = :id;
