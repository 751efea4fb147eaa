/* command_audit.c - the audit log at the command line: verified, and exported. */
#include "command.h"

#include "core/audit_export.h"
#include "core/audit_past.h"
#include "core/audit_read.h"
#include "core/audit_verify.h"
#include "core/lines.h"
#include "http/json.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

SHAPE(chain_answer, text(organization), int(machine), int(entries), int(wrong));
SHAPE(finding_answer, text(organization), int(machine), text(what), int(first), int(last), time(at),
    text(says));

SHAPE(line_answer, text(file), int(line), text(says));
SHAPE(read_answer, text(organization), int(entries), int(wrong));
SHAPE(export_detail, text(format), text(from), text(to));

enum { EXPORT_DETAIL_MAX_BYTES = 1000 };

static const str bad_checkpoint =
    STR_INIT("this checkpoint was changed or cut, or is of another key ring");

struct verifying {
	struct command_run *run;
	const int64_t *org; /* only this one's; NULL: all */
	int64_t wrong;
};

/* "Organization 4fK2... (Northwind Trading)"; *id is its public one. */
static str
organization_words(struct command_run *run, int64_t org, str *id)
{
	const struct audit_organization_row *row;

	*id = (str){ 0 };
	if (org == 0)
		return S("Installation");
	row = sql_audit_organization(run->rq.db, .org = org);
	if (!row)
		return fmt(run->arena, "Organization of number %" PRId64 ", which is gone", org);
	*id = row->id;
	return fmt(run->arena, "Organization %.*s (%.*s)", STR(row->id), STR(row->name));
}

static str
chain_words(struct command_run *run, const struct audit_chain *chain, str *id)
{
	str words = organization_words(run, chain->org, id);

	return fmt(run->arena, "%.*s, machine %" PRId64, STR(words), chain->machine);
}

static void
say_finding(struct command_run *run, const struct audit_finding *f)
{
	struct finding_answer answer = { .machine = f->chain.machine,
		.what = audit_finding_word(f->what),
		.first = f->first,
		.last = f->last,
		.at = f->at,
		.says = audit_finding_words(run->arena, f) };
	str where = f->what == AUDIT_NO_CHAIN && f->chain.machine == 0
	                ? organization_words(run, f->chain.org, &answer.organization)
	                : chain_words(run, &f->chain, &answer.organization);

	if (run->options.json)
		say_json(run, &finding_answer_shape, &answer);
	else
		say("%.*s: %.*s.\n", STR(where), STR(answer.says));
}

/* What is wrong with a line of a file: says is the end of a sentence. */
static void
say_line(struct command_run *run, str file, int64_t line, str says)
{
	struct line_answer answer = { file, line, says };

	if (run->options.json)
		say_json(run, &line_answer_shape, &answer);
	else
		say("%.*s, line %" PRId64 ": %.*s.\n", STR(file), line, STR(says));
}

static void
say_findings(struct verifying *v, const struct audit_report *report)
{
	size_t mark = arena_mark(v->run->arena);

	for (size_t i = 0; i < report->n; i++) {
		say_finding(v->run, &report->at[i]);
		arena_wipe(v->run->arena, mark);
	}
	if (report->wrong > (int64_t)report->n && !v->run->options.json)
		say("... and %" PRId64 " more.\n", report->wrong - (int64_t)report->n);
	v->wrong += report->wrong;
}

static void
verify_chain(struct verifying *v, const struct audit_chain *chain)
{
	struct command_run *run = v->run;
	size_t mark = arena_mark(run->arena);
	struct audit_report *report = NEW(run->arena, struct audit_report, 1);
	struct chain_answer answer = { .machine = chain->machine };
	str where;

	audit_verify(&run->rq, chain, report);
	where = chain_words(run, chain, &answer.organization);
	answer.entries = report->entries;
	answer.wrong = report->wrong;
	if (run->options.json)
		say_json(run, &chain_answer_shape, &answer);
	else if (!report->wrong)
		say("%.*s: %" PRId64 " entries, each in its place.\n", STR(where), report->entries);
	say_findings(v, report);
	arena_wipe(run->arena, mark);
}

/* The chain behind that one, of those that are asked for. */
static bool
next_chain(struct verifying *v, struct audit_chain *chain)
{
	size_t mark = arena_mark(v->run->arena);
	bool there = audit_chain_next(&v->run->rq, chain);

	arena_wipe(v->run->arena, mark);
	return there && (!v->org || chain->org == *v->org);
}

