/* main.c - the program `keydesk`: finds the subcommand and runs it. */
#define _GNU_SOURCE
#include "command.h"

#include "core/again.h"
#include "core/audit.h"
#include "http/fastcgi.h"
#include "http/json.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <time.h>

enum { START_ARENA_BYTES = 64 << 20, SAID_MAX_BYTES = 1 << 20 };

/* clang-format off */
const struct command commands[] = {
	{ "serve",             "[--ready-fd N]",                  "answer requests until SIGTERM",                     command_serve, 0 },
	{ "init",              "",                                "make what a first start needs; print the set-up link", command_init, 0 },
	{ "migrate",           "",                                "bring the database to the newest schema",           command_migrate, 0 },
	{ "check",             "",                                "settings, routes, templates, key ring, schema, statements", command_check, 0 },
	{ "doctor",            "",                                "say what is wrong with this installation, and what to do", command_doctor, 0 },
	{ "routes",            "",                                "print every address and who may ask it",            command_routes, 0 },
	{ "settings",          "",                                "print every setting and its value in force",        command_settings, 0 },
	{ "audit verify",      "[--organization ID | --installation | --all | --export FILE] [--checkpoints LOG]",
	                                                          "walk the audit log, or an export of it without a database", command_audit_verify, 0 },
	{ "audit export",      "--organization ID | --installation [--format jsonl|csv] [--from TIME] [--to TIME]",
	                                                          "print an audit log; TIME is 2026-11-20 or 2026-11-20T14:03:09Z", command_audit_export, COMMAND_ACTS },
	{ "organization add",  "--name NAME",                     "make an organization",                              command_organization_add, COMMAND_ACTS },
	{ "organization list", "",                                "show them",                                         command_organization_list, COMMAND_ACTS },
	{ "operator add",      "--email A [--name NAME] [--yes]",
	                                                          "let somebody run the installation; who is new gets a password from standard input", command_operator_add, COMMAND_ACTS },
	{ "operator end",      "--email A",                       "end that, at once",                                 command_operator_end, COMMAND_ACTS | COMMAND_STUBBORN },
	{ "operator list",     "",                                "show who does",                                     command_operator_list, COMMAND_ACTS },
	{ "user add",          "--organization ID --email A --name NAME --role ROLE [--operator] [--yes]",
	                                                          "add a person; the password comes from standard input", command_user_add, COMMAND_ACTS },
	{ "user reset-link", "--email A",                         "a link to choose a new password, once",              command_user_reset_link, COMMAND_ACTS },
	{ "user set-password", "--email A",                       "from standard input; ends their sessions",          command_user_set_password, COMMAND_ACTS },
	{ "user deactivate",   "--organization ID --email A | --id ID", "end all access of a person, at once",         command_user_deactivate, COMMAND_ACTS | COMMAND_STUBBORN },
	{ "user reactivate",   "--organization ID --email A | --id ID", "let them sign in again; nothing of before works", command_user_reactivate, COMMAND_ACTS },
	{ "user list",         "--organization ID",               "show the people of an organization",                command_user_list, COMMAND_ACTS },
	{ "user reset-factor", "--email A",                       "turn off the second factor of who has lost it; ends their sessions", command_user_reset_factor, COMMAND_ACTS },
	{ "user receipt",      "--organization ID --email A",     "what ended when they left, and whether any of it is accepted: then it ends with 4", command_user_receipt, COMMAND_ACTS },
	{ "client create",     "--organization ID --environment E --name NAME [--description TEXT]",
	                                                          "make an account key and print its secret, once",    command_client_create, COMMAND_ACTS },
	{ "client list",       "--organization ID --environment E", "show the account keys",                           command_client_list, COMMAND_ACTS },
	{ "client reset",      "--organization ID --id ID",       "end a key's secret and print the next one",         command_client_reset, COMMAND_ACTS },
	{ "client rotate",     "--organization ID --id ID [--overlap 15m|1h|6h|24h|7d]",
	                                                          "print a key's next secret; the old one works on for a while", command_client_rotate, COMMAND_ACTS },
	{ "client finish",     "--organization ID --id ID",       "end the old secret of a rotation now",              command_client_finish, COMMAND_ACTS },
	{ "client cancel",     "--organization ID --id ID",       "end the new secret of a rotation, the old one stays", command_client_cancel, COMMAND_ACTS },
	{ "client delete",     "--organization ID --id ID",       "delete a key for good",                             command_client_delete, COMMAND_ACTS },
	{ "catalogue load",    "FILE | -",                        "make the catalogue of APIs what a file says, or say what is in the way", command_catalogue_load, COMMAND_ACTS | COMMAND_TAKES },
	{ "catalogue export",  "",                                "print it as a file that load takes",                command_catalogue_export, COMMAND_ACTS },
	{ "catalogue diff",    "FILE | -",                        "say what load would do; ends with 0 for nothing, 4 for something, 1 when it is refused", command_catalogue_diff, COMMAND_ACTS | COMMAND_TAKES },
	{ "entitlement give",  "--organization ID API",           "let an organization use an API",                    command_entitlement_give, COMMAND_ACTS | COMMAND_TAKES },
	{ "entitlement withdraw", "--organization ID API",        "do not let it use that API any more",               command_entitlement_withdraw, COMMAND_ACTS | COMMAND_TAKES },
	{ "entitlement list",  "--organization ID",               "show which APIs it may use",                        command_entitlement_list, COMMAND_ACTS },
	{ "keyring list",      "[--secrets N]",                   "the keys of the ring, who holds them; what needs key N", command_keyring_list, COMMAND_ACTS },
	{ "keyring add",       "",                                "make the next key, for reading first",              command_keyring_add, COMMAND_ACTS },
	{ "keyring import",    "",                                "take over another machine's keys from standard input", command_keyring_import, COMMAND_ACTS | COMMAND_GIVEN },
	{ "keyring activate",  "N [--yes]",                       "from now on make with key N, which all machines hold", command_keyring_activate, COMMAND_ACTS | COMMAND_TAKES },
	{ "keyring retire",    "N [--yes]",                       "refuse what key N has made; say first what that is", command_keyring_retire, COMMAND_ACTS | COMMAND_TAKES },
	{ "signing list",      "[--environment E]",               "the keys that sign tokens: next, active, old, gone", command_signing_list, COMMAND_ACTS },
	{ "signing rotate",    "[--environment E] [--algorithm ES256|EdDSA] [--now --yes]",
	                                                          "publish the next one, which signs a day later; --now: those of before end at once, with all their tokens", command_signing_rotate, COMMAND_ACTS },
	{ "signing activate",  "[--environment E] [--yes]",       "let the next one sign from now on",                 command_signing_activate, COMMAND_ACTS },
	{ "signing retire",    "KID [--yes]",                     "take away one that does not sign",                  command_signing_retire, COMMAND_ACTS | COMMAND_TAKES },
	{ "decision",          "ID",                              "say why a program was refused, by the decision id that it was answered", command_decision, COMMAND_ACTS | COMMAND_TAKES },
	{ "ask",               "'GET /PATH' [--as EMAIL]",        "answer one request on standard output",             command_ask, COMMAND_TAKES },
	{ "demo",              "",                                "fill an empty installation with examples",          command_demo, COMMAND_ACTS },
};
/* clang-format on */

