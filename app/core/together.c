/* together.c - one statement for all who ask at the same time. */
#define _GNU_SOURCE
#include "core/together.h"

#include "base/clock.h"
#include "core/desk.h"
#include "core/packed.h"
#include "sql.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

/* A row of very many networks is longer, and its caller asks alone. */
enum { MOST = 8, TEXT_BYTES = 64, ROW_BYTES = 2048 };

enum asking_state {
	WAITS,    /* in the list */
	OUT,      /* it is asked for, by a statement in another's hand */
	LEADS,    /* it asks, for all that wait */
	ANSWERED, /* row holds the answer, if it was found */
	ALONE,
};

/* Whoever asks, in its own request's memory. */
struct asking {
	struct together_question question;
	enum asking_state state;
	bool found;
	struct packed row;
	pthread_cond_t changed;
	struct asking *next;
};

/* Whom one statement asks for: its leader first, NULL for who has left since. What they ask is a copy, as they may be gone
 * when it is sent. */
struct lead {
	struct asking *asked[MOST];
	struct together_question questions[MOST];
	char texts[MOST][TEXT_BYTES];
	size_t n;
	struct request *rq;
	const struct verify_secret_row *row; /* of one */
	struct verify_secret_rows rows;      /* of many */
};

/* The mutex is held by who touches anything of it, and of a struct asking that is known here. */
struct together {
	int64_t patience;
	pthread_mutex_t mutex;
	pthread_condattr_t clock;
	bool out; /* somebody leads */
	int64_t since;
	struct lead *lead;
	struct asking *first, *last; /* those who wait */
};

struct together *
together_make(struct arena *start, int64_t patience)
{
	struct together *t = NEW(start, struct together, 1);

	t->patience = patience;
	pthread_condattr_init(&t->clock);
	pthread_condattr_setclock(&t->clock, CLOCK_MONOTONIC);
	pthread_mutex_init(&t->mutex, NULL);
	return t;
}

/* ---- the list of those who wait */

static void
append(struct together *t, struct asking *a)
{
	if (t->first)
		t->last->next = a;
	else
		t->first = a;
	t->last = a;
}

static void
take_out(struct together *t, struct asking *a)
{
	struct asking *before = NULL;

	for (struct asking *b = t->first; b && b != a; b = b->next)
		before = b;
	if (before)
		before->next = a->next;
	else
		t->first = a->next;
	if (t->last == a)
		t->last = before;
	a->next = NULL;
}

static void
change(struct asking *a, enum asking_state state)
{
	a->state = state;
	pthread_cond_signal(&a->changed);
}

/* ---- to wait for another's statement, or for one's turn */

static bool
waits(const struct asking *a)
{
	return a->state == WAITS || a->state == OUT;
}

static void
leave(struct together *t, struct asking *me)
{
	if (me->state == WAITS)
		take_out(t, me);
	for (size_t i = 0; me->state == OUT && i < t->lead->n; i++)
		if (t->lead->asked[i] == me)
			t->lead->asked[i] = NULL;
	me->state = ALONE;
}

static void
wait_in_line(struct together *t, struct asking *me)
{
	int64_t until = clock_monotonic() + t->patience;
	struct timespec at = { until / SECOND, (long)(until % SECOND) * 1000 };
	int late = 0;

	pthread_cond_init(&me->changed, &t->clock);
	append(t, me);
	while (waits(me) && !late)
		late = pthread_cond_timedwait(&me->changed, &t->mutex, &at);
	if (waits(me))
		leave(t, me);
	pthread_cond_destroy(&me->changed);
}

/* ---- to lead */

/* Its texts fit: join(). */
static void
lead_takes(struct lead *lead, struct asking *a)
{
	struct together_question *q = &lead->questions[lead->n];
	char *text = lead->texts[lead->n];

	*q = a->question;
	memcpy(text, q->sid.at, q->sid.n);
	if (q->jti.n)
		memcpy(text + q->sid.n, q->jti.at, q->jti.n);
	q->sid.at = text;
	q->jti.at = text + q->sid.n;
	lead->asked[lead->n++] = a;
}

static void
lead_begin(struct together *t, struct lead *lead, struct asking *me)
{
	struct asking *next;

	t->out = true;
	t->since = clock_monotonic();
	t->lead = lead;
	lead_takes(lead, me);
	for (struct asking *a = t->first; a && lead->n < MOST; a = next) {
		next = a->next;
		if (a->question.api != me->question.api)
			continue;
		take_out(t, a);
		lead_takes(lead, a);
		a->state = OUT;
	}
}

/* The rows of many say what one's own statement would, but for this: of each secret there is one for each token that is revoked,
 * be it another's. */
