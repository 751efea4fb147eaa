/* rotation.c - a rotation that runs, as the pages about its key show it. */
#include "site/rotation.h"

#include "core/evidence.h"
#include "site/key.h"
#include "site/use.h"

#include <inttypes.h>

enum { REASONS_MAX = 4 };

/* Grows by one for each sentence; there is room for as many as say() is called. */
struct reasons {
	struct request *rq;
	struct rotation_reason *at;
	size_t n;
};

static void
say(struct reasons *reasons, str sentence)
{
	reasons->at[reasons->n++].says = sentence;
}

static str
span_words(const struct request *rq, int64_t since)
{
	return clock_span(rq->arena, rq->now - since);
}

static void
say_not_yet(struct reasons *reasons, const struct evidence *evidence)
{
	struct request *rq = reasons->rq;
	int64_t silence = rq->now - EVIDENCE_SILENCE;
	bool one = evidence->still == 1;
	str words;

	words = fmt(rq->arena, "%zu caller%s of the old %.*s ha%s not moved yet.", evidence->still,
	    one ? "" : "s", STR(key_secret_words(rq)), one ? "s" : "ve");
	if (evidence->still)
		say(reasons, words);
	words = clock_ago(rq->arena, evidence->old.last_used_at, rq->now);
	words = fmt(rq->arena, "It was used %.*s; an hour without use is asked.", STR(words));
	if (evidence->old.last_used_at > silence)
		say(reasons, words);
	words = span_words(rq, evidence->first_used_at);
	words = fmt(rq->arena, "The new one is in use for %.*s; an hour is asked.", STR(words));
	if (evidence->first_used_at > silence)
		say(reasons, words);
}

static void
say_unknown(struct reasons *reasons, const struct evidence *evidence)
{
	struct request *rq = reasons->rq;
	str what = key_secret_words(rq);

	if (evidence->first_used_at)
		say(reasons,
		    fmt(rq->arena,
			"The old %.*s has more callers than are kept apart, so nobody can say "
			"whether all of them have moved.",
			STR(what)));
	else
		say(reasons,
		    fmt(rq->arena,
			"The new %.*s has not been used yet. Put it where the old one is, and look "
			"here again.",
			STR(what)));
}

static void
say_safe(struct reasons *reasons, const struct evidence *evidence)
{
	struct request *rq = reasons->rq;
	str words = span_words(rq, evidence->old.last_used_at);

	say(reasons,
	    fmt(rq->arena,
		"Every caller of the old %.*s's last 30 days has been seen with the new one.",
		STR(key_secret_words(rq))));
	if (evidence->old.last_used_at)
		say(reasons, fmt(rq->arena, "The old one has not been used for %.*s.", STR(words)));
	else
		say(reasons, S("The old one has never been used."));
}

static void
show_verdict(struct request *rq, const struct evidence *evidence, struct rotation_view *view)
{
	struct reasons reasons = { rq, NEW(rq->arena, struct rotation_reason, REASONS_MAX), 0 };

	switch (evidence->verdict) {
	case EVIDENCE_SAFE:
		view->verdict = S("Safe to finish");
		view->tone = S("works");
		say_safe(&reasons, evidence);
		break;
	case EVIDENCE_NOT_YET:
		view->verdict = S("Not yet");
		view->tone = S("needs");
		say_not_yet(&reasons, evidence);
		break;
	case EVIDENCE_UNKNOWN:
		view->verdict = S("Unknown");
		view->tone = S("neutral");
		say_unknown(&reasons, evidence);
		break;
	}
	view->reasons = (struct rotation_reasons){ reasons.at, reasons.n };
}

static struct rotation_side
side_of(const struct request *rq, const struct evidence_side *side)
{
	return (struct rotation_side){ .hint = side->hint,
		.made = moment_of(rq, side->made_at),
		.last_used = moment_of(rq, side->last_used_at),
		.last_address = side->last_used_from,
		.last_program = side->last_used_by,
		.calls = side->calls };
}

static struct rotation_caller
caller_of(struct request *rq, const struct evidence_caller *caller)
{
	struct rotation_caller shown = { .address = caller->address,
		.program = use_program(rq, caller->program),
		.old_used = moment_of(rq, caller->old_at),
		.new_used = moment_of(rq, caller->new_at),
		.state = S("Moved"),
		.tone = S("works") };

	if (!caller->old_at)
		shown.state = S("New one only");
	if (caller->still) {
		shown.state = caller->new_at ? S("Uses both") : S("Old one only");
		shown.tone = S("needs");
	}
	return shown;
}

static void
show_callers(struct request *rq, const struct evidence *evidence, struct rotation_view *view)
{
	size_t n =
	    evidence->n < ROTATION_CALLERS_SHOWN ? evidence->n : (size_t)ROTATION_CALLERS_SHOWN;
	struct rotation_caller *callers = NEW(rq->arena, struct rotation_caller, n);

	for (size_t i = 0; i < n; i++)
		callers[i] = caller_of(rq, &evidence->callers[i]);
	view->callers = (struct rotation_callers){ callers, n };
	view->callers_n = (int64_t)evidence->n;
	view->more = (int64_t)(evidence->n - n);
}

bool
rotation_show(struct request *rq, struct rotation_view *view)
{
	const struct evidence *evidence = evidence_of(rq, rq->id);

	*view = (struct rotation_view){ 0 };
	if (!evidence)
		return false;
	view->old = side_of(rq, &evidence->old);
	view->fresh = side_of(rq, &evidence->fresh);
	view->ends = moment_of(rq, evidence->ends_at);
	view->left = (evidence->ends_at - rq->now) / SECOND;
	view->seen = evidence->sid;
	show_verdict(rq, evidence, view);
	show_callers(rq, evidence, view);
	return true;
}

struct reply
rotation_changed(struct request *rq)
{
	return key_conflict(
	    rq, fmt(rq->arena,
		    "Its %.*ss have changed since you opened the page. Look at them, and decide "
		    "again.",
		    STR(key_secret_words(rq))));
}

struct reply
rotation_over(struct request *rq)
{
	return key_conflict(
	    rq, fmt(rq->arena,
		    "Its rotation is over: the old %.*s has ended. The new one stays as it is.",
		    STR(key_secret_words(rq))));
}

struct reply
rotation_acted(struct request *rq, enum rotated how, const char *did)
{
	switch (how) {
	case ROTATED:
		return see_other(rq, "%.*s?did=%s", STR(key_home(rq)), did);
	case ROTATED_CHANGED:
		return rotation_changed(rq);
	case ROTATED_ENDED:
		return rotation_over(rq);
	case ROTATED_NOTHING:
	case ROTATED_BEFORE:
		break;
	}
	return not_found(rq);
}
