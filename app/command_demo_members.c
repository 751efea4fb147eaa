/* command_demo_members.c - what members have, for the examples: additional secrets in each state that there is. */
#include "command.h"

#include "core/actor.h"
#include "core/additional.h"
#include "core/data_api.h"
#include "core/member_permission.h"
#include "core/pending.h"
#include "core/rotation.h"
#include "sql.h"

enum { LEAVER_DAYS = 30 };

/* owner is the beginning of an address; for_them: an admin makes it, and it waits until it is opened, which was so
 * many days ago, 0 for not yet. days: how long ago it was made; ends: in how many days it ends, below 0 that it has;
 * used: minutes ago; part: of the calls that a busy one has. 0 is never, or no. */
struct demo_additional {
	const char *name, *comment, *owner, *key, *may, *networks;
	const char *address, *program;
	int days, ends, opened, used, part;
	bool for_them, only_reads, stored, rotating, revoked, integration;
};

/* clang-format off */
/* Those that have ended come first, so that there is room for the others at each moment. */
static const struct demo_additional secrets[] = {
	{ "Figures of June", "For the report of the first half of the year.", "ben", "Website", "analytics:read", "",
	  .days = 150, .stored = true, .revoked = true },
	{ "Trial of the directory", "Asked for, never opened.", "gil", "Website", "cloud-directory:read", "", .days = 12, .for_them = true },
	{ "Week of testing", "Only while the new sign-in is tested.", "farah", "Website", "sso-federation:read", "",
	  .address = "198.51.100.23", .program = "curl/8.5.0", .days = 11, .ends = -3, .used = 5000, .part = 300, .stored = true },
	{ "Spreadsheet of figures", "Refreshes the sheet that the board sees.", "emil", "Nightly batch", "analytics:read", "",
	  .address = "198.51.100.44", .program = "python-requests/2.31", .days = 408, .used = 900, .part = 500, .stored = true },
	{ "Check of feeds", "Looks at the figures of each feed in the morning.", "hugo", "Website", "analytics:read", "",
	  .address = "198.51.100.90", .program = "feed-check/0.2", .days = 61, .used = 4400, .part = 300, .stored = true },
	{ "Churn model", "Training data, once a quarter.", "farah", "Nightly batch", "analytics:read", "10.0.12.0/24",
	  .address = "10.0.12.8", .program = "python-httpx/0.27", .days = 200, .used = 150000, .part = 700, .stored = true },
	{ "Directory clean-up", "Closes entries of people who have left. Runs on the staff server.", "emil", "Website", "cloud-directory:write", "10.0.5.0/24",
	  .address = "10.0.5.9", .program = "clean-up/1.4", .days = 96, .opened = 95, .used = 61, .part = 60, .for_them = true, .stored = true, .rotating = true },
	{ "Figures notebook", "My notebook for the weekly figures.", "ben", "Website", "analytics:read", "",
	  .address = "198.51.100.31", .program = "python-requests/2.32", .days = 74, .used = 14, .part = 90, .stored = true },
	{ "Review of access", "Compares the directory with what the credentials may do.", "cora", "Website", "cloud-directory:read customer-identity:read", "",
	  .address = "10.0.3.77", .program = "review/0.3", .days = 41, .used = 2900, .part = 400, .only_reads = true, .stored = true },
	{ "Look-up for support", "Until the new support desk is there.", "dora", "Website", "customer-identity:read", "198.51.100.0/24 2001:db8:51::/48",
	  .address = "198.51.100.12", .program = "support-desk/3.0", .days = 21, .ends = 9, .used = 7, .part = 40, .only_reads = true, .stored = true },
	{ "Errors of the sign-in", "To look into ticket 4471.", "ben", "Website", "sso-federation:read", "", .days = 6, .for_them = true, .only_reads = true },
	{ "New dashboard", "Writes the saved queries of the new dashboard.", "dora", "Website", "analytics:write", "", .days = 2, .for_them = true },
	{ "Board report", "", "farah", "Website", "analytics:read", "", .days = 1 },
	{ "Notebook, tried out", "", "ben", "Staging website", "analytics:read", "",
	  .address = "198.51.100.31", .program = "python-requests/2.32", .days = 74, .used = 3100, .part = 500, .stored = true, .integration = true },
	{ "Rehearsal of the clean-up", "Each change of the clean-up runs here first.", "emil", "Staging website", "cloud-directory:write", "",
	  .days = 5, .for_them = true, .integration = true },
};
/* clang-format on */

const struct demo_person_row *
demo_act_as(struct command_run *run, const char *who)
{
	str email = fmt(run->arena, "%s@example.com", who);
	const struct demo_person_row *row =
	    sql_demo_person(run->rq.db, .org = run->rq.org, .email = email);
	struct actor *actor = NEW(run->arena, struct actor, 1);

	*actor = (struct actor){ .person = row->person,
		.user = row->user,
		.org = run->rq.org,
		.organization = S("Northwind Trading"),
		.name = row->name,
		.email = email,
		.role = role_of(row->role) };
	run->rq.actor = actor;
	run->rq.me = row->user;
	return row;
}

void
demo_act_as_nobody(struct command_run *run, int64_t now)
{
	run->rq.actor = NULL;
	run->rq.me = 0;
	run->rq.now = now;
}

