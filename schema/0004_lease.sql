-- Whose turn it is, where several machines do the same work. holder is a process; machine is for people.

CREATE TABLE lease (
  name VARCHAR(32) NOT NULL PRIMARY KEY,
  machine INT NOT NULL,
  holder VARCHAR(32) NOT NULL,
  held_until DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO lease (name, machine, holder, held_until) VALUES ('housekeeping', 0, '', '2000-01-01');