static bool
find(const struct verify_secret_rows *rows, const struct together_question *q,
    struct verify_secret_row *found)
{
	bool any = false;

	for (size_t i = 0; i < rows->n; i++) {
		const struct verify_secret_row *row = &rows->at[i];
		bool revoked = q->jti.n && str_eq(row->revoked, q->jti);

		if (!str_eq(row->sid, q->sid) || (any && !revoked))
			continue;
		*found = *row;
		found->revoked = revoked ? row->revoked : (str){ 0 };
		any = true;
	}
	return any;
}

/* Those who still wait for it; nobody is answered when it has failed. Then the next one leads. */
static void
lead_end(struct together *t, struct lead *lead, bool done)
{
	struct asking *next = t->first;
	struct verify_secret_row row;

	for (size_t i = 1; i < lead->n; i++) {
		struct asking *a = lead->asked[i];

		if (!a)
			continue;
		a->found = done && find(&lead->rows, &lead->questions[i], &row);
		if (a->found)
			packed_row(&a->row, &verify_secret_row_shape, &row);
		change(a, done && !a->row.full ? ANSWERED : ALONE);
	}
	t->out = next != NULL;
	t->lead = NULL;
	if (!next)
		return;
	take_out(t, next);
	t->since = clock_monotonic();
	change(next, LEADS);
}

/* ---- the statement */

static const struct verify_secret_row *
ask_alone(struct request *rq, const struct together_question *q)
{
	shared_count(rq->desk->shared, COUNT_SECRET_READS);
	return sql_verify_secret(rq->db, .sid = q->sid, .api = q->api, .jti = q->jti);
}

static void
ask_for_one(void *arg)
{
	struct lead *lead = arg;

	lead->row = ask_alone(lead->rq, &lead->questions[0]);
}

static void
ask_for_all(void *arg)
{
	struct lead *lead = arg;
	const struct together_question *q = lead->questions;

	shared_count(lead->rq->desk->shared, COUNT_SECRET_READS);
	lead->rows = sql_verify_secrets(lead->rq->db, .api = q[0].api, .sid1 = q[0].sid,
	    .sid2 = q[1].sid, .sid3 = q[2].sid, .sid4 = q[3].sid, .sid5 = q[4].sid,
	    .sid6 = q[5].sid, .sid7 = q[6].sid, .sid8 = q[7].sid, .jti1 = q[0].jti,
	    .jti2 = q[1].jti, .jti3 = q[2].jti, .jti4 = q[3].jti, .jti5 = q[4].jti,
	    .jti6 = q[5].jti, .jti7 = q[6].jti, .jti8 = q[7].jti);
}

static const struct verify_secret_row *
ask_for_those(struct together *t, struct lead *lead)
{
	struct fault *f = lead->rq->arena->fault;
	bool done = attempt(f, lead->n > 1 ? ask_for_all : ask_for_one, lead);
	struct verify_secret_row *row;

	pthread_mutex_lock(&t->mutex);
	lead_end(t, lead, done);
	pthread_mutex_unlock(&t->mutex);
	if (!done)
		fault_(f, f->kind, f->file, f->line, "%s", f->what);
	if (lead->n == 1)
		return lead->row;
	row = NEW(lead->rq->arena, struct verify_secret_row, 1);
	return find(&lead->rows, &lead->questions[0], row) ? row : NULL;
}

/* What becomes of it: LEADS, ANSWERED or ALONE. */
static void
join(struct together *t, struct asking *me, struct lead *lead)
{
	bool fits = me->question.sid.n + me->question.jti.n <= TEXT_BYTES;

	pthread_mutex_lock(&t->mutex);
	if (!fits || (t->out && clock_monotonic() - t->since > t->patience))
		me->state = ALONE;
	else if (t->out)
		wait_in_line(t, me);
	else
		me->state = LEADS;
	if (me->state == LEADS)
		lead_begin(t, lead, me);
	pthread_mutex_unlock(&t->mutex);
}

const struct verify_secret_row *
together_ask(struct request *rq, const struct together_question *question)
{
	struct together *t = rq->desk->together;
	struct lead lead = { .rq = rq };
	struct asking *me;

	if (!t || db_within(rq->db))
		return ask_alone(rq, question);
	me = NEW(rq->arena, struct asking, 1);
	me->question = *question;
	me->row = (struct packed){ NEW(rq->arena, char, ROW_BYTES), 0, ROW_BYTES, false };
	join(t, me, &lead);
	if (me->state == LEADS)
		return ask_for_those(t, &lead);
	if (me->state == ALONE)
		return ask_alone(rq, question);
	return me->found ? packed_take(rq->arena, &verify_secret_row_shape, me->row.at) : NULL;
}
