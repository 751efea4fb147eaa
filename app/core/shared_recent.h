/* shared_recent.h - rows that were read a moment ago, for whom so recent is recent enough: KEYDESK_VERIFY_MAX_AGE_MS.
 *
 * In shared memory, so that one worker may go by what another has read. What is kept is a row of a statement as it
 * was, never what followed from it: times, networks, limits and the call are looked at each time.
 *
 * A row is good for as long as its reader allows, counted from before it was asked for, by a clock that never goes
 * back; and only while no transaction that decides anything was committed by a process of this machine
 * (db_count_commits): so whoever is told that something has ended finds it so, whichever worker they ask. Other machines
 * and changes by hand are what the age is for.
 *
 * No locks: who reads, copies the words of an entry and believes them when they carry the seal of exactly these words,
 * under a key of this boot. Half of one and half of another, or what a process left that was killed meanwhile, is a
 * miss.
 */
#ifndef CORE_SHARED_RECENT_H
#define CORE_SHARED_RECENT_H

#include "core/shared.h"
#include "http/request.h"

/* What a row was asked with: by its inputs and its shape (of scalar members) it is known. */
struct recent_question {
	const struct shape *row;
	bool
	    many; /* callers may make as many of these as they like: they do not push out the others */
	str texts[3];
	int64_t numbers[3];
};

/* A question that is being asked; shared is NULL when the answer is neither looked for nor kept. */
enum { RECENT_KEY_BYTES = 160 };
struct recent {
	struct shared *shared;
	struct arena *arena;
	const struct recent_question *question;
	int64_t max_age, at;
	uint64_t commits, name;
	size_t key_n;
	char key[RECENT_KEY_BYTES];
};

/* Before the database is asked: notes the time and how many have committed. max_age is in microseconds. */
struct recent recent_begin(struct request *, int64_t max_age, const struct recent_question *);

/* The row that was kept, in the request's arena; NULL when there is none that is recent enough. */
const void *recent_row(const struct recent *);

/* Keeps what the database has answered since; not what is too long. */
void recent_keep(const struct recent *, const void *row);

/* How many commits are counted, for db_count_commits(). */
_Atomic uint64_t *shared_commits(struct shared *);

/* While programs of two versions serve side by side, which may have no memory in common, nothing is reused. */
void shared_recent_pause(struct shared *, bool);

#endif
