/* catalogue_file.c - tests of app/core/catalogue_file.c: the file, and the catalogue that it becomes. */
#define _GNU_SOURCE
#include "check.h"

#include "core/fixture.h"

#include "core/file.h"

static str
default_file(void)
{
	str text = file_read(&world.hand.arena, S("schema/catalogue.json"));

	assert_non_null(text.at);
	return text;
}

static void
the_default_is_written_as_it_was_read(void **state)
{
	struct json_wrongs wrongs = { 0 };
	struct catalogue read;
	(void)state;

	hand_ask(&world.hand, 0);
	read = catalogue_file_read(&world.hand.arena, default_file(), &wrongs);
	assert_int_equal(wrongs.n, 0);
	assert_int_equal(read.apis.n, 10);
	assert_true(str_eq(catalogue_file_write(&world.hand.arena, &read), default_file()));
}

static void
the_database_has_what_the_file_says(void **state)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct catalogue read = catalogue_read(rq);
	const struct api *platform = catalogue_api(&read, S("platform"));
	(void)state;

	assert_true(str_eq(catalogue_file_write(rq->arena, &read), default_file()));
	CHECK_STR(platform->level, "account");
	CHECK_STR(api_permission_of(platform, S("admin"))->includes, "user");
	assert_null(catalogue_api(&read, S("nothing")));
	assert_int_equal(sql_number("SELECT COUNT(*) FROM permission_gives g JOIN permission p ON "
				    "p.id = g.permission_id WHERE p.word = 'admin'"),
	    2);
}

static void
it_is_loaded_once(void **state)
{
	struct request *rq = hand_begin(&world.hand, 0);
	(void)state;

	assert_int_equal(catalogue_begin(rq, S("schema")), 0);
	assert_false(db_changed(rq->db));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_is_written_as_it_was_read),
		cmocka_unit_test(the_database_has_what_the_file_says),
		cmocka_unit_test(it_is_loaded_once),
	};

	return GROUP(tests);
}
