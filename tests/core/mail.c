/* mail.c - the outbox: sealed, undone with its transaction, sealed anew with the ring, given up after its days. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/mail.h"
#include "core/mail_parts.h"

static const struct mail hello = { STR_INIT("ann@example.com"), STR_INIT("Hello"),
	STR_INIT("https://keys.example/invite/abcdefgh\n") };

static struct request *
begin(void)
{
	struct request *rq;

	scratch_run("DELETE FROM outbox");
	world.settings.mail = (struct mail_place){ .url = S("smtp://127.0.0.1:9"),
		.host = S("127.0.0.1"),
		.port = S("9"),
		.from = S("desk@keys.example") };
	rq = hand_begin(&world.hand, 0);
	audit(rq, S("test.act"), (str){ 0 }, (str){ 0 });
	return rq;
}

/* The text of the one row there is; empty when this ring does not open it. */
static str
text_there(struct request *rq, const struct keyring *ring)
{
	struct mail_due_rows rows = sql_mail_due(rq->db, .now = rq->now + SECOND, .count = 5);
	struct desk desk = world.hand.desk;
	str text;

	assert_int_equal(rows.n, 1);
	desk.keyring = ring;
	if (!mail_unseal(&desk, rq->arena,
		&(struct mail_seal){
		    rows.at[0].public_id, rows.at[0].key_number, rows.at[0].sealed },
		&text))
		return (str){ 0 };
	return text;
}

static void
its_text_is_sealed(void **state)
{
	struct request *rq = begin();

	(void)state;
	mail_queue(rq, &hello);
	commit(rq);
	assert_int_equal(
	    scratch_number("SELECT COUNT(*) FROM outbox WHERE sealed LIKE '%invite%'"), 0);
	CHECK_STR_EQ(text_there(rq, world.hand.desk.keyring), hello.text);
	scratch_run("UPDATE outbox SET public_id = 'another'");
	CHECK_STR(text_there(rq, world.hand.desk.keyring), "");
}

static void
it_is_undone_with_what_it_tells_of(void **state)
{
	struct request *rq = begin();

	(void)state;
	mail_queue(rq, &hello);
	db_rollback(rq->db);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM outbox"), 0);
}

static void
queue_work(void *mail)
{
	mail_queue(&world.hand.rq, mail);
}

static void
what_is_no_mail_is_a_fault(void **state)
{
	struct mail odd[] = { hello, hello, hello, hello };

	(void)state;
	odd[0].to = S("ann@example.com\r\nBcc: eve@example.com");
	odd[1].subject = S("Hello\r\nBcc: eve@example.com");
	odd[2].text = (str){ 0 };
	odd[3].subject = S("\xff");
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		begin();
		CHECK_FAULT(&world.hand.arena, queue_work, &odd[i], "a mail that cannot be sent");
	}
	begin();
	world.settings.mail.url = (str){ 0 };
	odd[0] = hello;
	CHECK_FAULT(&world.hand.arena, queue_work, &odd[0], "a mail without a mail server");
}

static void
it_is_sealed_anew_before_its_key_is_retired(void **state)
{
	const struct keyring *one = world.hand.desk.keyring;
	struct keyring two;
	struct request *rq = begin();

	(void)state;
	mail_queue(rq, &hello);
	commit(rq);
	ring_of_two(&two, 2);
	world.hand.desk.keyring = &two;
	begin_again(rq);
	audit(rq, S("test.act"), (str){ 0 }, (str){ 0 });
	assert_int_equal(mail_reseal(rq, 2), 1);
	assert_int_equal(mail_reseal(rq, 2), 0);
	commit(rq);
	world.hand.desk.keyring = one;
	two.keys[1].status = KEY_RETIRED;
	CHECK_STR_EQ(text_there(rq, &two), hello.text);
	CHECK_STR(text_there(rq, one), "");
}

static void
take_a_turn(void)
{
	hand_ask(&world.hand, 0);
	mail_send_due(&world.hand.desk, &world.hand.arena);
}

/* Nobody listens at port 9: one is tried, all wait, and those that come later wait as well. */
static void
a_server_that_is_away_is_asked_once(void **state)
{
	struct request *rq = begin();

	(void)state;
	for (int i = 0; i < 3; i++)
		mail_queue(rq, &hello);
	commit(rq);
	take_a_turn();
	take_a_turn();
	assert_int_equal(scratch_number("SELECT SUM(tries) FROM outbox"), 1);
	assert_int_equal(
	    scratch_number("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL AND due_at > "
			   "UTC_TIMESTAMP(6) + INTERVAL 20 SECOND"),
	    3);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM outbox WHERE error <> ''"), 1);
}

static void
pauses_grow_to_a_quarter_of_an_hour(void **state)
{
	struct request *rq = begin();

	(void)state;
	mail_queue(rq, &hello);
	commit(rq);
	for (int i = 0; i < 8; i++) {
		scratch_run("UPDATE outbox SET due_at = '2020-01-01'");
		take_a_turn();
		assert_int_equal(scratch_number("SELECT tries FROM outbox"), i + 1);
		assert_in_range(
		    scratch_number(
			"SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), due_at) FROM outbox"),
		    i < 5 ? (30 << i) - 10 : 890, i < 5 ? 30 << i : 900);
	}
}

static void
after_three_days_it_is_given_up_with_a_server_or_without(void **state)
{
	struct request *rq = begin();

	(void)state;
	mail_queue(rq, &hello);
	commit(rq);
	world.settings.mail = (struct mail_place){ 0 };
	scratch_run("UPDATE outbox SET made_at = UTC_TIMESTAMP(6) - INTERVAL 71 HOUR");
	take_a_turn();
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL"), 1);
	scratch_run("UPDATE outbox SET made_at = UTC_TIMESTAMP(6) - INTERVAL 73 HOUR");
	take_a_turn();
	assert_int_equal(
	    scratch_number("SELECT COUNT(*) FROM outbox WHERE sealed IS NULL AND due_at "
			   "IS NULL AND sent_at IS NULL"),
	    1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_text_is_sealed),
		cmocka_unit_test(it_is_undone_with_what_it_tells_of),
		cmocka_unit_test(what_is_no_mail_is_a_fault),
		cmocka_unit_test(it_is_sealed_anew_before_its_key_is_retired),
		cmocka_unit_test(a_server_that_is_away_is_asked_once),
		cmocka_unit_test(pauses_grow_to_a_quarter_of_an_hour),
		cmocka_unit_test(after_three_days_it_is_given_up_with_a_server_or_without),
	};

	return GROUP(tests);
}
