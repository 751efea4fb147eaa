/* command_demo_scoped.c - scoped credentials for the examples, one in each state that there is. */
#include "command.h"

#include "core/declared_place.h"
#include "core/rotation.h"
#include "core/scoped.h"
#include "sql.h"

enum { WORDS_MAX = 8 };

/* Where: names of accounts and of workspaces, parted by commas. days: how long ago it was made, ends: in how
 * many days it ends, below 0 that it has; used: minutes ago; part: of the calls that a busy one has. 0 is
 * never, or no. */
struct demo_scoped {
	const char *name, *description, *may, *accounts, *workspaces, *tags, *networks;
	const char *address, *program;
	int days, ends, used, part;
	bool stored, deactivated, rotating, integration;
};

/* clang-format off */
static const struct demo_scoped credentials[] = {
	{ "Customer profile sync", "Reads profiles into the CRM, every minute.", "profile:read", "Retail", "", "crm sync", "",
	  .address = "10.0.4.20", .program = "crm-sync/5.2 (java 21)", .days = 118, .used = 1, .part = 3, .stored = true },
	{ "Audience export", "Nightly export of audiences for the mail campaigns.", "profile:read analytics:read", "", "Web shop,Mobile app", "marketing nightly", "10.0.8.0/24",
	  .address = "10.0.8.31", .program = "python-requests/2.32", .days = 412, .used = 430, .part = 40, .stored = true },
	{ "Feed management", "Keeps the feeds of all accounts as the configuration repository has them.", "platform:admin", "", "", "terraform", "",
	  .address = "10.0.2.14", .program = "terraform-provider/1.9", .days = 203, .used = 22, .part = 9, .stored = true, .rotating = true },
	{ "Plan validation in CI", "Validates each pull request against the data plans.", "data-planning:read", "Retail,Wholesale", "", "ci", "198.51.100.0/24 2001:db8:40::/48",
	  .address = "198.51.100.77", .program = "node/22", .days = 61, .used = 9, .part = 15, .stored = true },
	{ "Plan publishing", "Publishes a plan when a release is tagged.", "data-planning:write", "", "Web shop", "ci release", "198.51.100.0/24",
	  .address = "198.51.100.80", .program = "node/22", .days = 61, .ends = 6, .used = 1500, .part = 400, .stored = true },
	{ "Fraud scoring pilot", "A pilot of three months with an outside partner.", "profile:read analytics:read", "", "Web shop", "partner pilot", "203.0.113.40",
	  .address = "203.0.113.40", .program = "okhttp/4.12", .days = 93, .ends = -2, .used = 2900, .part = 60, .stored = true },
	{ "Partner onboarding", "Paused until the new contract is signed.", "platform:user identity:sharer", "", "", "partner", "",
	  .address = "192.0.2.61", .program = "Go-http-client/2.0", .days = 280, .used = 60480, .part = 80, .stored = true, .deactivated = true },
	{ "Old segment export", "", "profile:read", "Wholesale", "", "", "", .days = 247, .stored = true },
	{ "Mobile sign-in", "Looks up whoever signs in to the app.", "customer-identity:read sso-federation:read", "", "", "mobile", "", .days = 2 },
	{ "Analytics dashboard", "What the dashboard in the office shows.", "analytics:read data:read", "", "", "bi", "10.0.0.0/16",
	  .address = "10.0.3.9", .program = "grafana/11.2", .days = 320, .used = 3, .part = 2, .stored = true },
	{ "Directory provisioning", "Creates and closes people's entries from the staff system.", "cloud-directory:write sso-federation:write", "", "", "staff", "",
	  .address = "10.0.5.2", .program = "scim-bridge/0.9", .days = 155, .used = 47, .part = 25, .stored = true },
	{ "Bid enrichment", "Maps and reads identities for the bidder.", "identity:mapper identity:bidder", "", "", "ads", "",
	  .address = "10.0.9.118", .program = "bidder/12.4", .days = 30, .used = 1, .part = 1, .stored = true },
	{ "Profile tests", "Reads the made-up profiles of the test system.", "profile:read", "Retail", "", "tests", "",
	  .address = "198.51.100.77", .program = "node/22", .days = 44, .used = 12, .part = 30, .stored = true, .integration = true },
	{ "Feed rehearsal", "Every change of a feed is tried here first.", "platform:admin data-planning:write", "Wholesale", "Mobile app", "terraform", "",
	  .address = "10.0.2.14", .program = "terraform-provider/1.9", .days = 200, .used = 180, .part = 90, .stored = true, .integration = true },
	{ "Load test", "Only while a load test runs.", "profile:read", "", "Web shop", "tests", "", .days = 12, .stored = true, .deactivated = true, .integration = true },
	{ "Warehouse loader, new", "", "data:read", "", "", "", "", .days = 1, .integration = true },
};
/* clang-format on */

struct strs
demo_list(struct command_run *run, const char *text, char at, str (*of)(struct command_run *, str))
{
	str *words = NEW(run->arena, str, WORDS_MAX), rest = str_of(text);
	size_t n = 0;

	while (rest.n && n < WORDS_MAX) {
		str word = str_cut(rest, at, &rest);

		words[n++] = of ? of(run, word) : word;
	}
	return (struct strs){ words, n };
}

