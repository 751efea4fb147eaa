/* fixture.h - an installation for the tests of core/ and site/: scratch database, key ring, organizations.
 *
 * Each test makes an organization of its own, so tests do not see each other's rows. What acts is a hand:
 * a thread's arenas, connection and request. world.hand is the test's own; a test with several threads
 * opens more of them.
 */
#ifndef TESTS_CORE_FIXTURE_H
#define TESTS_CORE_FIXTURE_H

#include "db/scratch.h"

#include "base/random.h"
#include "core/actor.h"
#include "core/audit.h"
#include "core/catalogue_file.h"
#include "core/client.h"
#include "core/desk.h"
#include "core/endpoints.h"
#include "core/person.h"
#include "core/shared_recent.h"
#include "core/signing_change.h"
#include "core/token.h"
#include "core/token_words.h"
#include "crypto/keyring_file.h"
#include "db/migrate.h"
#include "http/json.h"
#include "sql.h"

#include <pthread.h>

enum { HAND_START_BYTES = 4 << 20, HAND_BYTES = 64 << 20, CACHE_ENTRIES = 1024 };

struct hand {
	struct fault fault;
	struct arena start, arena;
	struct desk desk;
	struct request rq;
	/* in hands_together() */
	pthread_t id;
	pthread_barrier_t *begin;
	void (*work)(struct hand *);
	const void *with;
	int n, result, tries;
	bool failed;
};

struct world {
	struct settings settings; /* may be changed by a test; world_test() puts it back */
	char folder[40], keyring[64];
	struct hand hand;
};
static struct world world;

/* Only in sanitized programs: keys of OpenSSL are held from the arena, where it does not look. */
__attribute__((weak)) void __lsan_register_root_region(const void *, size_t);

/* Hashes are made as cheap as they may be: what they are worth is tested elsewhere. */
static inline struct settings
world_settings(void)
{
	return (struct settings){ .url = S("http://127.0.0.1:8080"),
		.host = S("127.0.0.1:8080"),
		.templates = S("templates"),
		.db = scratch_place(),
		.people = { .memory_kib = 8, .passes = 1, .lanes = 1 },
		.programs = { .memory_kib = 8, .passes = 1, .lanes = 1 },
		.token_seconds = 900,
		.token_algorithm = S("ES256"),
		.session_idle_minutes = 30,
		.session_hours = 12,
		.proof_minutes = 15,
		.account_keys = 2,
		.account_keys_max = 50,
		.machine = 1,
		.cadence_days = 365,
		.overlap_minutes = 1440,
		.additional_secrets = 10 };
}

/* One that shares what threads share: settings, ring, shared memory, permits. */
static inline void
hand_open(struct hand *hand, const struct desk *shared)
{
	*hand = (struct hand){ 0 };
	arena_open(&hand->start, &hand->fault, HAND_START_BYTES);
	arena_open(&hand->arena, &hand->fault, HAND_BYTES);
	if (__lsan_register_root_region)
		__lsan_register_root_region(hand->start.at, hand->start.size);
	if (shared)
		hand->desk = *shared;
	hand->desk.settings = &world.settings;
	hand->desk.start = &hand->start;
	hand->desk.db = db_open(&hand->start, &world.settings.db);
	if (hand->desk.shared)
		db_count_commits(hand->desk.db, shared_commits(hand->desk.shared));
	hand->desk.signing = signing_open(&hand->start);
	hand->desk.endpoints = endpoints_open(&hand->start);
	hand->desk.words = token_words_open(&hand->start);
}

/* Its start arena stays, with the signing keys that were opened in it. */
static inline void
hand_close(struct hand *hand)
{
	db_close(hand->desk.db);
	arena_close(&hand->arena);
}

