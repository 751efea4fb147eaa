/* factor.c - the second factor: codes of a person's app, and recovery codes for when that is lost. */
#include "core/factor.h"

#include "base/buf.h"
#include "base/random.h"
#include "core/actor.h"
#include "core/audit.h"
#include "core/client_parts.h"
#include "core/desk.h"
#include "core/notice.h"
#include "crypto/totp.h"
#include "sql.h"

#include <inttypes.h>

/* In groups of 4, as they are written down. */
enum { CODE_CHARS = FACTOR_CODE_BYTES * 8 / 5, GROUP_CHARS = 4 };

static str
context_of(struct arena *a, int64_t person)
{
	return fmt(a, "factor %" PRId64, person);
}

/* False when the key that sealed it is gone, or somebody has changed the row. */
static bool
unseal(struct request *rq, int64_t person, int64_t number, str *seed)
{
	const struct ring_key *key = keyring_key(rq->desk->keyring, (int)number);

	return key && digest_unseal(rq->arena, &key->seal, context_of(rq->arena, person), seed);
}

bool
factor_on(struct request *rq, int64_t person)
{
	return sql_factor_on(rq->db, .person = person) != NULL;
}

struct factor_state
factor_state(struct request *rq, int64_t person)
{
	const struct factor_on_row *on = sql_factor_on(rq->db, .person = person);
	const struct recovery_left_row *left;

	if (!on)
		return (struct factor_state){ 0 };
	left = sql_recovery_left(rq->db, .person = person);
	return (struct factor_state){ on->confirmed_at, left->n, left->made_at };
}

str
factor_begin(struct request *rq)
{
	const struct keyring *ring = rq->desk->keyring;
	int64_t me = rq->actor->person;
	char *at = NEW(rq->arena, char, TOTP_SEED_BYTES);
	str seed = { at, TOTP_SEED_BYTES };

	random_bytes(at, TOTP_SEED_BYTES);
	sql_factor_drop(rq->db, .person = me);
	if (!sql_factor_add(rq->db, .person = me, .key_number = ring->active,
		.sealed = digest_seal(
		    rq->arena, &ring->keys[ring->active].seal, context_of(rq->arena, me), seed),
		.session = rq->actor->session, .now = rq->now))
		return (str){ 0 };
	audit(rq, S("person.factor-begin"), (str){ 0 }, (str){ 0 });
	return seed;
}

/* ---- recovery codes */

static struct digest
code_hash(str seed, str code)
{
	return digest_hmac(seed, S("recovery code "), code);
}

