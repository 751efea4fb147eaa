/* session.c - who is signed in, and whether a POST is theirs. */
#include "site/session.h"

#include "base/random.h"
#include "core/desk.h"
#include "core/factor.h"
#include "core/tenure.h"
#include "core/throttle.h"
#include "http/form.h"
#include "site/half.h"
#include "site/route.h"
#include "sql.h"

#include <inttypes.h>

enum {
	SESSION_CHARS = 43,
	SESSION_ID_CHARS = 10,
	VISIT_CHARS = 22,
	CSRF_CHARS = 43,
	PROGRAM_MAX_BYTES = 200,
	DEVICE_SECONDS = 180 * 24 * 3600
};

static const char session_cookie[] = "keydesk";
static const char visit_cookie[] = "keydesk_visit";
static const char device_cookie[] = "keydesk_device";

static str
cookie_name(const struct request *rq, const char *name)
{
	return fmt(rq->arena, "%s%s", rq->desk->settings->https ? "__Host-" : "", name);
}

str
cookie_get(const struct request *rq, const char *name)
{
	return request_cookie(rq, cookie_name(rq, name));
}

void
cookie_set(struct request *rq, struct reply *reply, const struct cookie *cookie)
{
	int seconds = cookie->seconds < 0 ? 0 : cookie->seconds;
	str age = cookie->seconds ? fmt(rq->arena, "; Max-Age=%d", seconds) : (str){ 0 };

	reply_header(rq, reply, S("Set-Cookie"),
	    fmt(rq->arena, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax%.*s%s",
		STR(cookie_name(rq, cookie->name)), STR(cookie->value), STR(age),
		rq->desk->settings->https ? "; Secure" : ""));
}

str
device_get(const struct request *rq)
{
	return cookie_get(rq, device_cookie);
}

void
device_set(struct request *rq, struct reply *reply, str email, bool coded)
{
	cookie_set(rq, reply,
	    &(struct cookie){ .name = device_cookie,
		.value = throttle_device(rq, email, coded),
		.seconds = DEVICE_SECONDS });
}

/* A form's token is a keyed hash of the cookie and the user, so nothing is stored, no other site can know it, and it is
 * of one organization. */
static str
csrf_token(const struct request *rq, const struct ring_key *key, str cookie, int64_t user)
{
	str whose = user ? fmt(rq->arena, "%.*s %" PRId64, STR(cookie), user) : cookie;
	struct digest mac = digest_hmac(DIGEST_STR(key->session), S("csrf "), whose);

	return str_part(digest_base64url(rq->arena, DIGEST_STR(mac)), 0, CSRF_CHARS);
}

static void
csrf_for(struct request *rq, str cookie)
{
	const struct keyring *ring = rq->desk->keyring;

	rq->csrf = csrf_token(rq, &ring->keys[ring->active], cookie, rq->me);
}

static void
visitor(struct request *rq)
{
	str visit = cookie_get(rq, visit_cookie);

	rq->environment = S("production");
	if (visit.n != VISIT_CHARS) {
		visit = random_base62(rq->arena, VISIT_CHARS);
		rq->visit = visit;
	}
	csrf_for(rq, visit);
}

static bool
session_good(const struct request *rq, const struct session_get_row *row)
{
	const struct settings *settings = rq->desk->settings;

	if (rq->now > row->seen_at + settings->session_idle_minutes * MINUTE ||
	    rq->now > row->created_at + settings->session_hours * HOUR)
		return false;
	if (row->user)
		return row->tenure && str_eq(row->user_status, S("active")) &&
		       str_eq(row->organization_status, S("active"));
	return row->is_operator;
}

static const struct session_get_row *
session_row(struct request *rq, str cookie)
{
	struct digest hash = digest_sha256(cookie);

	if (cookie.n != SESSION_CHARS)
		return NULL;
	return sql_session_get(rq->db, .token_hash = DIGEST_STR(hash));
}

enum session_state
session_state(struct request *rq, str token_hash)
{
	const struct session_get_row *row = sql_session_get(rq->db, .token_hash = token_hash);

	if (!row)
		return SESSION_UNKNOWN;
	return session_good(rq, row) ? SESSION_GOOD : SESSION_REFUSED;
}

static bool
factor_needed(const struct request *rq, const struct session_get_row *row)
{
	return row->factor_required || (row->is_operator && rq->desk->settings->operator_factor);
}

void
session_find(struct request *rq)
{
	str cookie = cookie_get(rq, session_cookie);
	const struct session_get_row *row = session_row(rq, cookie);
	struct actor *actor;

	rq->actor = NULL;
	rq->org = rq->me = 0;
	if (!row || !session_good(rq, row)) {
		visitor(rq);
		return;
	}
	actor = NEW(rq->arena, struct actor, 1);
	*actor = (struct actor){ .person = row->person,
		.user = row->user,
		.org = row->org,
		.session = row->session,
		.proven_at = row->proven_at,
		.organization = row->organization,
		.name = row->name,
		.email = row->email,
		.role = role_of(row->role),
		.is_operator = row->is_operator,
		.data_access = row->data_access,
		.factor_missing = !row->factor && factor_needed(rq, row) };
	rq->actor = actor;
	rq->org = row->org;
	rq->me = row->user;
	rq->environment = row->environment;
	csrf_for(rq, cookie);
	if (rq->now > row->seen_at + MINUTE)
		sql_session_seen(rq->db, .session = row->session, .now = rq->now);
}

