/* reset.c - a forgotten password: a one-time link by which a person chooses another. */
#include "core/reset.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/duty.h"
#include "core/factor.h"
#include "core/mail.h"
#include "core/notice.h"
#include "core/person.h"
#include "core/secret.h"
#include "core/tenure.h"
#include "http/json.h"
#include "sql.h"

#include <inttypes.h>

enum { TOKEN_CHARS = 43, DETAIL_MAX_BYTES = 2000, DUE_MAX = 20 };

SHAPE(reset_detail, text(email), flag(mailed), time(until));

/* Whom a link is for, and whose access it hangs on. org is 0 unless an admin makes it. */
struct wanted {
	int64_t person, user, org;
	str email;
};

static str
detail_of(struct request *rq, const struct reset_link *made, bool mailed)
{
	struct reset_detail detail = { made->email, mailed, made->until };
	struct buf b = buf_new(rq->arena, DETAIL_MAX_BYTES);

	json_write(&b, &reset_detail_shape, &detail);
	return buf_str(&b);
}

static int64_t
tenure_of(struct request *rq, int64_t user)
{
	const struct tenure_live_row *live;

	if (!user)
		return 0;
	tenure_begin(rq, user);
	live = sql_tenure_live(rq->db, .user = user);
	if (!live)
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a user who has left meanwhile");
	return live->tenure;
}

static struct reset_link
link_for(struct request *rq, const struct wanted *wanted)
{
	struct reset_link made = { .email = wanted->email,
		.token = random_base62(rq->arena, TOKEN_CHARS),
		.until = rq->now + RESET_MINUTES * MINUTE };
	struct digest hash = digest_sha256(made.token);
	int64_t by = wanted->org ? tenure_of(rq, rq->me) : 0;

	sql_reset_end(rq->db, .person = wanted->person);
	if (!sql_reset_add(rq->db, .public_id = secret_id_make(rq->arena), .person = wanted->person,
		.tenure = tenure_of(rq, wanted->user), .org = wanted->org, .by_tenure = by,
		.token_hash = DIGEST_STR(hash), .by = rq->actor ? rq->actor->person : 0,
		.now = rq->now, .until = made.until))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a link that is open and is not");
	return made;
}

/* Who is to choose a password by themselves: somebody active, or an operator. NULL for everybody else. */
static const struct person_by_email_row *
person_of(struct request *rq, str email, struct wanted *wanted, int64_t *org)
{
	const struct person_by_email_row *person = sql_person_by_email(rq->db, .email = email);
	const struct person_home_row *home =
	    person ? sql_person_home(rq->db, .person = person->person) : NULL;

	if (!person || (!home && !person->is_operator))
		return NULL;
	*wanted = (struct wanted){
		.person = person->person, .user = home ? home->user : 0, .email = person->email
	};
	*org = home ? home->org : 0;
	return person;
}

/* ---- by mail */

void
reset_forgotten(struct request *rq, str email)
{
	sql_forgotten_add(
	    rq->db, .email = str_lower(rq->arena, email), .remote = rq->remote, .now = rq->now);
}

static void
mail_link(struct request *rq, const struct reset_link *made)
{
	str url = rq->desk->settings->url;
	struct mail mail = { .to = made->email, .subject = S("A new password for Keydesk") };

	mail.text = fmt(rq->arena,
	    "Somebody, probably you, says that the password of %.*s\nat %.*s is forgotten.\n\n"
	    "Choose a new one here:\n\n%.*s/reset/%.*s\n\n"
	    "The link works once, until %.*s.\n"
	    "If it was not you, do nothing: your password stays as it is.\n",
	    STR(made->email), STR(url), STR(url), STR(made->token),
	    STR(clock_for_people(rq->arena, made->until)));
	mail_queue(rq, &mail);
}

static void
answer(struct request *rq, str email)
{
	int64_t since = rq->now - RESET_MINUTES * MINUTE, org;
	const struct person_by_email_row *person;
	struct wanted wanted;
	struct reset_link made;
	struct audit_who who;

	person = person_of(rq, email, &wanted, &org);
	if (!person ||
	    sql_reset_lately(rq->db, .person = wanted.person, .since = since)->n >= RESET_MAILS)
		return;
	made = link_for(rq, &wanted);
	mail_link(rq, &made);
	who = (struct audit_who){ .org = org, .person = wanted.person, .name = wanted.email };
	audit_by(rq, &who,
	    &(struct audit_act){ S("person.reset-link"), person->id, detail_of(rq, &made, true) });
}

