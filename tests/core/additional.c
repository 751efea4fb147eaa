/* additional.c - additional secrets: who may make, change, reset, open and revoke which, and what it leaves behind. */
#define _GNU_SOURCE
#include "core/adding.h"

#include "core/compromise.h"
#include "core/rotation.h"
#include "core/secret.h"

/* ---- make */

static void
a_member_makes_one_for_themselves(void **state)
{
	struct team t = team_make();
	struct client_made made;
	struct secret_parts parts;

	(void)state;
	members_may(&t, reads(&t));
	made = added(&t, &t.may, S(""));
	CHECK_STR_EQ(made.client_id, t.key.client_id);
	assert_int_equal(secret_read(world.hand.desk.keyring, made.secret, &parts), SECRET_GOOD);
	assert_int_equal(
	    sql_number(
		"SELECT COUNT(*) FROM client c JOIN secret s ON s.current_of = c.id JOIN "
		"client k ON k.id = c.parent_id JOIN client_grant g ON g.client_id = c.id "
		"WHERE c.public_id = '%.*s' AND c.client_id = c.public_id AND c.owner_id = %d "
		"AND c.created_by = c.owner_id AND k.public_id = '%.*s' AND c.place IN (1, 2, "
		"3, 4, 5, 6, 7, 8, 9, 10) AND s.sid = '%.*s' AND s.status = 'active' AND "
		"s.owner_id = c.owner_id",
		STR(made.id), (int)t.may.user, STR(t.key.id), STR(parts.sid)),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM exposure e JOIN secret s ON s.id = "
				    "e.secret_id WHERE s.sid = '%.*s' AND e.how = 'made' AND "
				    "e.user_id = %d",
			     STR(parts.sid), (int)t.may.user),
	    1);
	assert_int_equal(noted(&t.ann, "client.create", "\"kind\":\"additional\""), 1);
	assert_int_equal(
	    noted(&t.ann, "client.create",
		(char *)fmt(&world.hand.start, "\"may\":\"%.*s\"%c", STR(reads(&t)), 0).at),
	    1);
	assert_int_equal(acts(&t, "secret.reveal"), 2);
	check_team(&t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_makes_one_for_themselves),
	};

	return GROUP(tests);
}
