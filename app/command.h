/* command.h - the subcommands of `keydesk`: what they share.
 *
 * A command acts through the same functions as the pages and leaves the same audit entries, in the name of
 * "command line". Passwords and secrets come from standard input and go to standard output only.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "core/desk.h"
#include "http/request.h"

/* What a command ends with. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1, /* it was understood, and not done: no such thing, limit reached */
	EXIT_USAGE = 2,   /* it was not understood */
	EXIT_BROKEN = 3,  /* settings, key ring or database are not as they must be */
	EXIT_DIFFERS =
	    4, /* `catalogue diff`: there is something that a load would do; `user receipt`:
	                     something is accepted that has ended */
};

/* The options, --NAME VALUE, and those that are true or false. */
struct options {
	str organization, environment, name, description, email, role, id, ready_fd, as, overlap;
	str secrets;                               /* of `keyring list` */
	str algorithm;                             /* of `signing rotate` */
	str checkpoints, export, format, from, to; /* of `audit` */
	str question; /* what stands behind the options: only with COMMAND_TAKES */
	bool json;
	bool is_operator;
	bool all, installation;
	bool yes; /* go on, although it says what will be lost */
	bool now; /* of `signing rotate`: the keys of before end at once */
};

struct command_run {
	struct arena *arena;
	const struct settings *settings;
	struct options options;
	str password;      /* what command_password() has read */
	struct request rq; /* ready for the functions of core/ once command_begin() was called */
	const struct command *command;
	str file;    /* what `catalogue load` and `diff` have read */
	size_t apis; /* that `init` has put into an empty catalogue */
	/* Set by one that acts: what follows once that is committed, outside a transaction; and what
	 * follows when it is not. */
	enum exit_code (*then)(struct command_run *);
	void (*undone)(struct command_run *);
	struct ring_change *ring; /* command_keyring.c: what it holds while it is tried */
};

/* What main() does for a command before it runs it. */
enum command_how {
	COMMAND_ACTS = 1,     /* a transaction on the serving account, tried again on a deadlock */
	COMMAND_TAKES = 2,    /* something stands behind the options: usage says what */
	COMMAND_GIVEN = 4,    /* a key ring is made of standard input where there is none */
	COMMAND_STUBBORN = 8, /* a conflict is tried again for 30 s: core/again.h */
};

struct command {
	const char *name;  /* "client create" */
	const char *usage; /* its options */
	const char *says;  /* one line for the list */
	enum exit_code (*run)(struct command_run *);
	int how; /* enum command_how */
};

extern const struct command commands[];
extern const size_t commands_n;

/* Opens key ring, permits and database for the run; owner chooses the account that may change tables. */
void command_begin(struct command_run *, bool owner);

/* printf() to standard output, where it appears once the command is done: what a try has said that is
 * undone is forgotten. What is wrong goes to standard error at once, with "keydesk: " before it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The struct as one line of JSON on standard output. */
void say_json(struct command_run *, const struct shape *, const void *data);

/* Whether an option's text can be stored: UTF-8 on one line, 1 to max characters. */
bool command_text_ok(str, size_t max);

/* The organization of --organization, put into rq.org; false, with the reason said, when there is none. */
bool command_organization(struct command_run *);

/* A password from standard input, one line; asked for twice without echo when that is a terminal. Empty,
 * with the reason said, when it may not be chosen. Read once, however often the command is tried. */
str command_password(struct command_run *, str email, str name);

/* Whether the person of that address may be given a role or a right: there is none yet (NULL), they have no password yet, or --yes
 * was given. False, with the reason said, for who has a password, which whoever invited them first may have chosen. */
struct person_by_email_row;
bool command_known(struct command_run *, const struct person_by_email_row *);

/* Reads a key ring from standard input, once; makes the file of it where there is none. */
void command_keyring_given(struct command_run *);

/* What there is. */
enum exit_code command_serve(struct command_run *);
enum exit_code command_init(struct command_run *);
enum exit_code command_migrate(struct command_run *);
enum exit_code command_check(struct command_run *);
enum exit_code command_doctor(struct command_run *);
enum exit_code command_routes(struct command_run *);
enum exit_code command_settings(struct command_run *);
enum exit_code command_audit_verify(struct command_run *);
enum exit_code command_audit_export(struct command_run *);
enum exit_code command_organization_add(struct command_run *);
enum exit_code command_organization_list(struct command_run *);
enum exit_code command_operator_add(struct command_run *);
enum exit_code command_operator_end(struct command_run *);
enum exit_code command_operator_list(struct command_run *);
enum exit_code command_user_add(struct command_run *);
enum exit_code command_user_set_password(struct command_run *);
enum exit_code command_user_deactivate(struct command_run *);
enum exit_code command_user_reactivate(struct command_run *);
enum exit_code command_user_list(struct command_run *);
enum exit_code command_user_reset_factor(struct command_run *);
enum exit_code command_user_receipt(struct command_run *);
enum exit_code command_decision(struct command_run *);
enum exit_code command_user_reset_link(struct command_run *);
enum exit_code command_client_create(struct command_run *);
enum exit_code command_client_list(struct command_run *);
enum exit_code command_client_reset(struct command_run *);
enum exit_code command_client_rotate(struct command_run *);
enum exit_code command_client_finish(struct command_run *);
enum exit_code command_client_cancel(struct command_run *);
enum exit_code command_client_delete(struct command_run *);
enum exit_code command_entitlement_give(struct command_run *);
enum exit_code command_entitlement_withdraw(struct command_run *);
enum exit_code command_entitlement_list(struct command_run *);
enum exit_code command_catalogue_load(struct command_run *);
enum exit_code command_catalogue_export(struct command_run *);
enum exit_code command_catalogue_diff(struct command_run *);
enum exit_code command_keyring_list(struct command_run *);
enum exit_code command_keyring_add(struct command_run *);
enum exit_code command_keyring_import(struct command_run *);
enum exit_code command_keyring_activate(struct command_run *);
enum exit_code command_keyring_retire(struct command_run *);
enum exit_code command_signing_list(struct command_run *);
enum exit_code command_signing_rotate(struct command_run *);
enum exit_code command_signing_activate(struct command_run *);
enum exit_code command_signing_retire(struct command_run *);
enum exit_code command_ask(struct command_run *);
enum exit_code command_demo(struct command_run *);

/* Calls with the secret of that row on so many days, 30 at most, the last of them at last_at, from that address
 * by that program; part: 1 is a busy one, 2 has half as many. In the command's transaction. */
struct demo_calls {
	int64_t secret, last_at, days, part;
	const char *address, *program;
};
void demo_use(struct command_run *, const struct demo_calls *);

/* Scoped credentials in each state, in the accounts and workspaces that are there; and one more, whose secret is
 * printed in a line for curl. */
void demo_scoped(struct command_run *);
void demo_try(struct command_run *);

/* From here on that person does what follows, the beginning of whose address who is, as the examples are made as
 * people make them; or nobody does, and it is now. */
const struct demo_person_row *demo_act_as(struct command_run *, const char *who);
void demo_act_as_nobody(struct command_run *, int64_t now);

/* Additional secrets of members in each state, what members may give themselves, and the Data API's keys with their
 * people. */
void demo_members(struct command_run *);

/* One with a second factor, two who are invited, one of them too long ago, and one who has left. What ends with
 * that is swept by run->then, which the caller sets to demo_left. */
void demo_team(struct command_run *);
enum exit_code demo_left(struct command_run *);

/* The words of a list parted by that character, each what `of` makes of it where there is one. */
struct strs
demo_list(struct command_run *, const char *text, char at, str (*of)(struct command_run *, str));

#endif