static str
account_named(struct command_run *run, str name)
{
	return sql_demo_account(run->rq.db, .org = run->rq.org, .name = name)->id;
}

static str
workspace_named(struct command_run *run, str name)
{
	return sql_demo_workspace(run->rq.db, .org = run->rq.org, .name = name)->id;
}

static struct scoped_wish
wish_of(struct command_run *run, const struct demo_scoped *demo)
{
	return (struct scoped_wish){
		.environment = demo->integration ? S("integration") : S("production"),
		.name = str_of(demo->name),
		.description = str_of(demo->description),
		.tags = str_of(demo->tags),
		.networks = str_of(demo->networks),
		.owner = sql_demo_user(run->rq.db, .org = run->rq.org)->id,
		.expires_at = demo->ends ? run->rq.now + demo->ends * DAY : 0,
		.may = demo_list(run, demo->may, ' ', NULL),
		.accounts = demo_list(run, demo->accounts, ',', account_named),
		.workspaces = demo_list(run, demo->workspaces, ',', workspace_named),
	};
}

/* Made by somebody who is never wrong: what is refused here is a mistake in the table above. */
static struct client_made
make(struct command_run *run, const struct scoped_wish *wish)
{
	struct client_made made;
	struct scoped_wrong wrong;

	if (scoped_make(&run->rq, wish, &made, &wrong) != SCOPED_DONE)
		fault(run->arena->fault, "the example %.*s cannot be made", STR(wish->name));
	return made;
}

static void
add_calls(struct command_run *run, const struct demo_scoped *demo, str id)
{
	struct demo_calls calls = { .secret = sql_demo_secret(run->rq.db, .id = id)->secret,
		.last_at = run->rq.now - demo->used * MINUTE,
		.days = demo->days,
		.part = demo->part,
		.address = demo->address,
		.program = demo->program };

	demo_use(run, &calls);
}

/* The new secret is used by one caller of two, so that the page says who is left. */
static void
rotate(struct command_run *run, const struct demo_scoped *demo, str id)
{
	struct rotation_wish wish = { .id = id, .overlap = DAY };
	struct demo_scoped moved = *demo;
	struct client_made made;
	int64_t now = run->rq.now;

	run->rq.now = now - 5 * HOUR;
	rotation_start(&run->rq, &wish, &made);
	client_stored(&run->rq, id);
	run->rq.now = now;
	moved.address = "10.0.2.15";
	moved.days = 0;
	add_calls(run, &moved, id);
}

static void
add_scoped(struct command_run *run, const struct demo_scoped *demo)
{
	struct scoped_wish wish = wish_of(run, demo);
	struct client_made made;
	int64_t now = run->rq.now;

	run->rq.now = now - demo->days * DAY;
	made = make(run, &wish);
	if (demo->stored)
		client_stored(&run->rq, made.id);
	run->rq.now = now;
	if (demo->used)
		add_calls(run, demo, made.id);
	if (demo->deactivated)
		client_activate(&run->rq, made.id, false);
	if (demo->rotating)
		rotate(run, demo, made.id);
}

struct demo_place {
	const char *client, *name, *owner, *note, *networks, *program;
};

/* clang-format off */
static const struct demo_place places[] = {
	{ "Audience export", "Mail campaign server", "Marketing operations, Cora Lindqvist", "Secret manager, entry keydesk/audiences; restart the export afterwards.", "10.0.8.31", "" },
	{ "Audience export", "Old mail host", "Marketing operations, Cora Lindqvist", "", "10.0.8.40", "" },
	{ "Feed management", "Configuration runner 1", "Platform team", "Variable KEYDESK_SECRET of the runner.", "10.0.2.14", "terraform-provider/" },
	{ "Feed management", "Configuration runner 2", "Platform team", "Variable KEYDESK_SECRET of the runner.", "10.0.2.15", "terraform-provider/" },
};
/* clang-format on */

static void
add_place(struct command_run *run, const struct demo_place *demo)
{
	str client =
	    sql_demo_client(run->rq.db, .org = run->rq.org, .name = str_of(demo->client))->id;
	struct place_wish wish = { .name = str_of(demo->name),
		.owner = str_of(demo->owner),
		.note = str_of(demo->note),
		.networks = str_of(demo->networks),
		.program = str_of(demo->program) };

	declared_place_add(&run->rq, client, &wish);
}

void
demo_scoped(struct command_run *run)
{
	for (size_t i = 0; i < sizeof credentials / sizeof credentials[0]; i++)
		add_scoped(run, &credentials[i]);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		add_place(run, &places[i]);
}

/* One to try with, and what to try: its secret is shown here, this once. */
void
demo_try(struct command_run *run)
{
	static const struct demo_scoped demo = { "First steps",
		"Printed by make run, to be tried with curl.", "profile:read", "", "Web shop",
		"example", "", .stored = true };
	struct scoped_wish wish = wish_of(run, &demo);
	struct client_made made = make(run, &wish);

	client_stored(&run->rq, made.id);
	say("An API is behind the gateway's question. Ask it, with the credential First steps:\n"
	    "    curl -i -u %.*s:%.*s %.*s/profile/v1/workspaces/%.*s/users\n",
	    STR(made.client_id), STR(made.secret), STR(run->settings->url),
	    STR(workspace_named(run, S("Web shop"))));
}