const size_t commands_n = sizeof commands / sizeof commands[0];

static void
print_help(FILE *out)
{
	fputs("keydesk - hands out API credentials, and takes them back at once\n\n"
	      "    keydesk COMMAND [--json] [--help]\n\n",
	    out);
	for (size_t i = 0; i < commands_n; i++)
		fprintf(out, "    %-20s %s\n", commands[i].name, commands[i].says);
	fputs("\nIt ends with 0 when it is done, 1 when it was refused, 2 when it was not "
	      "understood, and 3\n"
	      "when settings, key ring or database are not as they must be.\n",
	    out);
}

static void
print_usage(FILE *out, const struct command *command)
{
	fprintf(out, "keydesk %s %s\n\n    %s\n", command->name, command->usage, command->says);
}

/* The command of one or two words at argv[1]; *used says how many they were. */
static const struct command *
find_command(int argc, char **argv, int *used)
{
	for (size_t i = 0; i < commands_n; i++) {
		str second, first = str_cut(str_of(commands[i].name), ' ', &second);

		*used = second.n ? 2 : 1;
		if (argc > *used && str_eq(str_of(argv[1]), first) &&
		    (second.n == 0 || str_eq(str_of(argv[2]), second)))
			return &commands[i];
	}
	return NULL;
}