/* What the browser calls itself, as far as every database can store it. */
static str
program_of(const struct request *rq)
{
	str name = str_part(request_header(rq, S("HTTP_USER_AGENT")), 0, PROGRAM_MAX_BYTES);
	char *at = NEW(rq->arena, char, name.n);

	for (size_t i = 0; i < name.n; i++)
		at[i] = name.at[i] >= ' ' && name.at[i] <= '~' ? name.at[i] : '?';
	return (str){ at, name.n };
}

struct reply
session_start(struct request *rq, const struct proven *who, str next)
{
	half_drop(rq);
	person_hold_proven(rq, who);
	if (factor_on(rq, who->person))
		return half_begin(rq, who, next);
	return session_whole(rq, who, next);
}

struct reply
session_whole(struct request *rq, const struct proven *who, str next)
{
	str token = random_base62(rq->arena, SESSION_CHARS);
	struct digest hash = digest_sha256(token),
		      old = digest_sha256(cookie_get(rq, session_cookie));
	struct reply reply = see_other(rq, "%.*s", STR(next));

	if (who->user) {
		sql_session_home(rq->db, .user = who->user, .now = rq->now); /* before the tenure */
		tenure_begin(rq, who->user);
	}
	sql_session_end(rq->db, .token_hash = DIGEST_STR(old));
	sql_session_add(rq->db, .token_hash = DIGEST_STR(hash),
	    .public_id = random_base62(rq->arena, SESSION_ID_CHARS), .person = who->person,
	    .user = who->user, .environment = S("production"), .remote = rq->remote,
	    .program = program_of(rq), .now = rq->now);
	cookie_set(rq, &reply, &(struct cookie){ .name = session_cookie, .value = token });
	cookie_set(rq, &reply, &(struct cookie){ .name = visit_cookie, .seconds = -1 });
	return reply;
}

bool
session_alive(struct request *rq)
{
	return sql_session_there(rq->db, .session = rq->actor->session) != NULL;
}

struct reply
session_stop(struct request *rq, const char *did)
{
	struct digest hash = digest_sha256(cookie_get(rq, session_cookie));
	struct reply reply = see_other(rq, "/sign-in?did=%s", did);

	sql_session_end(rq->db, .token_hash = DIGEST_STR(hash));
	cookie_set(rq, &reply, &(struct cookie){ .name = session_cookie, .seconds = -1 });
	reply_header(rq, &reply, S("Clear-Site-Data"), S("\"cache\""));
	return reply;
}

void
session_show(struct request *rq, str environment)
{
	struct digest hash = digest_sha256(cookie_get(rq, session_cookie));

	sql_session_environment(rq->db, .token_hash = DIGEST_STR(hash), .environment = environment);
}

/* Whether the form's token is that of the session while it was this user's. It is good under each key that reads: it may
 * have been opened before another one became active, or come from a machine where that has not happened yet. */
static bool
csrf_of(struct request *rq, int64_t user)
{
	str cookie = cookie_get(rq, rq->actor ? session_cookie : visit_cookie);
	str token = form_field(rq, S("csrf"));
	bool ours = false;

	if (rq->visit.n) /* a browser that had none, or one that is none of ours */
		return false;
	for (int n = 1; n <= KEYRING_MAX && !ours; n++) {
		const struct ring_key *key = keyring_key(rq->desk->keyring, n);

		ours = key && str_eq_secret(token, csrf_token(rq, key, cookie, user));
	}
	return ours;
}

static bool
from_our_page(const struct request *rq)
{
	str origin = request_header(rq, S("HTTP_ORIGIN"));
	str site = request_header(rq, S("HTTP_SEC_FETCH_SITE"));

	if (origin.n)
		return str_eq(origin, rq->desk->settings->url);
	return site.n == 0 || str_eq(site, S("same-origin")) || str_eq(site, S("none"));
}

const struct session_homes_row *
csrf_home(struct request *rq)
{
	static const struct session_homes_row none = { 0 };
	struct session_homes_rows homes;

	if (!rq->me || !from_our_page(rq))
		return NULL;
	if (csrf_of(rq, 0))
		return &none;
	homes = sql_session_homes(rq->db, .person = rq->actor->person, .me = rq->me);
	for (size_t i = 0; i < homes.n; i++)
		if (csrf_of(rq, homes.at[i].user))
			return &homes.at[i];
	return NULL;
}

bool
csrf_ok(struct request *rq)
{
	if (!rq->csrf.n || !from_our_page(rq))
		return false;
	return csrf_of(rq, rq->me) || (rq->route && rq->route->personal && csrf_home(rq));
}
