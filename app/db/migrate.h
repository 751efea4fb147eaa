/* migrate.h - brings a database to the newest schema/. */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include "db/db.h"

/* Runs each schema/NNNN_*.sql of the folder that the database has not had, in order, under a lock that
 * works on one server and on a cluster; records each. place is of the account that may change tables.
 * Returns how many ran; 0 when all was there. A file changed after it ran is a fault, as is a failed
 * statement (with file, statement's number and the server's message). May be run again after a crash. */
int migrate_run(struct arena *, const struct db_place *, const char *folder);

/* The newest number in the folder and in the database. They differ when somebody has to migrate. */
int migrate_newest(struct arena *, const char *folder);
int migrate_current(struct arena *, const struct db_place *);

#endif
