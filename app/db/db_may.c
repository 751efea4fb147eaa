/* db_may.c - what the connection's account may do: each is really tried, where it changes nothing. */
#include "db/db_parts.h"

/* With the right, the statement finds nothing to do, or fails at a table that is there, or is not. */
static const char *const tries[] = {
	[DB_MAY_CREATE] = "CREATE TABLE audit_entry (id INT)",
	[DB_MAY_ALTER] = "ALTER TABLE keydesk_no_such_table ADD one INT",
	[DB_MAY_DROP] = "DROP TABLE keydesk_no_such_table",
	[DB_MAY_CHANGE_AUDIT] = "UPDATE audit_entry SET seq = seq WHERE 1 = 0",
	[DB_MAY_REMOVE_AUDIT] = "DELETE FROM audit_entry WHERE 1 = 0",
};

bool
db_may(struct db *db, enum db_right right)
{
	unsigned error = db_ask(db, tries[right]);

	switch (error) {
	case 0:
	case ER_TABLE_EXISTS_ERROR:
	case ER_BAD_TABLE_ERROR:
	case ER_NO_SUCH_TABLE:
		return true;
	case ER_TABLEACCESS_DENIED_ERROR:
	case ER_COLUMNACCESS_DENIED_ERROR:
	case ER_DBACCESS_DENIED_ERROR:
	case ER_SPECIFIC_ACCESS_DENIED_ERROR:
		return false;
	default:
		db_fail(db, "what the account may do", error);
	}
}
