/* mail_place.c - tests of where mail is handed over: when it must be encrypted, and what is refused. */
#include "check.h"

#include "core/mail_place.h"

static struct mail_place
good(const char *url, const char *authorities)
{
	struct mail_place place = { .url = str_of(url),
		.from = S("desk@keys.example"),
		.authorities = str_of(authorities) };
	const char *setting;

	assert_null(mail_place_read(&place, &setting));
	return place;
}

static void
only_this_machine_may_go_unencrypted(void **state)
{
	(void)state;
	assert_true(good("smtp://mail.example.com", "").must_tls);
	assert_true(good("smtp://127.example.com:25", "").must_tls);
	assert_true(good("smtp://192.0.2.1", "").must_tls);
	assert_true(good("smtp://[2001:db8::1]:587", "").must_tls);
	assert_false(good("smtp://127.0.0.1:2525", "").must_tls);
	assert_false(good("smtp://[::1]", "").must_tls);
	assert_false(good("smtp://localhost", "").must_tls);
	assert_true(good("smtp://localhost", "/etc/mail.pem").must_tls);
	assert_true(good("smtps://localhost", "").tls);
}

static void
ports(void **state)
{
	(void)state;
	CHECK_STR(good("smtp://mail.example.com", "").port, "25");
	CHECK_STR(good("smtps://mail.example.com", "").port, "465");
	CHECK_STR(good("smtp://mail.example.com:587", "").port, "587");
	CHECK_STR(good("smtp://[2001:db8::1]:587", "").host, "[2001:db8::1]");
}

static void
what_is_no_server_is_refused(void **state)
{
	static const char *const urls[] = { "mail.example.com", "http://mail.example.com",
		"file:///etc/passwd", "smtp://", "smtp://user@mail.example.com",
		"smtp://mail.example.com/", "smtp://mail.example.com:0",
		"smtp://mail.example.com:70000", "smtp://mail.example.com:25 x",
		"SMTP://mail.example.com" };

	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		struct mail_place place = { .url = str_of(urls[i]),
			.from = S("desk@keys.example") };
		const char *setting;

		assert_non_null(mail_place_read(&place, &setting));
		assert_string_equal(setting, "KEYDESK_SMTP_URL");
	}
}

static void
settings_go_together(void **state)
{
	struct mail_place none = { 0 }, only_from = { .from = S("desk@keys.example") };
	struct mail_place no_from = { .url = S("smtp://mail.example.com") };
	struct mail_place no_password = { .url = S("smtp://mail.example.com"),
		.from = S("desk@keys.example"),
		.user = S("desk") };
	struct mail_place no_user = no_password, odd_from = no_password;
	const char *setting;

	(void)state;
	no_user.user = (str){ 0 };
	no_user.password = S("x");
	odd_from.user = (str){ 0 };
	odd_from.from = S("Desk <desk@keys.example>");
	assert_null(mail_place_read(&none, &setting));
	assert_non_null(mail_place_read(&only_from, &setting));
	assert_string_equal(setting, "KEYDESK_SMTP_URL");
	assert_non_null(mail_place_read(&no_from, &setting));
	assert_string_equal(setting, "KEYDESK_MAIL_FROM");
	assert_non_null(mail_place_read(&odd_from, &setting));
	assert_string_equal(setting, "KEYDESK_MAIL_FROM");
	assert_non_null(mail_place_read(&no_password, &setting));
	assert_string_equal(setting, "KEYDESK_SMTP_USER");
	assert_non_null(mail_place_read(&no_user, &setting));
	assert_string_equal(setting, "KEYDESK_SMTP_USER");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_this_machine_may_go_unencrypted),
		cmocka_unit_test(ports),
		cmocka_unit_test(what_is_no_server_is_refused),
		cmocka_unit_test(settings_go_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
