/* command_demo_team.c - the team, for the examples: a second factor, invitations, and somebody who has left. */
#include "command.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/client.h"
#include "core/factor.h"
#include "core/invitation.h"
#include "core/leaving.h"
#include "crypto/digest.h"
#include "crypto/totp.h"
#include "sql.h"

enum { FACTOR_DAYS = 26, TOKEN_CHARS = 43 };

/* None of those who are said, so that a password is enough to try all roles. */
static void
add_factor(struct command_run *run)
{
	int64_t now = run->rq.now;
	struct factor_codes codes;
	str seed;

	demo_act_as(run, "farah");
	run->rq.now = now - FACTOR_DAYS * DAY;
	seed = factor_begin(&run->rq);
	if (factor_confirm(&run->rq, totp_code(run->arena, seed, run->rq.now), &codes) !=
	    FACTOR_CONFIRMED)
		fault(run->arena->fault, "the example of a second factor is not confirmed");
	demo_act_as_nobody(run, now);
}

struct demo_invited {
	const char *name, *email;
	enum role role;
	int hours; /* ago */
};

/* Nobody keeps the link: a page makes another one. */
static void
invite(struct command_run *run, const struct demo_invited *demo)
{
	struct invited wish = { .org = run->rq.org,
		.name = str_of(demo->name),
		.email = str_of(demo->email),
		.role = demo->role };
	struct invitation made;
	int64_t now = run->rq.now;

	demo_act_as(run, "ann");
	run->rq.now = now - demo->hours * HOUR;
	if (invitation_send(&run->rq, &wish, &made) != INVITE_MADE)
		fault(run->arena->fault, "the example %s cannot be invited", demo->email);
	demo_act_as_nobody(run, now);
}

/* ---- one who has left */

static const char leaver[] = "hugo", successor[] = "cora";

struct demo_session {
	const char *remote, *program;
	int hours;
};

/* A cookie of it is nobody's. */
static void
sign_in(struct command_run *run, const struct demo_session *demo)
{
	const struct demo_person_row *person = demo_act_as(run, leaver);
	struct digest hash = digest_sha256(random_base62(run->arena, TOKEN_CHARS));

	sql_session_add(run->rq.db, .token_hash = DIGEST_STR(hash),
	    .public_id = random_base62(run->arena, 10), .person = person->person,
	    .user = person->user, .environment = S("production"), .remote = str_of(demo->remote),
	    .program = str_of(demo->program), .now = run->rq.now - demo->hours * HOUR);
	demo_act_as_nobody(run, run->rq.now);
}

static void
leave(struct command_run *run)
{
	str id = demo_act_as(run, leaver)->id;

	demo_act_as(run, "ann");
	if (user_deactivate(&run->rq, id) != LEAVING_DONE)
		fault(run->arena->fault, "the example %s does not leave", leaver);
	demo_act_as_nobody(run, run->rq.now);
	run->rq.id = id;
}

void
demo_team(struct command_run *run)
{
	static const struct demo_invited invitations[] = {
		{ "Ines Duarte", "ines@example.com", ROLE_MEMBER, 26 },
		{ "Jonas Weber", "jonas@example.com", ROLE_COMPLIANCE_ADMIN, 230 },
	};
	static const struct demo_session sessions[] = {
		{ "198.51.100.90",
		    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", 2 },
		{ "2001:db8:51::90",
		    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
		    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
		    7 },
	};

	/* When they last signed in, so many hours ago. */
	static const struct {
		const char *who;
		int hours;
	} visits[] = { { "cora", 6 }, { "dora", 49 }, { "ben", 3 }, { "emil", 20 }, { "farah", 26 },
		{ leaver, 2 } };

	add_factor(run);
	for (size_t i = 0; i < sizeof invitations / sizeof invitations[0]; i++)
		invite(run, &invitations[i]);
	for (size_t i = 0; i < sizeof visits / sizeof visits[0]; i++)
		sql_session_home(run->rq.db, .user = demo_act_as(run, visits[i].who)->user,
		    .now = run->rq.now - visits[i].hours * HOUR);
	demo_act_as_nobody(run, run->rq.now);
	for (size_t i = 0; i < sizeof sessions / sizeof sessions[0]; i++)
		sign_in(run, &sessions[i]);
	leave(run);
}

/* Of the two keys that the leaver has seen one is replaced. */
enum exit_code
demo_left(struct command_run *run)
{
	struct client_made made;

	user_sweep(&run->rq);
	run->rq.audit = NULL;
	db_begin(run->rq.db, DB_WRITE);
	demo_act_as(run, successor);
	if (client_reset(&run->rq, sql_demo_data(run->rq.db, .org = run->rq.org)->id, (str){ 0 },
		&made) != MADE_NEW)
		fault(run->arena->fault, "the key that %s has seen is not replaced", leaver);
	demo_act_as_nobody(run, run->rq.now);
	audit_write(&run->rq);
	db_commit(run->rq.db);
	return EXIT_DONE;
}
