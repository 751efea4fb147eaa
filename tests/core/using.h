/* using.h - notes of use, written as the housekeeper writes them. */
#ifndef TESTS_CORE_USING_H
#define TESTS_CORE_USING_H

#include "core/fixture.h"

#include "core/usage.h"

/* 2026-11-20 13:59:59 UTC */
static const int64_t at = (20777 * DAY) + 14 * HOUR - SECOND;

static inline int64_t
secret_of(const struct client_made *made)
{
	return sql_number(
	    "SELECT id FROM secret WHERE sid = '%.*s'", STR(str_part(made->secret, 10, 10)));
}

static inline int64_t
some_secret(void)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));

	return secret_of(&made);
}

static inline struct shared_uses *
batch_of(int64_t number)
{
	static struct shared_uses uses;

	uses = (struct shared_uses){ .memory = "0123456789012345678901", .number = number };
	return &uses;
}

/* A new one, with a number higher than all before. */
static inline struct shared_uses *
batch(void)
{
	static int64_t number;

	return batch_of(++number);
}

struct one {
	int64_t secret, at;
	enum use_outcome outcome;
	int64_t calls;
	const char *address, *program;
};

static inline void
add(struct shared_uses *uses, struct one one)
{
	struct shared_use *use = &uses->at[uses->n++];

	*use = (struct shared_use){ .secret = one.secret, .first_at = one.at, .last_at = one.at };
	use->calls[one.outcome] = one.calls;
	snprintf(use->address, sizeof use->address, "%s", one.address);
	snprintf(use->program, sizeof use->program, "%s", one.program);
}

static inline void
write_to(struct hand *hand, const struct shared_uses *uses)
{
	struct request *rq = hand_begin(hand, 0);

	usage_write(rq->db, rq->arena, uses);
	db_commit(rq->db);
}

static inline void
write_batch(const struct shared_uses *uses)
{
	write_to(&world.hand, uses);
}

static inline void
write_one(struct one one)
{
	struct shared_uses *uses = batch();

	add(uses, one);
	write_batch(uses);
}

#endif