/* As it is kept and compared: without blanks and dashes, in capital letters. */
static str
code_bare(struct request *rq, str typed)
{
	char *at = NEW(rq->arena, char, typed.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.at[i];

		if (c != ' ' && c != '-')
			at[n++] = (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
	}
	return (str){ at, n };
}

/* As it is shown: ABCD-EFGH-IJKL-MNOP. */
static str
code_written(struct request *rq, str bare)
{
	struct buf b = buf_new(rq->arena, 2 * CODE_CHARS);

	for (size_t i = 0; i < bare.n; i++) {
		if (i && i % GROUP_CHARS == 0)
			buf_add_char(&b, '-');
		buf_add_char(&b, bare.at[i]);
	}
	return buf_str(&b);
}

static void
codes_make(struct request *rq, str seed, struct factor_codes *codes)
{
	int64_t me = rq->actor->person;
	char bytes[FACTOR_CODE_BYTES];

	sql_recovery_codes_end(rq->db, .person = me);
	for (int i = 0; i < FACTOR_CODES; i++) {
		str bare;
		struct digest hash;

		random_bytes(bytes, sizeof bytes);
		bare = totp_base32(rq->arena, (str){ bytes, sizeof bytes });
		hash = code_hash(seed, bare);
		sql_recovery_code_add(
		    rq->db, .person = me, .code_hash = DIGEST_STR(hash), .now = rq->now);
		codes->at[i] = code_written(rq, bare);
	}
}

static bool
recovery_use(struct request *rq, int64_t person, str seed, str bare)
{
	struct recovery_codes_rows rows = sql_recovery_codes(rq->db, .person = person);
	struct digest hash = code_hash(seed, bare);
	int64_t found = 0;

	for (size_t i = 0; i < rows.n; i++)
		if (str_eq_secret(rows.at[i].code_hash, DIGEST_STR(hash)))
			found = rows.at[i].code;
	return found && sql_recovery_code_use(rq->db, .code = found, .now = rq->now) == 1;
}

/* ---- wrong codes in a row */

void
factor_try(struct request *rq, int64_t person, bool device_known)
{
	const struct factor_failures_row *row;

	sql_factor_tried(rq->db, .person = person);
	row = sql_factor_failures(rq->db, .person = person);
	rq->before.recovery_only = row && row->failures > FACTOR_FAILURES && !device_known;
}

void
factor_tell_spent(struct request *rq, const struct proven *who)
{
	if (!sql_factor_spent(
		rq->db, .person = who->person, .most = FACTOR_FAILURES, .now = rq->now))
		return;
	audit_by(rq,
	    &(struct audit_who){ .org = who->org, .person = who->person, .name = who->name },
	    &(struct audit_act){ S("person.codes-spent"), (str){ 0 }, (str){ 0 } });
	notice_mail(rq, NOTICE_CODES_SPENT, who->name);
}

/* ---- on, used, off */

enum factor_confirmed
factor_confirm(struct request *rq, str code, struct factor_codes *codes)
{
	int64_t me = rq->actor->person, step, ended;
	const struct factor_get_row *row = sql_factor_get(rq->db, .person = me);
	str seed;

	if (row && row->confirmed_at)
		return FACTOR_BEFORE;
	if (!row || row->session != rq->actor->session ||
	    rq->now > row->begun_at + FACTOR_BEGUN_MINUTES * MINUTE)
		return FACTOR_NONE;
	seed = row->sealed;
	if (!unseal(rq, me, row->key_number, &seed))
		return FACTOR_NONE;
	step = totp_step(seed, rq->now, code_bare(rq, code));
	if (step == 0)
		return FACTOR_WRONG;
	if (!sql_factor_confirm(
		rq->db, .person = me, .sealed = row->sealed, .step = step, .now = rq->now))
		return FACTOR_NONE;
	codes_make(rq, seed, codes);
	ended = person_sessions_end(rq, me, rq->actor->session);
	audit(rq, S("person.factor-on"), (str){ 0 },
	    fmt(rq->arena, "{\"sessions\":%" PRId64 "}", ended));
	notice_mail(rq, NOTICE_FACTOR_ON, rq->actor->email);
	return FACTOR_CONFIRMED;
}

static enum factor_proof
prove(struct request *rq, int64_t person, str code)
{
	const struct factor_get_row *row = sql_factor_get(rq->db, .person = person);
	str seed, bare = code_bare(rq, code);
	int64_t step;

	if (!row || !row->confirmed_at)
		return FACTOR_REFUSED;
	seed = row->sealed;
	if (!unseal(rq, person, row->key_number, &seed))
		return FACTOR_REFUSED;
	if (bare.n == CODE_CHARS)
		return recovery_use(rq, person, seed, bare) ? FACTOR_RECOVERY : FACTOR_REFUSED;
	if (rq->before.recovery_only)
		return FACTOR_SPENT;
	step = totp_step(seed, rq->now, bare);
	return step && sql_factor_step(rq->db, .person = person, .step = step) == 1
	           ? FACTOR_CODE
	           : FACTOR_REFUSED;
}

enum factor_proof
factor_prove(struct request *rq, int64_t person, str code)
{
	enum factor_proof proof = prove(rq, person, code);

	if (proof == FACTOR_CODE || proof == FACTOR_RECOVERY)
		sql_factor_right(rq->db, .person = person);
	return proof;
}

bool
factor_codes_anew(struct request *rq, str once, struct factor_codes *codes)
{
	int64_t me = rq->actor->person;
	const struct factor_get_row *row = sql_factor_get(rq->db, .person = me);
	struct client_made before;
	str seed;

	if (!row || !row->confirmed_at)
		return false;
	seed = row->sealed;
	if (!unseal(rq, me, row->key_number, &seed) || !client_once(rq, once, S("codes"), &before))
		return false;
	codes_make(rq, seed, codes);
	audit(rq, S("person.recovery-codes"), (str){ 0 }, (str){ 0 });
	return true;
}

int64_t
factor_end(struct request *rq, int64_t person, int64_t but)
{
	/* First, as who signs in with a code holds what waits for it before the code. */
	int64_t ended = person_sessions_end(rq, person, but);

	sql_recovery_codes_end(rq->db, .person = person);
	sql_factor_end(rq->db, .person = person);
	return ended;
}

bool
factor_may_take(const struct request *rq, const struct factor_person_row *person)
{
	return !person->elsewhere && !person->is_operator && person->person != rq->actor->person;
}

enum factor_taken
factor_take(struct request *rq, str id)
{
	const struct factor_person_row *person =
	    sql_factor_person(rq->db, .org = rq->org, .id = id);
	int64_t ended;

	if (!person || !factor_may_take(rq, person))
		return FACTOR_TAKE_REFUSED;
	if (!person->since)
		return FACTOR_TAKE_NEEDLESS;
	ended = person_sessions_end(rq, person->person, 0);
	/* Once more, now that nobody joins them to another organization, or makes them an operator, before the commit. */
	person = sql_factor_person(rq->db, .org = rq->org, .id = id);
	if (!person || !factor_may_take(rq, person))
		return FACTOR_TAKE_REFUSED;
	factor_end(rq, person->person, 0);
	audit(
	    rq, S("person.reset-factor"), id, fmt(rq->arena, "{\"sessions\":%" PRId64 "}", ended));
	return FACTOR_TAKEN;
}

bool
factor_reset_by_email(struct request *rq, str email)
{
	const struct person_by_email_row *person =
	    sql_person_by_email(rq->db, .email = str_lower(rq->arena, email));
	int64_t ended;

	if (!person || !factor_on(rq, person->person))
		return false;
	ended = factor_end(rq, person->person, 0);
	audit(rq, S("person.reset-factor"), person->id,
	    fmt(rq->arena, "{\"sessions\":%" PRId64 "}", ended));
	notice_mail(rq, NOTICE_FACTOR_RESET, person->email);
	return true;
}

static int64_t
reseal_one(struct request *rq, const struct factor_others_row *row, int number)
{
	const struct digest *seal = &rq->desk->keyring->keys[number].seal;
	str seed = row->sealed;

	if (!unseal(rq, row->person, row->key_number, &seed))
		return 0;
	return sql_factor_reseal(rq->db, .person = row->person, .before = row->sealed,
	    .key_number = number,
	    .sealed = digest_seal(rq->arena, seal, context_of(rq->arena, row->person), seed));
}

int64_t
factor_reseal(struct request *rq, int number)
{
	struct factor_others_rows rows = sql_factor_others(rq->db, .number = number, .after = 0);
	int64_t resealed = 0;

	while (rows.n) {
		for (size_t i = 0; i < rows.n; i++)
			resealed += reseal_one(rq, &rows.at[i], number);
		rows = sql_factor_others(
		    rq->db, .number = number, .after = rows.at[rows.n - 1].person);
	}
	return resealed;
}