enum {
	OPTION_JSON = 1000,
	OPTION_OPERATOR,
	OPTION_ALL,
	OPTION_INSTALLATION,
	OPTION_YES,
	OPTION_NOW,
	OPTION_HELP
};

/* Those with a value are numbered as read_options() has places for them. */
static const struct option known[] = {
	{ "organization", required_argument, NULL, 0 },
	{ "environment", required_argument, NULL, 1 },
	{ "name", required_argument, NULL, 2 },
	{ "description", required_argument, NULL, 3 },
	{ "email", required_argument, NULL, 4 },
	{ "role", required_argument, NULL, 5 },
	{ "id", required_argument, NULL, 6 },
	{ "ready-fd", required_argument, NULL, 7 },
	{ "as", required_argument, NULL, 8 },
	{ "checkpoints", required_argument, NULL, 9 },
	{ "export", required_argument, NULL, 10 },
	{ "format", required_argument, NULL, 11 },
	{ "from", required_argument, NULL, 12 },
	{ "to", required_argument, NULL, 13 },
	{ "overlap", required_argument, NULL, 14 },
	{ "secrets", required_argument, NULL, 15 },
	{ "algorithm", required_argument, NULL, 16 },
	{ "all", no_argument, NULL, OPTION_ALL },
	{ "installation", no_argument, NULL, OPTION_INSTALLATION },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "operator", no_argument, NULL, OPTION_OPERATOR },
	{ "yes", no_argument, NULL, OPTION_YES },
	{ "now", no_argument, NULL, OPTION_NOW },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ 0 },
};

/* An empty value is most often a variable that was not set, and would be taken for no option at all. */
static bool
says_something(const struct option *option, const char *value)
{
	if (*value || str_eq(str_of(option->name), S("description")))
		return true;
	say_wrong("--%s is empty", option->name);
	return false;
}

/* What getopt_long() found; false when it was nothing that is known. */
static bool
read_options(int argc, char **argv, struct options *o, bool *help)
{
	str *const texts[] = { &o->organization, &o->environment, &o->name, &o->description,
		&o->email, &o->role, &o->id, &o->ready_fd, &o->as, &o->checkpoints, &o->export,
		&o->format, &o->from, &o->to, &o->overlap, &o->secrets, &o->algorithm };
	int which, at;

	while ((which = getopt_long(argc, argv, "", known, &at)) != -1) {
		bool text = which >= 0 && which < (int)(sizeof texts / sizeof texts[0]);

		if (text && !says_something(&known[at], optarg))
			return false;
		if (text)
			*texts[which] = str_of(optarg);
		else if (which == OPTION_JSON)
			o->json = true;
		else if (which == OPTION_OPERATOR)
			o->is_operator = true;
		else if (which == OPTION_ALL)
			o->all = true;
		else if (which == OPTION_INSTALLATION)
			o->installation = true;
		else if (which == OPTION_YES)
			o->yes = true;
		else if (which == OPTION_NOW)
			o->now = true;
		else if (which == OPTION_HELP)
			*help = true;
		else
			return false;
	}
	if (optind == argc - 1)
		o->question = str_of(argv[optind]);
	return optind >= argc - 1;
}

struct acting {
	struct command_run *run;
	enum exit_code code;
};

/* Who ended something is told where it may still be alive. */
static void
say_late(const struct db *db, uint32_t late)
{
	for (size_t i = 0; i < db_hosts_n(db); i++)
		if (late & 1U << i)
			say_wrong(
			    "the database node %.*s has not confirmed this: a request that it "
			    "answers may still go by what was before, for up to 5 seconds after "
			    "it is back",
			    STR(db_host_name(db, i)));
}

/* What a command does is not counted where the workers look (core/shared_recent.h): it has no part in their memory. So it
 * says that it is done when none of them goes by what was before any more. */
static void
outwait(int64_t milliseconds)
{
	struct timespec left = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		continue;
}

