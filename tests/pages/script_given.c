/* script_given.c - the lines of a page test that say who asks, and what there is. */
#define _GNU_SOURCE
#include "pages/runner.h"

#include <stdlib.h>

static void
do_as(struct test *t, str rest)
{
	fixture_as(t, rest);
}

static void
do_from(struct test *t, str rest)
{
	t->remote = words(t, rest, WORDS_PLAIN);
}

static void
do_wait(struct test *t, str rest)
{
	str unit, number = str_cut(rest, ' ', &unit);
	int64_t n = 0, each = str_starts(unit, S("second"))   ? SECOND
	                      : str_starts(unit, S("minute")) ? MINUTE
	                      : str_starts(unit, S("hour"))   ? HOUR
	                                                      : DAY;

	if (!str_int(number, &n))
		complain(t, "wait how long?");
	t->now += n * each;
}

/* One setting of the program, for the rest of this test. */
static void
do_setting(struct test *t, str rest)
{
	str value;
	const char *name = str_c(t->arena, str_cut(rest, ' ', &value));

	setenv(name, str_c(t->arena, value), 1);
	t->settings = world_settings(t->arena);
	unsetenv(name);
}

/* may=profile:read,platform:admin in=WORKSPACE,ACCOUNT networks=192.0.2.0/24 ends=DAYS */
static bool
scoped_option(struct fixture_key *key, str option)
{
	str value, name = str_cut(option, '=', &value);

	if (str_eq(name, S("may")))
		key->may = value;
	else if (str_eq(name, S("in")))
		key->in = value;
	else if (str_eq(name, S("networks")))
		key->networks = value;
	else
		return str_eq(name, S("ends")) && str_int(value, &key->ends_days);
	return true;
}

/* of=compliance_admin key=WORD reads-only */
static bool
additional_option(struct fixture_key *key, str option)
{
	str value, name = str_cut(option, '=', &value);

	if (str_eq(name, S("key")))
		key->key = value;
	else if (str_eq(name, S("reads-only")))
		key->only_reads = true;
	else
		return str_eq(name, S("of")) && who_of(value, &key->whose);
	return true;
}

static void
key_option(struct test *t, struct fixture_key *key, str option)
{
	if (str_eq(option, S("production")) || str_eq(option, S("integration")))
		key->environment = option;
	else if (str_eq(option, S("stored")))
		key->stored = true;
	else if (str_eq(option, S("rotating")))
		key->rotating = true;
	else if (str_eq(option, S("pending")))
		key->pending = true;
	else if (str_eq(option, S("used")))
		key->used = true;
	else if (str_eq(option, S("deactivated")))
		key->deactivated = true;
	else if (!(key->additional && additional_option(key, option)) &&
		 !((key->scoped || key->additional) && scoped_option(key, option)) &&
		 !(str_starts(option, S("days=")) &&
		     str_int(str_part(option, 5, option.n), &key->days)))
		complain(t, "a key has no option %.*s", STR(option));
}

/* A name= takes the rest of the line. */
static struct fixture_key
key_of(struct test *t, str rest, struct fixture_key key)
{
	key.environment = S("production");
	key.name = key.label = str_cut(rest, ' ', &rest);
	while ((rest = str_trim(rest)).n) {
		if (str_starts(rest, S("name="))) {
			key.label = words(t, str_part(rest, 5, rest.n), WORDS_PLAIN);
			break;
		}
		key_option(t, &key, str_cut(rest, ' ', &rest));
	}
	return key;
}

static void
do_key(struct test *t, str rest)
{
	struct fixture_key key = key_of(t, rest, (struct fixture_key){ 0 });

	fixture_key(t, &key);
}

static void
do_scoped(struct test *t, str rest)
{
	struct fixture_key key = key_of(t, rest, (struct fixture_key){ .scoped = true });

	fixture_key(t, &key);
}

static void
do_additional(struct test *t, str rest)
{
	struct fixture_key key = key_of(t, rest, (struct fixture_key){ .additional = true });

	fixture_key(t, &key);
}

static void
do_data_api(struct test *t, str rest)
{
	struct fixture_key key = key_of(t, rest, (struct fixture_key){ 0 });

	fixture_data_api(t, &key);
}

/* NAME for=ROLE keys name=LABEL */
static void
do_founded(struct test *t, str rest)
{
	struct fixture_founded wish = { .known = WHO_NOBODY };

	wish.name = wish.label = str_cut(rest, ' ', &rest);
	while ((rest = str_trim(rest)).n) {
		str option;

		if (str_starts(rest, S("name="))) {
			wish.label = words(t, str_part(rest, 5, rest.n), WORDS_PLAIN);
			break;
		}
		option = str_cut(rest, ' ', &rest);
		if (str_eq(option, S("keys")))
			wish.keys = true;
		else if (!str_starts(option, S("for=")) ||
			 !who_of(str_part(option, 4, option.n), &wish.known))
			complain(t, "it is not founded with %.*s", STR(option));
	}
	fixture_founded(t, &wish);
}

/* NAME in ACCOUNT name=LABEL: what follows "in" is for workspaces, a name= takes the rest of the line. */
static struct fixture_account
account_of(struct test *t, str rest)
{
	struct fixture_account account = { 0 };

	account.name = account.label = str_cut(rest, ' ', &rest);
	rest = str_trim(rest);
	if (str_starts(rest, S("in ")))
		account.account = str_cut(str_part(rest, 3, rest.n), ' ', &rest);
	rest = str_trim(rest);
	if (str_starts(rest, S("name=")))
		account.label = words(t, str_part(rest, 5, rest.n), WORDS_PLAIN);
	else if (rest.n)
		complain(t, "an account has no option %.*s", STR(rest));
	return account;
}