/* In a transaction of its own. Another machine may have had it meanwhile. */
static void
answer_one(struct request *rq, int64_t forgotten)
{
	const struct forgotten_get_row *row;

	db_begin(rq->db, DB_WRITE);
	row = sql_forgotten_get(rq->db, .forgotten = forgotten);
	if (sql_forgotten_done(rq->db, .forgotten = forgotten) && row &&
	    mail_possible(rq->desk->settings)) {
		rq->remote = row->remote;
		answer(rq, row->email);
	}
	duty_commit(rq);
}

void
reset_forgotten_due(struct desk *desk, struct arena *arena)
{
	struct request rq = duty_begin(desk, arena);
	struct forgotten_due_rows due;

	sql_forgotten_nobody(rq.db);
	due = sql_forgotten_due(rq.db, .count = DUE_MAX);
	for (size_t i = 0; i < due.n; i++)
		answer_one(&rq, due.at[i].forgotten);
}

/* ---- by an admin, and at the command line */

static enum reset_made
may(const struct request *rq, const struct reset_user_row *user)
{
	if (!user)
		return RESET_NOBODY;
	if (!str_eq(user->status, S("active")))
		return RESET_INACTIVE;
	if (user->user == rq->me)
		return RESET_SELF;
	if (user->is_operator)
		return RESET_OPERATOR;
	return user->elsewhere ? RESET_ELSEWHERE : RESET_MADE;
}

enum reset_made
reset_may(struct request *rq, str id)
{
	return may(rq, sql_reset_user(rq->db, .org = rq->org, .id = id));
}

enum reset_made
reset_make(struct request *rq, str id, struct reset_link *made)
{
	const struct reset_user_row *user = sql_reset_user(rq->db, .org = rq->org, .id = id);
	enum reset_made answer = may(rq, user);
	struct wanted wanted;

	*made = (struct reset_link){ 0 };
	if (answer != RESET_MADE)
		return answer;
	wanted = (struct wanted){ user->person, user->user, rq->org, user->email };
	*made = link_for(rq, &wanted);
	audit(rq, S("person.reset-link"), user->id, detail_of(rq, made, false));
	return RESET_MADE;
}

bool
reset_command(struct request *rq, str email, struct reset_link *made)
{
	const struct person_by_email_row *person;
	struct wanted wanted;
	int64_t org;

	*made = (struct reset_link){ 0 };
	person = person_of(rq, str_lower(rq->arena, email), &wanted, &org);
	if (!person)
		return false;
	*made = link_for(rq, &wanted);
	made->factor = factor_on(rq, wanted.person);
	audit(rq, S("person.reset-link"), person->id, detail_of(rq, made, false));
	return true;
}

/* ---- used */

const struct reset_open_row *
reset_open(struct request *rq, str token)
{
	struct digest hash = digest_sha256(token);

	return sql_reset_open(rq->db, .token_hash = DIGEST_STR(hash), .now = rq->now);
}

bool
reset_finish(struct request *rq, str token, str password)
{
	const struct reset_open_row *open = reset_open(rq, token);
	struct audit_who by;
	int64_t ended;
	str hash;

	if (!open)
		return false;
	hash = person_password_hash(rq, password); /* before a row is locked */
	if (open->by_user)
		sql_tenure_hold(rq->db, .user = open->by_user);
	ended = person_sessions_end(rq, open->person, 0);
	/* Once more, now that nobody changes what these people may before the commit. */
	open = reset_open(rq, token);
	if (!open || !sql_reset_use(rq->db, .reset = open->reset, .now = rq->now))
		return false;
	sql_person_password(rq->db, .person = open->person, .password_hash = hash);
	notice_mail(rq, NOTICE_PASSWORD, open->email);
	by = (struct audit_who){ .org = open->org, .person = open->person, .name = open->email };
	audit_by(rq, &by,
	    &(struct audit_act){
		S("person.reset"), open->id, fmt(rq->arena, "{\"sessions\":%" PRId64 "}", ended) });
	return true;
}