/* Made by somebody who is never wrong: what is refused here is a mistake in the table above. */
static str
make(struct command_run *run, const struct demo_additional *demo, str owner)
{
	str environment = demo->integration ? S("integration") : S("production");
	str key = sql_demo_client(run->rq.db, .org = run->rq.org, .name = str_of(demo->key))->id;
	struct additional_wish wish = { .environment = environment,
		.key = key,
		.member = owner,
		.name = str_of(demo->name),
		.comment = str_of(demo->comment),
		.networks = str_of(demo->networks),
		.expires_at = demo->ends ? run->rq.now + (demo->days + demo->ends) * DAY : 0,
		.only_reads = demo->only_reads,
		.may = demo_list(run, demo->may, ' ', NULL) };
	struct additional_wrong wrong;
	struct client_made made;

	if (additional_make(&run->rq, &wish, &made, &wrong) != ADDITIONAL_DONE)
		fault(run->arena->fault, "the example %s cannot be made", demo->name);
	return made.id;
}

static void
open_it(struct command_run *run, str id)
{
	struct client_made made;
	struct opening_by by;

	if (pending_open(&run->rq, &(struct opening){ .id = id }, &made, &by) != OPENED)
		fault(run->arena->fault, "the example %.*s cannot be opened", STR(id));
}

static void
add_calls(struct command_run *run, const struct demo_additional *demo, str id)
{
	struct demo_calls calls = { .secret = sql_demo_secret(run->rq.db, .id = id)->secret,
		.last_at = run->rq.now - demo->used * MINUTE,
		.days = demo->days,
		.part = demo->part,
		.address = demo->address,
		.program = demo->program };

	demo_use(run, &calls);
}

static void
rotate(struct command_run *run, str id)
{
	struct rotation_wish wish = { .id = id, .overlap = 7 * DAY };
	struct client_made made;

	if (rotation_start(&run->rq, &wish, &made) != ROTATED)
		fault(run->arena->fault, "the example %.*s cannot be rotated", STR(id));
	client_stored(&run->rq, id);
}

static void
add_secret(struct command_run *run, const struct demo_additional *demo)
{
	str owner = demo_act_as(run, demo->owner)->id, id;
	int64_t now = run->rq.now;

	run->rq.now = now - demo->days * DAY;
	if (demo->for_them)
		demo_act_as(run, "ann");
	id = make(run, demo, owner);
	demo_act_as(run, demo->owner);
	if (demo->opened) {
		run->rq.now = now - demo->opened * DAY;
		open_it(run, id);
	}
	if (demo->stored)
		client_stored(&run->rq, id);
	run->rq.now = now - 30 * DAY;
	if (demo->revoked)
		additional_revoke(&run->rq, id);
	run->rq.now = now;
	if (demo->used)
		add_calls(run, demo, id);
	run->rq.now = now - 20 * HOUR;
	if (demo->rotating)
		rotate(run, id);
	demo_act_as_nobody(run, now);
}

/* What members may give themselves; the limit of additional secrets is the installation's. */
static void
choose(struct command_run *run)
{
	struct strs may = demo_list(run,
	    "analytics:read cloud-directory:read customer-identity:read sso-federation:read", ' ',
	    NULL);
	int64_t now = run->rq.now;

	sql_demo_leaver_days(run->rq.db, .org = run->rq.org, .days = LEAVER_DAYS);
	demo_act_as(run, "ann");
	run->rq.now = now - 425 * DAY;
	if (member_permission_save(&run->rq,
		sql_member_organization(run->rq.db, .org = run->rq.org)->version,
		&may) != MEMBER_SAVED)
		fault(run->arena->fault, "what members may cannot be saved");
	demo_act_as_nobody(run, now);
}

/* ---- the Data API */

/* Who has access to its page: since so many days, and when they last opened it, hours ago; 0 is never. */
struct demo_reader {
	const char *who;
	int days, opened;
};

static void
add_reader(struct command_run *run, const struct demo_reader *demo)
{
	int64_t now = run->rq.now;
	str id = demo_act_as(run, demo->who)->id;

	demo_act_as(run, "ann");
	run->rq.now = now - demo->days * DAY;
	if (data_grant(&run->rq, id) != DATA_CHANGED)
		fault(run->arena->fault, "the example %s gets no access", demo->who);
	demo_act_as(run, demo->who);
	run->rq.now = now - demo->opened * HOUR;
	if (demo->opened)
		data_opened(&run->rq);
	run->rq.now = now;
}

/* Generated by one of them, so many days ago. */
static str
add_data_key(struct command_run *run, const char *who, str environment, int days)
{
	struct client_wish wish = { .environment = environment };
	struct client_made made;
	int64_t now = run->rq.now;

	demo_act_as(run, who);
	run->rq.now = now - days * DAY;
	if (data_generate(&run->rq, &wish, &made) != DATA_GENERATED)
		fault(run->arena->fault, "the example of the Data API cannot be made");
	run->rq.now = now;
	return made.id;
}

static void
add_data(struct command_run *run)
{
	static const struct demo_reader readers[] = {
		{ "hugo", 90, 80 },
		{ "cora", 64, 6 },
		{ "ben", 20, 51 },
		{ "emil", 3, 0 },
	};
	struct demo_calls calls = { .last_at = run->rq.now - 11 * MINUTE,
		.days = 33,
		.part = 25,
		.address = "10.0.3.40",
		.program = "warehouse-loader/2.0" };
	str id;

	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
		add_reader(run, &readers[i]);
	id = add_data_key(run, "hugo", S("production"), 33);
	client_stored(&run->rq, id);
	calls.secret = sql_demo_secret(run->rq.db, .id = id)->secret;
	demo_use(run, &calls);
	add_data_key(run, "hugo", S("integration"), 33);
}

void
demo_members(struct command_run *run)
{
	choose(run);
	for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
		add_secret(run, &secrets[i]);
	add_data(run);
	demo_act_as_nobody(run, run->rq.now);
}
