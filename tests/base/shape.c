/* shape.c - one table ties a struct to everything that has its names. */
#include "check.h"

#include "base/shape.h"

SHAPE(address, text(street), int(number));
SHAPE(contact, int(id), text(name), flag(active), time(made_at), part(home, address),
    list(others, address), many(nicknames));
SHAPE(single, flag(on));
SHAPE(widest, int(a), int(b), int(c), int(d), int(e), int(f), int(g), int(h), int(i), int(j),
    int(k), int(l), int(m), int(n), int(o), int(p), int(q), int(r), int(s), int(t), int(u), int(v),
    int(w), text(last));

static const struct address homes[] = { { STR_INIT("Elm"), 1 }, { STR_INIT("Oak"), 2 } };

static struct contact
ann(void)
{
	return (struct contact){ .id = -7,
		.name = S("Ann"),
		.active = true,
		.made_at = 1795183389000000,
		.home = homes[0],
		.others = { homes, 2 } };
}

static void
table_is_the_struct(void **state)
{
	(void)state;
	CHECK_STR(contact_shape.name, "contact");
	assert_int_equal(contact_shape.size, sizeof(struct contact));
	assert_int_equal(contact_shape.n, 7);
	CHECK_STR(contact_shape.members[0].name, "id");
	assert_int_equal(contact_shape.members[0].offset, offsetof(struct contact, id));
	CHECK_STR(contact_shape.members[6].name, "nicknames");
	assert_int_equal(contact_shape.members[6].offset, offsetof(struct contact, nicknames));
	assert_int_equal(single_shape.n, 1);
	assert_int_equal(widest_shape.n, 24);
	CHECK_STR(widest_shape.members[23].name, "last");
	assert_int_equal(widest_shape.members[23].offset, offsetof(struct widest, last));
	for (size_t i = 0; i < 23; i++)
		assert_int_equal(widest_shape.members[i].offset, i * sizeof(int64_t));
}

static void
kinds(void **state)
{
	static const enum shape_kind expected[] = { SHAPE_INT, SHAPE_TEXT, SHAPE_FLAG, SHAPE_TIME,
		SHAPE_PART, SHAPE_LIST, SHAPE_MANY };

	(void)state;
	for (size_t i = 0; i < contact_shape.n; i++)
		assert_int_equal(contact_shape.members[i].kind, expected[i]);
	assert_ptr_equal(shape_find(&contact_shape, S("home"))->of, &address_shape);
	assert_ptr_equal(shape_find(&contact_shape, S("others"))->of, &address_shape);
	assert_null(shape_find(&contact_shape, S("id"))->of);
}

static void
found_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(shape_find(&contact_shape, S("name")), &contact_shape.members[1]);
	assert_null(shape_find(&contact_shape, S("nam")));
	assert_null(shape_find(&contact_shape, S("names")));
	assert_null(shape_find(&contact_shape, S("Name")));
	assert_null(shape_find(&contact_shape, S("")));
}

static void
members_are_reached(void **state)
{
	struct contact contact = ann();
	struct shape_list others;

	(void)state;
	assert_int_equal(SHAPE_INT_OF(&contact, shape_find(&contact_shape, S("id"))), -7);
	CHECK_STR(SHAPE_TEXT_OF(&contact, shape_find(&contact_shape, S("name"))), "Ann");
	assert_true(SHAPE_FLAG_OF(&contact, shape_find(&contact_shape, S("active"))));
	others = SHAPE_LIST_OF(&contact, shape_find(&contact_shape, S("others")));
	assert_int_equal(others.n, 2);
	assert_int_equal(SHAPE_INT_OF((const char *)others.at + address_shape.size,
			     shape_find(&address_shape, S("number"))),
	    2);
}

static str
text_of(const struct contact *contact, const char *name)
{
	return shape_text(test_arena(), shape_find(&contact_shape, str_of(name)), contact);
}

static void
scalars_as_text(void **state)
{
	struct contact contact = ann(), nobody = { 0 };

	(void)state;
	CHECK_STR(text_of(&contact, "id"), "-7");
	CHECK_STR(text_of(&contact, "name"), "Ann");
	CHECK_STR(text_of(&contact, "active"), "yes");
	CHECK_STR(text_of(&contact, "made_at"), "2026-11-20T14:03:09Z");
	CHECK_STR(text_of(&nobody, "id"), "0");
	CHECK_STR(text_of(&nobody, "name"), "");
	CHECK_STR(text_of(&nobody, "active"), "no");
	CHECK_STR(text_of(&nobody, "made_at"), "");
	contact.id = INT64_MIN;
	CHECK_STR(text_of(&contact, "id"), "-9223372036854775808");
}

static void
text_of_member(void *arg)
{
	struct contact contact = ann();

	shape_text(test_arena(), arg, &contact);
}

static void
others_have_no_text(void **state)
{
	static const char *const names[] = { "home", "others", "nicknames" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct shape_member member = *shape_find(&contact_shape, str_of(names[i]));

		CHECK_FAULT(test_arena(), text_of_member, &member, "has no text of its own");
		check_holds_(
		    str_of(test_arena()->fault->what), str_of(names[i]), __FILE__, __LINE__);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_the_struct),
		cmocka_unit_test(kinds),
		cmocka_unit_test(found_by_name),
		cmocka_unit_test(members_are_reached),
		cmocka_unit_test(scalars_as_text),
		cmocka_unit_test(others_have_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