/* A fresh request of nobody, outside a transaction. What was in the arena is gone. */
static inline struct request *
hand_ask(struct hand *hand, int64_t org)
{
	db_rollback(hand->desk.db);
	arena_wipe(&hand->arena, 0);
	db_bind(hand->desk.db, &hand->arena);
	hand->rq = (struct request){ .arena = &hand->arena,
		.db = hand->desk.db,
		.desk = &hand->desk,
		.now = clock_now(),
		.number = S("0123456789abcdef"),
		.remote = S("192.0.2.1"),
		.org = org,
		.environment = S("production") };
	return &hand->rq;
}

static inline struct request *
hand_begin(struct hand *hand, int64_t org)
{
	struct request *rq = hand_ask(hand, org);

	db_begin(rq->db, DB_WRITE);
	return rq;
}

/* Writes what was noted, and ends the transaction. */
static inline void
commit(struct request *rq)
{
	audit_write(rq);
	db_commit(rq->db);
	rq->audit = NULL;
}

/* commit() for attempt() and CHECK_FAULT(). */
static inline void
commit_work(void *rq)
{
	commit(rq);
}

/* The next transaction of a request whose arena is to live on. */
static inline void
begin_again(struct request *rq)
{
	db_begin(rq->db, DB_WRITE);
}

/* A ring like the world's with a key 2; active says which of the two is. For ring's lifetime, until
 * world.hand.desk.keyring is put back. */
static inline void
ring_of_two(struct keyring *ring, int active)
{
	struct digest another = digest_sha256(S("another"));

	*ring = *world.hand.desk.keyring;
	ring->active = active;
	ring->keys[2] = (struct ring_key){ .check = 2,
		.tag = another,
		.pepper = another,
		.audit = another,
		.session = another,
		.seal = another };
	ring->keys[1].status = active == 1 ? KEY_ACTIVE : KEY_READING;
	ring->keys[2].status = active == 2 ? KEY_ACTIVE : KEY_READING;
}

static inline int
world_open(void **state)
{
	struct desk shared = { 0 };
	struct hand *hand = &world.hand;
	int fd;

	scratch_open(state);
	json_library_init();
	snprintf(world.folder, sizeof world.folder, "/tmp/keydesk-core.XXXXXX");
	if (!mkdtemp(world.folder))
		abort();
	snprintf(world.keyring, sizeof world.keyring, "%s/keyring", world.folder);
	world.settings = world_settings();
	hand_open(hand, &shared);
	keyring_create(&hand->start, world.keyring);
	hand->desk.keyring = keyring_load(&hand->start, world.keyring);
	hand->desk.shared = shared_make(&hand->fault, CACHE_ENTRIES, &fd);
	db_count_commits(hand->desk.db, shared_commits(hand->desk.shared));
	close(fd);
	hand->desk.permits = permits_make(&hand->start, 2, 2, 64);
	migrate_run(&hand->start, &world.settings.db, "schema");
	hand_begin(hand, 0);
	catalogue_begin(&hand->rq, S("schema"));
	commit(&hand->rq);
	return 0;
}

static inline int
world_close(void **state)
{
	hand_close(&world.hand);
	shared_unmap(world.hand.desk.shared);
	unlink(world.keyring);
	rmdir(world.folder);
	return scratch_close(state);
}

/* Who acts in a test, and for whom. */
struct people {
	int64_t org, user, person;
	str org_id, email;
	struct actor actor; /* of the admin */
};

/* An organization with an admin, whose password is "correct horse battery"; their address is theirs alone.
 * In the hand's start arena. */
static inline struct people
world_people(void)
{
	struct hand *hand = &world.hand;
	struct arena *start = &hand->start;
	struct people p = { .email = fmt(start, "%.*s@example.test",
				STR(str_lower(start, random_base62(start, 10)))) };
	struct person_wish wish = { .name = S("Ann Marsh"),
		.email = p.email,
		.password = S("correct horse battery"),
		.role = ROLE_ADMIN };
	struct request *rq = hand_begin(hand, 0);

	p.org = organization_create(rq, S("Northwind Trading"), &p.org_id);
	p.org_id = str_copy(start, p.org_id);
	p.user = person_join(rq, p.org, &wish);
	p.person = sql_person_by_email(rq->db, .email = p.email)->person;
	commit(rq);
	p.actor = (struct actor){ .person = p.person,
		.user = p.user,
		.org = p.org,
		.organization = S("Northwind Trading"),
		.name = wish.name,
		.email = p.email,
		.role = ROLE_ADMIN };
	return p;
}