static void
act(void *arg)
{
	struct acting *acting = arg;
	struct command_run *run = acting->run;
	bool changed;

	if (!(run->command->how & COMMAND_ACTS)) {
		acting->code = run->command->run(run);
		return;
	}
	if (run->command->how & COMMAND_GIVEN)
		command_keyring_given(run);
	command_begin(run, false);
	db_begin(run->rq.db, DB_WRITE);
	acting->code = run->command->run(run);
	if (acting->code != EXIT_DONE) {
		if (db_changed(run->rq.db))
			__fpurge(stdout);
		db_rollback(run->rq.db);
		return;
	}
	changed = db_changed(run->rq.db);
	audit_write(&run->rq);
	db_commit(run->rq.db);
	if (changed)
		say_late(run->rq.db, db_confirm(run->rq.db));
	if (changed)
		outwait(run->settings->verify_max_age_ms);
}

/* What a try has changed is undone, its connection closed, and what it has said is not printed: it may be
 * a secret that never came to be. */
static void
undo(struct command_run *run)
{
	if (!(run->command->how & COMMAND_ACTS))
		return;
	if (run->undone)
		run->undone(run);
	run->undone = NULL;
	__fpurge(stdout);
	if (run->rq.db) {
		db_rollback(run->rq.db);
		db_close(run->rq.db);
	}
	run->rq.db = NULL;
}

static void
follow(void *arg)
{
	struct acting *acting = arg;

	acting->code = acting->run->then(acting->run);
}

/* Conflicts are tried again, as serve() does. */
static enum exit_code
run_command(struct command_run *run)
{
	struct acting acting = { .run = run };
	struct fault *fault = run->arena->fault;
	struct again tried = again_begin();

	if (run->command->how & COMMAND_STUBBORN)
		again_stubborn(&tried);
	if (run->command->how & COMMAND_ACTS)
		setvbuf(stdout, NULL, _IOFBF, SAID_MAX_BYTES);
	while (!attempt(fault, act, &acting)) {
		bool once_more = run->rq.db && again(&tried, fault, run->rq.db);

		undo(run);
		if (!once_more) {
			say_wrong("%s", fault->what);
			return EXIT_BROKEN;
		}
	}
	if (acting.code == EXIT_DONE && run->then && !attempt(fault, follow, &acting)) {
		say_wrong("%s", fault->what);
		return EXIT_BROKEN;
	}
	return acting.code;
}

/* What is printed may be all that there is of a secret. */
static enum exit_code
printed(const struct command_run *run, enum exit_code code)
{
	bool acted = code == EXIT_DONE && run->command->how & COMMAND_ACTS;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	say_wrong("%swhat was to be printed could not be written: %s",
	    acted ? "this is done, but " : "", strerror(errno));
	return EXIT_BROKEN;
}

struct opening {
	struct arena *arena;
	const struct settings *settings;
	struct buf wrong;
};

static void
open_settings(void *arg)
{
	struct opening *opening = arg;

	opening->wrong = buf_new(opening->arena, 1 << 16);
	opening->settings = settings_read(opening->arena, &opening->wrong);
}

int
main(int argc, char **argv)
{
	struct fault fault = { 0 };
	struct arena arena;
	struct opening opening = { .arena = &arena };
	struct command_run run = { .arena = &arena };
	bool help = false;
	int used;

	run.command = find_command(argc, argv, &used);
	if (!run.command) {
		bool asked = argc == 2 && str_eq(str_of(argv[1]), S("--help"));
		print_help(asked ? stdout : stderr);
		return asked ? EXIT_DONE : EXIT_USAGE;
	}
	if (!read_options(argc - used, argv + used, &run.options, &help) || help ||
	    (run.options.question.n && !(run.command->how & COMMAND_TAKES))) {
		print_usage(help ? stdout : stderr, run.command);
		return help ? EXIT_DONE : EXIT_USAGE;
	}
	db_library_init();
	json_library_init();
	arena_open(&arena, &fault, START_ARENA_BYTES);
	if (!attempt(&fault, open_settings, &opening)) {
		say_wrong("%s", fault.what);
		return EXIT_BROKEN;
	}
	if (opening.wrong.n) {
		fprintf(stderr, "%.*s", STR(buf_str(&opening.wrong)));
		return EXIT_BROKEN;
	}
	run.settings = opening.settings;
	return (int)printed(&run, run_command(&run));
}
