/* general_forged.c - forged secrets, an arena that is full, a form that is tried again: for general.c. */
#include "pages/runner.h"

#include "base/random.h"
#include "crypto/digest.h"
#include "db/db.h"

enum { FORGERIES = 1000 };

/* ---- forged secrets: neither the database nor Argon2 hears of them */

/* Of the right form and with the right checksum, so that only the tag can tell. */
static str
forge(struct arena *a, str secret)
{
	static const char digits[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	str head = fmt(a, "%.*s%.*s", STR(str_part(secret, 0, 21)), STR(random_base62(a, 54)));
	uint32_t crc = digest_crc32(head);
	char *at = NEW(a, char, 6);

	for (int i = 5; i >= 0; i--) {
		at[i] = digits[crc % 62];
		crc /= 62;
	}
	return fmt(a, "%.*s%.*s", STR(head), 6, at);
}

static struct question
forged_question(struct test *t, str client_id, int i)
{
	str secret = forge(t->arena, words(t, S("{ours.secret}"), WORDS_PLAIN));
	struct question q = { .method = S("GET"), .address = S("/verify") };

	if (i % 3 == 0) /* mistyped */
		secret = fmt(t->arena, "%.*s0", STR(str_part(secret, 0, secret.n - 1)));
	if (i % 4 == 1) {
		q = (struct question){ .method = S("POST"),
			.address = S("/oauth/token"),
			.type = S("application/x-www-form-urlencoded"),
			.body = fmt(t->arena,
			    "grant_type=client_credentials&client_id=%.*s&client_secret=%.*s",
			    STR(client_id), STR(secret)) };
		return q;
	}
	if (i % 2) {
		q = (struct question){ .method = S("POST"),
			.address = S("/auth"),
			.type = S("application/json"),
			.body = fmt(t->arena, "{\"client_id\":\"%.*s\",\"client_secret\":\"%.*s\"}",
			    STR(client_id), STR(secret)) };
		return q;
	}
	q.params[0] = (struct pair){ S("HTTP_X_API_KEY"), client_id };
	q.params[1] = (struct pair){ S("HTTP_X_API_SECRET"), secret };
	q.params_n = 2;
	return q;
}

void
general_forged_secrets(struct test *t, size_t unused)
{
	struct fixture_key key = {
		.name = S("ours"), .label = S("Ours"), .environment = S("production")
	};
	const struct desk *desk = t->world->desk;
	int64_t reads, hashes, executed, forged;

	(void)unused;
	fixture_key(t, &key);
	reads = shared_counted(desk->shared, COUNT_SECRET_READS);
	hashes = shared_counted(desk->shared, COUNT_ARGON2);
	forged = shared_counted(desk->shared, COUNT_FORGED);
	executed = db_executed(desk->db);
	for (int i = 0; i < FORGERIES; i++) {
		struct question q =
		    forged_question(t, words(t, S("{ours.client_id}"), WORDS_PLAIN), i);

		ask_raw(t, &q);
		if (t->reply.status != 401)
			complain(t, "a forged secret is not refused");
	}
	if (shared_counted(desk->shared, COUNT_SECRET_READS) != reads ||
	    shared_counted(desk->shared, COUNT_ARGON2) != hashes ||
	    db_executed(desk->db) != executed)
		complain(t, "forged secrets cost a statement or a hash");
	if (shared_counted(desk->shared, COUNT_FORGED) != forged + FORGERIES)
		complain(t, "forged secrets are not counted");
}

/* ---- an arena that is full, wherever that happens, ends in an apology and not in the end of the process */

void
general_small_arena(struct test *t, size_t unused)
{
	static const char *const asked[] = { "/verify", "/sign-in", "/nothing" };
	struct arena *request = &t->world->request;
	size_t whole = request->size, apologies = 0;

	(void)unused;
	fixture_as(t, S("nobody"));
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		for (size_t size = 0; size < 12000; size += 100) {
			struct question q = { .method = S("GET"), .address = str_of(asked[i]) };

			request->size = size;
			ask_raw(t, &q);
			request->size = whole;
			apologies += t->reply.status == 500;
		}
	if (apologies < 100)
		complain(t, "%zu requests did not fit", apologies);
}

/* Somebody holds the row that the write begins with, so the transaction is tried until serve() gives up. What
 * comes before it is done once all the same: one attempt is counted, one password looked at, one hash made. */
void
general_tried_again(struct test *t, size_t unused)
{
	const struct fixture_person *ann = fixture_person(t, WHO_ADMIN);
	const struct shared *shared = t->world->desk->shared;
	struct question q = { .method = S("POST"), .address = S("/profile/password") };
	int64_t hashes;

	(void)unused;
	fixture_as(t, S("admin"));
	q.body = fmt(t->arena, "proof=%.*s&password=seventeen+tin+boats", STR(ann->password));
	world_sql(t->world, t->arena, S("START TRANSACTION"));
	world_sql(t->world, t->arena,
	    fmt(t->arena, "SELECT id FROM user WHERE id = %d FOR UPDATE", (int)ann->user));
	hashes = shared_counted(shared, COUNT_ARGON2);
	ask(t, &q);
	world_sql(t->world, t->arena, S("ROLLBACK"));
	if (t->reply.status != 503 || shared_counted(shared, COUNT_ARGON2) != hashes + 2)
		complain(t, "%d hashes", (int)(shared_counted(shared, COUNT_ARGON2) - hashes));
	ask(t, &q);
	if (t->reply.status != 303)
		complain(t, "it is not done once nobody is in the way");
}

/* A form without anything forged is taken, from a browser too old for Origin as well. */
void
general_honest_form(struct test *t, size_t i)
{
	(void)i;
	struct question q = { .method = S("POST"),
		.address = S("/environment"),
		.body = S("environment=integration"),
		.no_origin = true };

	fixture_as(t, S("admin"));
	ask(t, &q);
	if (t->reply.status != 303 ||
	    str_starts(reply_find(&t->reply, S("Location")), S("/sign-in")))
		complain(t, "an honest form is refused");
}
