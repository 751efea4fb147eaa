/* notice.c - what a person is told of their sign-in: each notice is a mail, and none is without a mail server. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/notice.h"

static struct request *
begin(void)
{
	struct request *rq;

	scratch_run("DELETE FROM outbox");
	rq = hand_begin(&world.hand, 0);
	audit(rq, S("test.act"), (str){ 0 }, (str){ 0 });
	return rq;
}

static void
each_notice_is_a_mail(void **state)
{
	struct request *rq = begin();

	(void)state;
	world.settings.mail = (struct mail_place){ .url = S("smtp://127.0.0.1:9"),
		.host = S("127.0.0.1"),
		.port = S("9"),
		.from = S("desk@keys.example") };
	for (enum notice notice = NOTICE_PASSWORD; notice <= NOTICE_CODES_SPENT; notice++)
		notice_mail(rq, notice, S("ann@example.com"));
	commit(rq);
	assert_int_equal(
	    scratch_number("SELECT COUNT(DISTINCT subject) FROM outbox WHERE recipient "
			   "= 'ann@example.com' AND sealed IS NOT NULL"),
	    NOTICE_CODES_SPENT + 1);
}

static void
without_a_mail_server_there_is_none(void **state)
{
	struct request *rq = begin();

	(void)state;
	world.settings.mail = (struct mail_place){ 0 };
	notice_mail(rq, NOTICE_PASSWORD, S("ann@example.com"));
	commit(rq);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM outbox"), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_notice_is_a_mail),
		cmocka_unit_test(without_a_mail_server_there_is_none),
	};

	return GROUP(tests);
}
