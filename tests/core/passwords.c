/* passwords.c - which passwords people may choose. */
#include "check.h"

#include "core/passwords.h"

static const str email = STR_INIT("katharina.bellweather+desk@example.test");
static const str name = STR_INIT("Katharina Bellweather");

static void
check_all(const char *const *passwords, enum password_answer expected)
{
	for (; *passwords; passwords++) {
		enum password_answer answer = password_check(str_of(*passwords), email, name);

		if (answer != expected)
			print_error("%s: %d\n", *passwords, (int)answer);
		assert_int_equal(answer, expected);
	}
}

static void
length_counts_characters(void **state)
{
	struct arena *a = test_arena();
	char *at = NEW(a, char, 1000);

	(void)state;
	assert_int_equal(password_check(S(""), email, name), PASSWORD_SHORT);
	assert_int_equal(password_check(S("vR7#kq!Zw2m"), email, name), PASSWORD_SHORT);
	assert_int_equal(password_check(S("vR7#kq!Zw2mT"), email, name), PASSWORD_GOOD);

	/* Eleven characters in 22 bytes are short, twelve in 24 are not. */
	assert_int_equal(password_check(S("éàüößñçøåæþ"), email, name), PASSWORD_SHORT);
	assert_int_equal(password_check(S("éàüößñçøåæþð"), email, name), PASSWORD_GOOD);

	for (size_t i = 0; i < 201; i++)
		at[i] = (char)('!' + (i * i * 7 + i * 3) % 90);
	assert_int_equal(password_check((str){ at, 200 }, email, name), PASSWORD_GOOD);
	assert_int_equal(password_check((str){ at, 201 }, email, name), PASSWORD_LONG);

	/* 200 characters of 4 bytes fit, and bytes that are no text do not overflow anything. */
	for (size_t i = 0; i < 200; i++) {
		at[4 * i] = (char)0xf0;
		at[4 * i + 1] = (char)0x9f;
		at[4 * i + 2] = (char)0x80;
		at[4 * i + 3] = (char)(0x80 + i * i % 59);
	}
	assert_int_equal(password_check((str){ at, 800 }, email, name), PASSWORD_GOOD);
	at[800] = (char)0x80;
	assert_int_equal(password_check((str){ at, 801 }, email, name), PASSWORD_LONG);
}

static void
good_ones(void **state)
{
	static const char *const passwords[] = { "grenadine tugboat 41", "tall-giraffes-eat-late",
		"Zug fährt um 7 nach Bern", "m4Zq-88wX-p0rT", "x7Gq2LvB9nTe",
		"dragon monkey sunshine", "the kettle sings at noon", "9b1f4c7e2a6d",
		"wpnfkjhuqbtz", "anna karenina, chapter 2", "ich trinke gern kakao",
		"9472 0815 3361 7726", "нелепая случайность", "kath says hello there", NULL };

	(void)state;
	check_all(passwords, PASSWORD_GOOD);
}

static void
common_ones(void **state)
{
	static const char *const passwords[] = { "password1234", "Password1234", "P@ssw0rd!2024",
		"passwordpassword", "qwertyuiop12", "qwertyuiop[]", "123456789012",
		"1234567890123456", "111111111111", "aaaaaaaaaaaab", "abcdefghijkl", "zyxwvutsrqpo",
		"abcabcabcabc", "keydesk12345", "keydeskkeydesk", "Keydesk2025!!!", "administrator",
		"administrator1", "letmeinplease", "iloveyou1234", "ILoveYouForever",
		"1qaz2wsx3edc", "!QAZ@WSX#EDC", "qazwsxedcrfv", "asdfghjkl;'1", "zxcvbnm,./12",
		"1q2w3e4r5t6y", "987654321098", "welcome12345", "Welcome2Welcome2", "Summer2024!!",
		"Sommer2024Winter2025", "changeme1234", "secret123456", "trustno1trustno1",
		"blahblahblah", "xyxyxyxyxyxyxyxy", "superman2019", "manchesterunited",
		"liverpoolfc1892", "correcthorsebatterystaple", "monkeymonkeymonkey",
		"passw0rdpassw0rd", "drowssap1234", "mypassword2024", "thisismypassword",
		"19840523198405", "839201746352", "éééééééééééé", "Passwort1234", "motdepasse12",
		"football1234", "qwertzuiop12", "0000000000000", "aAbBcCdDeEfF", "a1b2c3d4e5f6",
		"147258369147", "October-2025", "adminadmin12", "hello123hello", NULL };

	(void)state;
	check_all(passwords, PASSWORD_COMMON);
}

static void
personal_ones(void **state)
{
	static const char *const passwords[] = { "katharina.bellweather", "katharinabellweather",
		"Bellweather-Katharina", "k4th4r1n4-b3llw34th3r", "KatharinaBellweather77",
		"katharina1 bellweather2", "rehtaewlleb.anirahtak", "bellweather!99",
		"xx katharina.bellweather xx", "BellweatherBellweather", NULL };

	(void)state;
	check_all(passwords, PASSWORD_PERSONAL);
}

static void
short_names_count_as_words_only(void **state)
{
	(void)state;
	assert_int_equal(
	    password_check(S("bob7bob8bob9"), S("bob@example.test"), S("")), PASSWORD_PERSONAL);
	assert_int_equal(
	    password_check(S("Bob@Example.test"), S("bob@example.test"), S("")), PASSWORD_PERSONAL);
	assert_int_equal(password_check(S("discombobulated tuna"), S("bob@example.test"), S("Bob")),
	    PASSWORD_GOOD);
	assert_int_equal(
	    password_check(S("x7Gq2LvB9nTe"), S("x7@example.test"), S("G q")), PASSWORD_GOOD);
}

static void
nothing_known_is_nothing_forbidden(void **state)
{
	(void)state;
	assert_int_equal(password_check(S("bellweather!99"), S(""), S("")), PASSWORD_GOOD);
	assert_int_equal(
	    password_check(S("bellweather!99"), (str){ 0 }, (str){ 0 }), PASSWORD_GOOD);
	assert_int_equal(password_check(S("bellweather!99"), S("@"), S("  ...  ")), PASSWORD_GOOD);
	assert_int_equal(password_check(S("bellweather!99"), S("1234@5678"), S("")), PASSWORD_GOOD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(length_counts_characters),
		cmocka_unit_test(good_ones),
		cmocka_unit_test(common_ones),
		cmocka_unit_test(personal_ones),
		cmocka_unit_test(short_names_count_as_words_only),
		cmocka_unit_test(nothing_known_is_nothing_forbidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