/* All chains, or those of one organization; without any, its log is gone. */
static void
verify_chains(struct verifying *v)
{
	struct audit_chain chain = AUDIT_BEFORE_ALL;
	struct audit_report *report = NEW(v->run->arena, struct audit_report, 1);
	struct audit_finding no_log = { .what = AUDIT_NO_CHAIN };
	bool any = false; /* of the organization that is asked for, or else of the installation */

	if (v->org)
		no_log.chain.org = chain.org = *v->org;
	while (next_chain(v, &chain)) {
		verify_chain(v, &chain);
		any |= chain.org == no_log.chain.org;
	}
	if (!v->org)
		audit_verify_silent(&v->run->rq, report);
	if (!any)
		audit_found(report, &no_log);
	say_findings(v, report);
}

static bool
lines_of(struct command_run *run, struct lines *lines, str path)
{
	if (lines_open(run->arena, lines, path))
		return true;
	say_wrong("%.*s: %s", STR(path), strerror(errno));
	return false;
}

static void
look_at_line(struct verifying *v, struct audit_past *past, const struct lines *lines, str line)
{
	struct command_run *run = v->run;
	struct checkpoint checkpoint;

	switch (checkpoint_read(run->arena, run->rq.desk->keyring, line, &checkpoint)) {
	case CHECKPOINT_NONE:
		break;
	case CHECKPOINT_GOOD:
		audit_past_look(&run->rq, past, &checkpoint, v->org);
		break;
	case CHECKPOINT_BAD:
		v->wrong++;
		say_line(run, lines->path, lines->number, bad_checkpoint);
		break;
	}
}

/* False when the file cannot be opened, which was said. */
static bool
verify_past(struct verifying *v)
{
	struct command_run *run = v->run;
	struct audit_past past = audit_past_begin(run->arena);
	struct audit_report *report = NEW(run->arena, struct audit_report, 1);
	struct lines lines;
	str line;

	if (!lines_of(run, &lines, run->options.checkpoints))
		return false;
	while (lines_next(&lines, &line))
		look_at_line(v, &past, &lines, line);
	lines_close(&lines);
	audit_past_end(&run->rq, &past, report);
	say_findings(v, report);
	if (past.lines == 0) {
		say_wrong("%.*s holds no checkpoint", STR(run->options.checkpoints));
		v->wrong++;
	} else if (!run->options.json)
		say("%" PRId64 " checkpoints were held against it, the last of %.*s.\n", past.lines,
		    STR(clock_iso(run->arena, past.last_at)));
	return true;
}

/* ---- an export, by itself */

static void
say_found(struct command_run *run, const struct audit_read *read, const struct audit_finding *f)
{
	struct finding_answer answer = { .organization = read->head.organization,
		.machine = f->chain.machine,
		.what = audit_finding_word(f->what),
		.first = f->first,
		.last = f->last,
		.at = f->at,
		.says = audit_finding_words(run->arena, f) };

	if (run->options.json)
		say_json(run, &finding_answer_shape, &answer);
	else
		say("%.*s, machine %" PRId64 ": %.*s.\n", STR(run->options.export),
		    f->chain.machine, STR(answer.says));
}

/* How much is wrong. */
static int64_t
say_read(struct command_run *run, const struct audit_read *read)
{
	str file = run->options.export;
	struct read_answer answer = { .organization = read->head.organization,
		.entries = read->report.entries,
		.wrong = read->wrong + read->report.wrong + read->wrong_checkpoints };

	for (int64_t i = 0; i < read->wrong && i < AUDIT_READ_WRONGS; i++)
		say_line(run, file, read->wrongs[i].line, read->wrongs[i].what);
	for (size_t i = 0; i < read->report.n; i++)
		say_found(run, read, &read->report.at[i]);
	if (run->options.json)
		say_json(run, &read_answer_shape, &answer);
	else if (answer.wrong)
		say("%.*s: %" PRId64 " things are wrong.\n", STR(file), answer.wrong);
	else
		say("%.*s: %" PRId64 " entries of %s%.*s, each in its place.\n", STR(file),
		    answer.entries, answer.organization.n ? "organization " : "the installation",
		    STR(answer.organization));
	return answer.wrong;
}

