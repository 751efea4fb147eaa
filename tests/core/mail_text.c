/* mail_text.c - tests of a mail as it goes over the wire: no words of others become a header. */
#include "check.h"

#include "core/mail_text.h"
#include "crypto/base64.h"

static const struct mail_head head = { .id = STR_INIT("0abc"),
	.from = STR_INIT("desk@keys.example"),
	.at = (int64_t)1795271049 * SECOND }; /* 2026-11-21 14:24:09 */

static str
message(const char *subject, const char *text)
{
	return mail_message(test_arena(), &head,
	    &(struct mail){ S("ann@example.com"), str_of(subject), str_of(text) });
}

/* The lines of a header field, with those that it goes on in. */
static str
field(str message, str name)
{
	size_t at = str_find(message, name), n = 0;

	message = str_part(message, at, message.n);
	do {
		n += str_find(str_part(message, n, message.n), S("\r\n")) + 2;
	} while (n < message.n && message.at[n] == ' ');
	return str_part(message, 0, n);
}

static void
headers_and_body(void **state)
{
	(void)state;
	CHECK_STR(message("Hello", "One\ntwo"), "From: Keydesk <desk@keys.example>\r\n"
						"To: <ann@example.com>\r\n"
						"Subject: Hello\r\n"
						"Date: Sat, 21 Nov 2026 14:24:09 +0000\r\n"
						"Message-ID: <0abc@keys.example>\r\n"
						"Auto-Submitted: auto-generated\r\n"
						"MIME-Version: 1.0\r\n"
						"Content-Type: text/plain; charset=utf-8\r\n"
						"Content-Transfer-Encoding: base64\r\n\r\n"
						"T25lDQp0d28NCg==\r\n");
}

static void
a_subject_is_never_another_header(void **state)
{
	static const char *const subjects[] = { "x\r\nBcc: eve@example.com",
		"x\nBcc: eve@example.com", "x\rBcc: eve@example.com", "x\r\n\r\nBcc: eve" };

	(void)state;
	for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
		str got = message(subjects[i], "text");

		assert_int_equal(str_find(got, S("Bcc")), got.n);
		CHECK_HOLDS(got, "\r\nSubject: =?UTF-8?B?");
	}
}

static void
other_letters_are_encoded_words(void **state)
{
	str got;

	(void)state;
	got = message("=?UTF-8?B?QQ==?=", "text");
	CHECK_HOLDS(got, "Subject: =?UTF-8?B?PT9VVEYtOD9CP1FRPT0/PQ==?=\r\n");
	got = message("Einladung für Jürgen", "text");
	CHECK_HOLDS(got, "Subject: =?UTF-8?B?RWlubGFkdW5nIGbDvHIgSsO8cmdlbg==?=\r\n");
}

/* RFC 2047 section 2 and 5: at most 75 characters a word, and no character in two of them. */
static void
long_subjects_are_cut_between_characters(void **state)
{
	str rest, word, lines;
	char subject[MAIL_SUBJECT_MAX + 1], whole[2 * MAIL_SUBJECT_MAX];
	size_t n = 0;

	(void)state;
	subject[0] = 'x';
	for (size_t i = 1; i + 2 <= 199; i += 2)
		memcpy(subject + i, "\xc3\xbc", 2);
	subject[199] = 0;
	lines = str_part(field(message(subject, "text"), S("Subject: ")), 9, 2000);
	while (lines.n) {
		char bytes[100];
		size_t got, after;

		word = str_trim(str_cut(lines, '\n', &lines));
		assert_true(word.n <= 75 && str_starts(word, S("=?UTF-8?B?")));
		after = str_find_char(str_part(word, 10, word.n), '=');
		after = after < str_find_char(str_part(word, 10, word.n), '?')
		            ? after
		            : str_find_char(str_part(word, 10, word.n), '?');
		assert_true(base64_read(BASE64_PLAIN, str_part(word, 10, after), bytes, &got));
		assert_int_not_equal((unsigned char)bytes[got - 1], 0xc3);
		memcpy(whole + n, bytes, got);
		n += got;
	}
	rest = (str){ whole, n };
	CHECK_STR_EQ(rest, str_of(subject));
}

static void
lines_of_the_body_are_76_characters(void **state)
{
	char text[MAIL_TEXT_MAX + 1];
	str got, line;
	size_t lines = 0;

	(void)state;
	memset(text, '.', MAIL_TEXT_MAX);
	text[MAIL_TEXT_MAX] = 0;
	got = message("Hello", text);
	for (got = str_part(got, str_find(got, S("\r\n\r\n")) + 4, got.n); got.n; lines++) {
		line = str_cut(got, '\n', &got);
		assert_true(line.n <= 77);
		assert_int_not_equal(line.at[0], '.');
	}
	assert_int_equal(lines, (MAIL_TEXT_MAX + 2 + 56) / 57);
}

static void
send_to(void *to)
{
	mail_message(
	    test_arena(), &head, &(struct mail){ str_of((const char *)to), S("Hello"), S("text") });
}

static void
an_address_that_is_none_is_a_fault(void **state)
{
	char break_out[] = "a@example.com>\r\nBcc: <b@example.com",
	     two[] = "a@b.example,c@d.example x";

	(void)state;
	CHECK_FAULT(test_arena(), send_to, break_out, "cannot stand in a mail's header");
	CHECK_FAULT(test_arena(), send_to, two, "cannot stand in a mail's header");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_and_body),
		cmocka_unit_test(a_subject_is_never_another_header),
		cmocka_unit_test(other_letters_are_encoded_words),
		cmocka_unit_test(long_subjects_are_cut_between_characters),
		cmocka_unit_test(lines_of_the_body_are_76_characters),
		cmocka_unit_test(an_address_that_is_none_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
