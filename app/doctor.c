/* doctor.c - `keydesk doctor`: what is wrong with this installation, in words, and what to do. */
#include "doctor.h"

#include "sql.h"

enum { FINDINGS_MAX = 200 };

SHAPE(doctor_answer, text(worst), list(findings, doctor_finding));

static const struct doctor_check checks[] = {
	{ "settings", doctor_settings, NEEDS_NOTHING },
	{ "key ring", doctor_ring, NEEDS_NOTHING },
	{ "pages", doctor_pages, NEEDS_NOTHING },
	{ "socket", doctor_socket, NEEDS_NOTHING },
	{ "mail", doctor_mail, NEEDS_NOTHING },
	{ "database", doctor_database, NEEDS_NOTHING },
	{ "server", doctor_server, NEEDS_DATABASE },
	{ "clock", doctor_clock, NEEDS_DATABASE },
	{ "durability", doctor_durability, NEEDS_DATABASE },
	{ "schema", doctor_schema, NEEDS_DATABASE },
	{ "statements", doctor_statements, NEEDS_SCHEMA },
	{ "rights", doctor_rights, NEEDS_SCHEMA },
	{ "signing keys", doctor_signing, NEEDS_SCHEMA },
	{ "secrets", doctor_secrets, NEEDS_SCHEMA },
	{ "operators", doctor_operators, NEEDS_SCHEMA },
	{ "machines", doctor_machines, NEEDS_SCHEMA },
	{ "agreement", doctor_agreement, NEEDS_SCHEMA },
	{ "connections", doctor_connections, NEEDS_SCHEMA },
	{ "outbox", doctor_outbox, NEEDS_SCHEMA },
};

static str
level_word(enum doctor_level level)
{
	switch (level) {
	case DOCTOR_OK:
		return S("ok");
	case DOCTOR_WARN:
		return S("warn");
	case DOCTOR_WRONG:
		break;
	}
	return S("wrong");
}

void
doctor_says(struct doctor *d, enum doctor_level level, str says, str act)
{
	if (d->n == FINDINGS_MAX)
		fault(d->arena->fault, "more than %d findings", FINDINGS_MAX);
	d->findings[d->n++] = (struct doctor_finding){
		.level = level_word(level), .check = d->check, .says = says, .act = act
	};
	if (level > d->worst)
		d->worst = level;
}

struct making {
	struct doctor *doctor;
	const struct doctor_check *check;
};

static void
make_check(void *arg)
{
	struct making *making = arg;

	making->check->make(making->doctor);
}

static void
make(struct doctor *d, const struct doctor_check *check)
{
	struct making making = { d, check };
	struct fault *fault = d->arena->fault;

	if ((check->needs == NEEDS_DATABASE && !d->database) ||
	    (check->needs == NEEDS_SCHEMA && !d->schema))
		return; /* what is missing was said */
	d->check = str_of(check->name);
	if (!attempt(fault, make_check, &making))
		doctor_says(d, DOCTOR_WRONG, str_copy(d->arena, str_of(fault->what)), (str){ 0 });
}

static void
say_findings(const struct doctor *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct doctor_finding *f = &d->findings[i];

		say("%-5.*s  %-12.*s  %.*s\n", STR(f->level), STR(f->check), STR(f->says));
		if (f->act.n)
			say("                     -> %.*s\n", STR(f->act));
	}
}

enum exit_code
command_doctor(struct command_run *run)
{
	struct doctor d = { .run = run, .arena = run->arena, .settings = run->settings };
	struct doctor_answer answer;

	d.findings = NEW(d.arena, struct doctor_finding, FINDINGS_MAX);
	d.desk = NEW(d.arena, struct desk, 1);
	*d.desk = (struct desk){ .settings = run->settings, .start = d.arena };
	d.desk->self = machine_self(d.arena, run->settings);
	d.desk->db = db_open(d.arena, &run->settings->db);
	db_bind(d.desk->db, d.arena);
	d.rq = (struct request){
		.arena = d.arena, .db = d.desk->db, .desk = d.desk, .now = clock_now()
	};
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		make(&d, &checks[i]);
	db_close(d.desk->db);
	answer = (struct doctor_answer){ level_word(d.worst), { d.findings, d.n } };
	if (run->options.json)
		say_json(run, &doctor_answer_shape, &answer);
	else
		say_findings(&d);
	return d.worst == DOCTOR_WRONG ? EXIT_BROKEN : EXIT_DONE;
}