/* The checkpoints of the log; false when it cannot be opened, which was said. */
static bool
read_past(struct command_run *run, struct audit_read *read)
{
	struct lines log;
	struct checkpoint checkpoint;
	str line, path = run->options.checkpoints;

	if (path.n == 0)
		return true;
	if (!lines_of(run, &log, path))
		return false;
	while (lines_next(&log, &line)) {
		enum checkpoint_line is =
		    checkpoint_read(run->arena, read->ring, line, &checkpoint);

		if (is == CHECKPOINT_GOOD)
			audit_read_checkpoint(read, &checkpoint);
		if (is == CHECKPOINT_BAD) {
			say_line(run, path, log.number, bad_checkpoint);
			read->wrong_checkpoints++;
		}
	}
	lines_close(&log);
	return true;
}

/* Only the key ring is asked for: no database, and no connection to one. */
static enum exit_code
verify_export(struct command_run *run)
{
	const struct keyring *ring =
	    keyring_load(run->arena, str_c(run->arena, run->settings->keyring));
	struct audit_read *read = NEW(run->arena, struct audit_read, 1);
	str file = run->options.export;
	struct lines lines;

	if (!lines_of(run, &lines, file))
		return EXIT_USAGE;
	if (audit_read_begin(read, run->arena, ring, &lines)) {
		if (!read_past(run, read))
			return EXIT_USAGE;
		audit_read_rest(read, &lines);
	}
	lines_close(&lines);
	return say_read(run, read) ? EXIT_REFUSED : EXIT_DONE;
}

/* ---- the commands */

enum exit_code
command_audit_verify(struct command_run *run)
{
	const struct options *o = &run->options;
	struct verifying v = { .run = run };

	if ((o->organization.n != 0) + (o->export.n != 0) + o->installation + o->all > 1) {
		say_wrong("give one of --organization, --installation, --all and --export");
		return EXIT_USAGE;
	}
	if (o->export.n)
		return verify_export(run);
	command_begin(run, false);
	if (o->organization.n && !command_organization(run))
		return EXIT_REFUSED;
	if (o->organization.n || o->installation)
		v.org = &run->rq.org;
	verify_chains(&v);
	if (o->checkpoints.n && !verify_past(&v))
		return EXIT_USAGE;
	return v.wrong ? EXIT_REFUSED : EXIT_DONE;
}

/* The options; false, with the reason said, when they are not understood. */
static bool
export_wish(struct command_run *run, struct audit_export *wish)
{
	const struct options *o = &run->options;

	*wish = (struct audit_export){ .org = run->rq.org, .format = AUDIT_JSONL };
	if (str_eq(o->format, S("csv")))
		wish->format = AUDIT_CSV;
	else if (o->format.n && !str_eq(o->format, S("jsonl")))
		wish->format = AUDIT_FORMAT_NONE;
	if (wish->format == AUDIT_FORMAT_NONE)
		say_wrong("--format is jsonl or csv");
	else if (!audit_time_read(o->from, &wish->from) || !audit_time_read(o->to, &wish->to))
		say_wrong("a time is given as 2026-11-20 or 2026-11-20T14:03:09Z");
	else if (wish->from && wish->to && wish->from >= wish->to)
		say_wrong("--from is not before --to");
	else
		return true;
	return false;
}

static enum exit_code
write_export(struct command_run *run)
{
	struct audit_export wish;

	if (!export_wish(run, &wish))
		return EXIT_USAGE; /* not tested: it was understood a moment ago */
	audit_export(&run->rq, &wish, stdout);
	return EXIT_DONE;
}

/* That it was exported is written first, so that nobody has it without that being known. */
enum exit_code
command_audit_export(struct command_run *run)
{
	const struct options *o = &run->options;
	struct arena *a = run->arena;
	struct export_detail detail;
	struct audit_export wish;
	struct buf json = buf_new(a, EXPORT_DETAIL_MAX_BYTES);

	if ((o->organization.n != 0) == o->installation) {
		say_wrong("give --organization ID or --installation");
		return EXIT_USAGE;
	}
	if (o->organization.n && !command_organization(run))
		return EXIT_REFUSED;
	if (!export_wish(run, &wish))
		return EXIT_USAGE;
	detail = (struct export_detail){ wish.format == AUDIT_CSV ? S("csv") : S("jsonl"),
		audit_time(a, wish.from), audit_time(a, wish.to) };
	json_write(&json, &export_detail_shape, &detail);
	audit(&run->rq, S("audit.export"), o->organization, buf_str(&json));
	run->then = write_export;
	return EXIT_DONE;
}
