/* command_demo.c - fills an empty installation with examples, with random passwords that it prints. */
#include "command.h"

#include "base/random.h"
#include "core/account.h"
#include "core/client.h"
#include "core/entitlement.h"
#include "core/origin.h"
#include "core/person.h"
#include "sql.h"

enum { PASSWORD_WORDS_CHARS = 20, OLDEST_DAYS = 430 };

/* Who is not said may sign in, as everybody may whom an admin gives a password. */
struct demo_person {
	const char *name, *email;
	enum role role;
	bool said;
};

static void
add_person(struct command_run *run, const struct demo_person *person, bool is_operator)
{
	struct person_wish wish = { .name = str_of(person->name),
		.email = str_of(person->email),
		.password = random_base62(run->arena, PASSWORD_WORDS_CHARS),
		.role = person->role,
		.is_operator = is_operator };

	person_join(&run->rq, run->rq.org, &wish);
	if (!person->said)
		return;
	say("    %-24s %-17.*s %.*s\n", person->email, STR(role_words(person->role)),
	    STR(wish.password));
}

struct demo_key {
	const char *name, *environment;
	int days; /* how long ago it was made */
	bool stored;
	int used_minutes; /* ago; 0 is never */
	bool deactivated;
};

static void
add_use(struct command_run *run, const struct demo_key *key, str id)
{
	struct demo_calls calls = { .secret = sql_demo_secret(run->rq.db, .id = id)->secret,
		.last_at = run->rq.now - key->used_minutes * MINUTE,
		.days = key->days,
		.part = 1,
		.address = "10.0.0.7",
		.program = "shop/2.1 (linux; x86_64)" };

	demo_use(run, &calls);
}

static void
add_key(struct command_run *run, const struct demo_key *key)
{
	struct client_wish wish = { .environment = str_of(key->environment),
		.name = str_of(key->name) };
	struct client_made made;
	int64_t now = run->rq.now;

	run->rq.now = now - key->days * DAY;
	if (client_create(&run->rq, &wish, &made) == MADE_NEW && key->stored)
		client_stored(&run->rq, made.id);
	run->rq.now = now;
	if (key->used_minutes)
		add_use(run, key, made.id);
	if (key->deactivated)
		sql_demo_deactivated(run->rq.db, .id = made.id);
}

struct demo_account {
	const char *name;
	const char *workspaces[4];
};

static void
add_account(struct command_run *run, const struct demo_account *demo)
{
	struct account_made account, workspace;

	account_create(&run->rq, str_of(demo->name), &account);
	for (size_t i = 0; i < 4 && demo->workspaces[i]; i++)
		workspace_create(&run->rq, account.row, str_of(demo->workspaces[i]), &workspace);
}

static void
add_accounts(struct command_run *run)
{
	static const struct demo_account accounts[] = {
		{ "Retail", { "Web shop", "Mobile app", "Stores", "Loyalty" } },
		{ "Wholesale", { "Partner portal", "Catalogue service" } },
		{ "Marketplace", { "Sellers", "Payouts", "Disputes" } },
		{ "Research", { "Sandbox" } },
	};

	for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++)
		add_account(run, &accounts[i]);
}

static void
add_organization(struct command_run *run)
{
	str id;

	run->rq.org = organization_create(&run->rq, S("Northwind Trading"), &id);
	entitlement_give_all(
	    &run->rq, &(struct audit_who){ .org = run->rq.org, .name = S("command line") });
}

enum exit_code
command_demo(struct command_run *run)
{
	static const struct demo_person people[] = {
		{ "Ann Marsh", "ann@example.com", ROLE_ADMIN, true },
		{ "Cora Lindqvist", "cora@example.com", ROLE_COMPLIANCE_ADMIN, true },
		{ "Dora Nyberg", "dora@example.com", ROLE_MEMBER, true },
		{ "Ben Okafor", "ben@example.com", ROLE_MEMBER, true },
		{ "Emil Santos", "emil@example.com", ROLE_MEMBER, false },
		{ "Farah Haddad", "farah@example.com", ROLE_MEMBER, false },
		{ "Gil Brennan", "gil@example.com", ROLE_MEMBER, false },
		{ "Hugo Tan", "hugo@example.com", ROLE_MEMBER, false },
	};
	static const struct demo_key keys[] = {
		{ .name = "Website",
		    .environment = "production",
		    .days = 63,
		    .stored = true,
		    .used_minutes = 4 },
		{ .name = "Nightly batch",
		    .environment = "production",
		    .days = 401,
		    .stored = true,
		    .used_minutes = 0 },
		{ .name = "Staging website",
		    .environment = "integration",
		    .days = 12,
		    .used_minutes = 90 },
		{ .name = "Old importer",
		    .environment = "integration",
		    .days = 200,
		    .stored = true,
		    .deactivated = true },
	};
	struct origin origin;

	if (origin_parse(run->settings->url, &origin) || !origin.loopback) {
		say_wrong("examples are made only where KEYDESK_URL is a loopback address");
		return EXIT_REFUSED;
	}
	if (!sql_installation_claim(run->rq.db, .now = run->rq.now)) {
		if (!run->options.json)
			say("The installation is set up already; no examples were made.\n");
		return EXIT_DONE;
	}
	run->rq.now -= OLDEST_DAYS * DAY; /* before whatever they do */
	add_organization(run);
	say("Examples: the organization Northwind Trading, and who may sign in:\n");
	for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
		add_person(run, &people[i], i == 0);
	run->rq.now += OLDEST_DAYS * DAY;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		add_key(run, &keys[i]);
	add_accounts(run);
	demo_scoped(run);
	demo_members(run);
	demo_team(run);
	demo_try(run);
	run->then = demo_left;
	return EXIT_DONE;
}