static void
make_account(struct test *t, str rest, bool foreign)
{
	struct fixture_account account = account_of(t, rest);

	account.foreign = foreign;
	if (account.account.n)
		fixture_workspace(t, &account);
	else
		fixture_account(t, &account);
}

static void
do_account(struct test *t, str rest)
{
	make_account(t, rest, false);
}

static void
do_other(struct test *t, str rest)
{
	str what, word = str_cut(rest, ' ', &what);
	struct fixture_key key;

	if (str_eq(word, S("account")) || str_eq(word, S("workspace"))) {
		make_account(t, what, true);
		return;
	}
	if (str_eq(word, S("scoped")))
		key = key_of(t, what, (struct fixture_key){ .scoped = true });
	else if (str_eq(word, S("additional")))
		key = key_of(t, what, (struct fixture_key){ .additional = true });
	else
		key = key_of(t, rest, (struct fixture_key){ 0 });
	key.foreign = true;
	fixture_key(t, &key);
}

/* NAME of KEY networks=LIST program=BEGINNING name=LABEL: a name= takes the rest of the line. */
static void
do_place(struct test *t, str rest)
{
	struct fixture_place place = { 0 };
	str of;

	place.name = place.label = str_cut(rest, ' ', &rest);
	of = str_cut(rest, ' ', &rest);
	place.key = str_cut(rest, ' ', &rest);
	if (!str_eq(of, S("of")) || place.key.n == 0)
		complain(t, "a place of which key?");
	while ((rest = str_trim(rest)).n) {
		str option;

		if (str_starts(rest, S("name="))) {
			place.label = str_part(rest, 5, rest.n);
			break;
		}
		option = str_cut(rest, ' ', &rest);
		if (str_starts(option, S("networks=")))
			place.networks = str_part(option, 9, option.n);
		else if (str_starts(option, S("program=")))
			place.program = str_part(option, 8, option.n);
		else
			complain(t, "a place has no option %.*s", STR(option));
	}
	fixture_place(t, &place);
}

/* SID MINUTES CALLS REFUSED ADDRESS PROGRAM: the program takes the rest of the line. */
static void
do_caller(struct test *t, str rest)
{
	struct fixture_caller caller = { .sid = str_cut(rest, ' ', &rest) };

	if (!str_int(str_cut(rest, ' ', &rest), &caller.minutes) ||
	    !str_int(str_cut(rest, ' ', &rest), &caller.calls) ||
	    !str_int(str_cut(rest, ' ', &rest), &caller.refused))
		complain(t, "a caller is SID MINUTES CALLS REFUSED ADDRESS PROGRAM");
	caller.address = str_cut(rest, ' ', &caller.program);
	fixture_caller(t, &caller);
}

static void
do_api(struct test *t, str rest)
{
	fixture_api(t, rest);
}

static void
do_members_may(struct test *t, str rest)
{
	fixture_members_may(t, words(t, rest, WORDS_PLAIN));
}

static void
do_entitled(struct test *t, str rest)
{
	fixture_entitled(t, words(t, rest, WORDS_PLAIN));
}

/* ROLE console|command|sql unswept */
static void
do_left(struct test *t, str rest)
{
	struct fixture_left left = { 0 };
	str options, option, role = str_cut(rest, ' ', &options);
	enum who who;

	if (!who_of(role, &who) || !fixture_person(t, who))
		complain(t, "who leaves?");
	else
		left.id = fixture_person(t, who)->id;
	while (options.n) {
		option = str_cut(options, ' ', &options);
		if (str_eq(option, S("unswept")))
			left.unswept = true;
		else if (!str_eq(option, S("sql")))
			left.door = option;
	}
	fixture_left(t, &left);
}

static void
do_factor(struct test *t, str rest)
{
	enum who who;

	if (!who_of(rest, &who))
		complain(t, "a factor of whom?");
	else
		fixture_factor(t, who);
}

static void
do_setup(struct test *t, str rest)
{
	(void)rest;
	fixture_setup(t);
}

static const struct {
	str word;
	void (*run)(struct test *, str rest);
} table[] = {
	{ STR_INIT("as"), do_as },
	{ STR_INIT("from"), do_from },
	{ STR_INIT("wait"), do_wait },
	{ STR_INIT("setting"), do_setting },
	{ STR_INIT("key"), do_key },
	{ STR_INIT("scoped"), do_scoped },
	{ STR_INIT("additional"), do_additional },
	{ STR_INIT("data_api"), do_data_api },
	{ STR_INIT("other"), do_other },
	{ STR_INIT("place"), do_place },
	{ STR_INIT("caller"), do_caller },
	{ STR_INIT("account"), do_account },
	{ STR_INIT("workspace"), do_account },
	{ STR_INIT("api"), do_api },
	{ STR_INIT("entitled"), do_entitled },
	{ STR_INIT("members_may"), do_members_may },
	{ STR_INIT("founded"), do_founded },
	{ STR_INIT("left"), do_left },
	{ STR_INIT("factor"), do_factor },
	{ STR_INIT("setup"), do_setup },
};

bool
script_given(struct test *t, str word, str rest)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (str_eq(word, table[i].word)) {
			table[i].run(t, rest);
			return true;
		}
	return false;
}
