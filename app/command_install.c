/* command_install.c - serve, init, migrate, check, and what prints the program's own tables. */
#include "command.h"

#include "core/audit.h"
#include "core/catalogue_file.h"
#include "core/machine.h"
#include "core/person.h"
#include "core/signing_change.h"
#include "crypto/keyring_file.h"
#include "db/migrate.h"
#include "handover.h"
#include "http/json.h"
#include "master.h"
#include "routes.h"
#include "serve.h"
#include "sql.h"
#include "statements.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { OUT_MAX_BYTES = 1 << 20, CACHE_ENTRIES = 64 };

/* Whether the key ring fits beside the machines that serve; what does not is said. */
static bool
ring_fits(struct command_run *run, struct desk *desk, bool reload)
{
	struct request rq = { .arena = run->arena, .db = desk->db, .desk = desk };
	str refused = machine_ring_refused(&rq, reload);

	if (refused.n)
		say_wrong("the key ring cannot be used: %.*s", STR(refused));
	return refused.n == 0;
}

static struct desk *
open_desk(struct command_run *run, const struct desk *linked)
{
	struct arena *a = run->arena;
	struct shared *shared;
	int fd;

	shared = shared_make(a->fault, CACHE_ENTRIES, &fd);
	close(fd);
	return serve_thread(a, serve_open(a, linked, shared, permits_make(a, 1, 1, 1)));
}

/* All that is found before anybody is served: routes, templates, key ring, schema, statements. What serves
 * already can wait with a reload until the other machines have the keys of this one. NULL when it is not well;
 * otherwise the linked pages. */
static const struct desk *
check_all(struct command_run *run, bool reload)
{
	struct arena *a = run->arena;
	int newest = migrate_newest(a, str_c(a, run->settings->schema)), current = 0;
	struct db *db = db_open(a, &run->settings->db);
	struct statements_check check;
	const struct desk *linked;
	struct desk *desk;

	db_bind(db, a);
	if (db_alive(db))
		current = migrate_current(a, &run->settings->db);
	if (current == newest)
		check = statements_check(a, run->settings);
	linked = serve_link(a, run->settings);
	desk = open_desk(run, linked);
	desk->db = db;
	if (!db_connected(db)) {
		say_wrong("the database does not answer; everything else is well");
		return NULL;
	}
	if (current != newest) {
		say_wrong("the database is at schema %d, the program at %d: run keydesk migrate",
		    current, newest);
		return NULL;
	}
	if (!statements_fit(&check) || !ring_fits(run, desk, reload))
		return NULL;
	if (!reload) /* before it serves anybody, so that no key is activated without it */
		machine_report(desk, a);
	db_close(db);
	return linked;
}

enum exit_code
command_check(struct command_run *run)
{
	if (!check_all(run, true))
		return EXIT_BROKEN;
	say("All is well: %zu routes, %zu pages, %zu statements.\n", routes_n, pages_n,
	    sql_statements_n);
	if (run->settings->verify_max_age_ms)
		say("KEYDESK_VERIFY_MAX_AGE_MS: what is ended holds on the next request to this "
		    "machine, "
		    "and within %d ms on others and where it was changed by hand.\n",
		    (int)run->settings->verify_max_age_ms);
	return EXIT_DONE;
}

enum exit_code
command_serve(struct command_run *run)
{
	const struct desk *linked = NULL;
	int64_t ready_fd = -1;

	run->settings = settings_forget_owner(run->arena, run->settings);
	if (!handover_waits() && !(linked = check_all(run, false)))
		return EXIT_BROKEN;
	if (run->options.ready_fd.n && !str_int(run->options.ready_fd, &ready_fd)) {
		say_wrong("--ready-fd takes a number");
		return EXIT_USAGE;
	}
	return master_run(run->arena, run->settings, linked, (int)ready_fd) == 0 ? EXIT_DONE
	                                                                         : EXIT_BROKEN;
}

enum exit_code
command_migrate(struct command_run *run)
{
	int n = migrate_run(
	    run->arena, &run->settings->owner, str_c(run->arena, run->settings->schema));

	say(n == 0 ? "The schema is the newest already.\n" : "Migrations that ran: %d.\n", n);
	return EXIT_DONE;
}

static void
begin_keys(void *arg)
{
	struct command_run *run = arg;

	db_begin(run->rq.db, DB_WRITE);
	signing_begin(&run->rq, S("production"));
	signing_begin(&run->rq, S("integration"));
	run->apis = catalogue_begin(&run->rq, run->settings->schema);
	run->rq.token = setup_begin(&run->rq);
	audit_write(&run->rq);
	db_commit(run->rq.db);
}

/* Whether the database belongs to a ring that is not here: a new one would not open its signing keys, and
 * this machine would refuse every secret of the others. */
static bool
ring_is_elsewhere(struct command_run *run)
{
	struct arena *a = run->arena;
	struct db *db;
	bool sealed;

	if (access(str_c(a, run->settings->keyring), F_OK) == 0 ||
	    migrate_current(a, &run->settings->owner) == 0)
		return false;
	db = db_open(a, &run->settings->owner);
	db_bind(db, a);
	sealed = sql_signing_has(db, .environment = S("production")) != NULL;
	db_close(db);
	return sealed;
}

enum exit_code
command_init(struct command_run *run)
{
	struct arena *a = run->arena;
	struct fault *fault = a->fault;

	if (ring_is_elsewhere(run)) {
		say_wrong(
		    "this database has a key ring, which is not at %.*s: bring it here first: "
		    "keydesk keyring import",
		    STR(run->settings->keyring));
		return EXIT_REFUSED;
	}
	if (keyring_create(a, str_c(a, run->settings->keyring)))
		fprintf(stderr,
		    "keydesk: made the key ring %.*s; keep a copy apart from the database's\n",
		    STR(run->settings->keyring));
	migrate_run(a, &run->settings->owner, str_c(a, run->settings->schema));
	command_begin(run, true);
	if (!attempt(fault, begin_keys, run)) {
		db_rollback(run->rq.db);
		fault_as(fault, fault->kind, "keys and link could not be made: %s", fault->what);
	}
	if (run->apis)
		say("The catalogue was empty; it holds the %zu APIs of %.*s/catalogue.json now.\n",
		    run->apis, STR(run->settings->schema));
	if (run->rq.token.n)
		say("Set it up, once, at %.*s/setup/%.*s\n", STR(run->settings->url),
		    STR(run->rq.token));
	return EXIT_DONE;
}

enum exit_code
command_routes(struct command_run *run)
{
	struct buf out = buf_new(run->arena, OUT_MAX_BYTES);

	routes_print(&out);
	say("%.*s", STR(buf_str(&out)));
	return EXIT_DONE;
}

enum exit_code
command_settings(struct command_run *run)
{
	struct buf out = buf_new(run->arena, OUT_MAX_BYTES);

	settings_print(&out, run->settings);
	say("%.*s", STR(buf_str(&out)));
	return EXIT_DONE;
}
