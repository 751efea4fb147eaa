/* doctor.h - `keydesk doctor`: what is wrong with this installation, in words, and what to do. */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "command.h"
#include "core/machine.h"

enum doctor_level { DOCTOR_OK, DOCTOR_WARN, DOCTOR_WRONG };

SHAPE(doctor_finding, text(level), text(check), text(says), text(act));

/* What is known so far; the checks fill it in their order. */
struct doctor {
	struct command_run *run;
	struct arena *arena;
	const struct settings *settings;
	struct desk *desk; /* with what could be opened */
	struct request rq;
	bool database; /* it answers */
	bool schema;   /* and is of the program's schema */
	const struct machine_database_row *server;
	int64_t asked_at; /* when it said what time it has */
	str check;        /* that is being made */
	struct doctor_finding *findings;
	size_t n;
	enum doctor_level worst;
};

/* One line: what was found, and what to do about it (empty when nothing is to be done). */
void doctor_says(struct doctor *, enum doctor_level, str says, str act);

/* A check finds one thing or several. One that faults is wrong, and says why. */
struct doctor_check {
	const char *name;
	void (*make)(struct doctor *);
	enum { NEEDS_NOTHING, NEEDS_DATABASE, NEEDS_SCHEMA } needs;
};

/* doctor_machine.c: what is on this machine. */
void doctor_settings(struct doctor *);
void doctor_ring(struct doctor *);
void doctor_pages(struct doctor *);
void doctor_socket(struct doctor *);

/* doctor_mail.c: the mail server, and what waits for it. */
void doctor_mail(struct doctor *);
void doctor_outbox(struct doctor *);

/* doctor_database.c: the database, how it is set, and who runs the installation. */
void doctor_database(struct doctor *);
void doctor_server(struct doctor *);
void doctor_clock(struct doctor *);
void doctor_durability(struct doctor *);
void doctor_schema(struct doctor *);
void doctor_statements(struct doctor *);
void doctor_rights(struct doctor *);
void doctor_operators(struct doctor *);

/* doctor_rings.c: keys, and the machines that hold them. */
void doctor_signing(struct doctor *);
void doctor_secrets(struct doctor *);
void doctor_machines(struct doctor *);
void doctor_agreement(struct doctor *);
void doctor_connections(struct doctor *);

#endif
