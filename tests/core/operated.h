/* operated.h - an operator, and what they make: for the tests of pending, invitation, organization and wish. */
#ifndef TESTS_CORE_OPERATED_H
#define TESTS_CORE_OPERATED_H

#include "core/fixture.h"

#include "core/catalogue_file.h"
#include "core/invitation.h"
#include "core/organization.h"

static const struct actor olga = {
	.person = 7000000, .email = STR_INIT("olga@example.test"), .is_operator = true
};

/* world_open() with the catalogue that the program comes with, and the operator. */
static inline int
operated_open(void **state)
{
	struct request *rq;

	if (world_open(state))
		return -1;
	rq = hand_begin(&world.hand, 0);
	catalogue_begin(rq, S("schema"));
	commit(rq);
	sql_run("INSERT INTO person (id, public_id, email, name, is_operator, created_at) VALUES "
		"(7000000, 'olgapetrov', 'olga@example.test', 'Olga Petrov', 1, NOW(6))");
	return 0;
}

static inline struct request *
begin_operator(struct hand *hand)
{
	struct request *rq = hand_begin(hand, 0);

	rq->actor = &olga;
	return rq;
}

/* A founded organization; its texts are in the start arena. */
struct founded_one {
	int64_t org, user;
	str id, token, email;
};

static inline struct founded_one
found_for(str email)
{
	struct arena *start = &world.hand.start;
	struct request *rq = begin_operator(&world.hand);
	struct founding wish = {
		.name = S("Northwind"), .admin_name = S("Fay Brook"), .admin_email = email
	};
	struct founded_organization made;
	struct founded_one one = { .email = email };

	assert_int_equal(organization_found(rq, &wish, &made), FOUNDED);
	one.id = str_copy(start, made.id);
	one.token = str_copy(start, made.token);
	commit(rq);
	one.org = sql_number("SELECT id FROM organization WHERE public_id = '%.*s'", STR(one.id));
	one.user = sql_number("SELECT id FROM user WHERE organization_id = %d", (int)one.org);
	return one;
}

static inline struct founded_one
found_one(void)
{
	struct arena *start = &world.hand.start;
	str name = str_lower(start, random_base62(start, 12));

	return found_for(fmt(start, "%.*s@example.test", STR(name)));
}

#endif
