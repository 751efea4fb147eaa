-- Writes the GRANT statements of the account that serves, one for each table; run what it prints.
-- The account changes rows and never tables. What has been recorded stays: the audit log takes new
-- entries only, and the list of migrations, with its lock, is the owner's.
SELECT CONCAT('GRANT ',
    CASE
      WHEN table_name = 'audit_entry' THEN 'SELECT, INSERT'
      WHEN table_name LIKE 'schema\_%' OR table_name IN ('migration', 'migration_lock') THEN 'SELECT'
      ELSE 'SELECT, INSERT, UPDATE, DELETE'
    END,
    ' ON `', table_schema, '`.`', table_name, '` TO keydesk_serve@localhost;')
  FROM information_schema.tables
 WHERE table_schema = DATABASE()
   AND table_type = 'BASE TABLE'
 ORDER BY table_name;