/* Makes the request that of the admin. */
static inline struct request *
act_as(struct request *rq, const struct people *p)
{
	rq->actor = &p->actor;
	rq->org = p->org;
	rq->me = p->user;
	return rq;
}

/* The admin's own request, in a transaction. */
static inline struct request *
begin_as(const struct people *p)
{
	return act_as(hand_begin(&world.hand, p->org), p);
}

/* Settings as they were, caches and throttles of earlier tests left alone. */
static inline void
world_test(void)
{
	world.settings = world_settings();
}

/* scratch_run() and scratch_number() with arguments. */
static inline void __attribute__((format(printf, 1, 2))) sql_run(const char *format, ...)
{
	char text[2000];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	scratch_run(text);
}

static inline long __attribute__((format(printf, 1, 2))) sql_number(const char *format, ...)
{
	char text[2000];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return scratch_number(text);
}

static inline int64_t
counted(enum counter counter)
{
	return shared_counted(world.hand.desk.shared, counter);
}

/* An account key of the admin's, committed; in the start arena. */
static inline struct client_made
make_key(const struct people *p, str environment)
{
	struct arena *start = &world.hand.start;
	struct request *rq = begin_as(p);
	struct client_wish wish = { .environment = environment, .name = S("Website") };
	struct client_made made;

	assert_int_equal(client_create(rq, &wish, &made), MADE_NEW);
	made.id = str_copy(start, made.id);
	made.client_id = str_copy(start, made.client_id);
	made.secret = str_copy(start, made.secret);
	commit(rq);
	return made;
}

static inline void
hand_work_(void *hand)
{
	((struct hand *)hand)->work(hand);
}

static inline void *
hand_run_(void *arg)
{
	struct hand *hand = arg;

	pthread_barrier_wait(hand->begin);
	while (!attempt(&hand->fault, hand_work_, hand)) {
		db_rollback(hand->desk.db);
		hand->tries++;
		if (hand->fault.kind != FAULT_CONFLICT) {
			print_error("%s\n", hand->fault.what);
			hand->failed = true;
			break;
		}
	}
	hand_close(hand);
	db_thread_end();
	return NULL;
}

/* n threads that begin at the same moment; each does its work, again after a conflict, as serve() would. Each
 * sets its result; none may fail. The hands are the caller's, and are closed. */
static inline void
hands_together(struct hand *hands, int n, void (*work)(struct hand *), const void *with)
{
	pthread_barrier_t begin;

	pthread_barrier_init(&begin, NULL, (unsigned)n);
	for (int i = 0; i < n; i++) {
		hand_open(&hands[i], &world.hand.desk);
		hands[i].begin = &begin;
		hands[i].work = work;
		hands[i].with = with;
		hands[i].n = i;
	}
	for (int i = 0; i < n; i++)
		pthread_create(&hands[i].id, NULL, hand_run_, &hands[i]);
	for (int i = 0; i < n; i++)
		pthread_join(hands[i].id, NULL);
	for (int i = 0; i < n; i++)
		assert_false(hands[i].failed);
	pthread_barrier_destroy(&begin);
}

/* How many of them ended with that result. */
static inline int
results(const struct hand *hands, int n, int result)
{
	int count = 0;

	for (int i = 0; i < n; i++)
		count += hands[i].result == result;
	return count;
}

#define GROUP(tests) cmocka_run_group_tests(tests, world_open, world_close)

#endif
