/* shared_parts.h - how the shared memory is laid out: for core/shared*.c only. */
#ifndef CORE_SHARED_PARTS_H
#define CORE_SHARED_PARTS_H

#include "core/measure.h"
#include "core/shared_rate.h"
#include "core/shared_ring.h"
#include "core/shared_use.h"
#include "crypto/siphash.h"

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "atomics between processes must be lock-free");

enum {
	HEAD_BYTES = 65536, /* the largest page of any machine */
	NAME_BYTES = 11,
	CACHE_WAYS = 8,
	KEY_WORDS = DIGEST_BYTES / 8,

	/* Callers whose calls are accepted; those whose calls are refused; and one slot for each secret, for
	 * whoever finds no room in the first two. A flood of one kind leaves the room of the others. */
	USES_GOOD = 8192,
	USES_REFUSED = 2048,
	USES_OTHER = 8192,
	USES = USES_GOOD + USES_REFUSED + USES_OTHER,

	WORD_BYTES = 5, /* of a text, in a word */
	TEXT_WORDS = (USE_ADDRESS_MAX + USE_PROGRAM_MAX) / WORD_BYTES,
	USE_WORDS = 3 + USE_OUTCOMES, /* without its head */

	/* 8,192 rows of 1 kB at most: 8 MB, taken as it is used. A busier machine's are read more often. */
	RECENT_WAYS = 8,
	RECENT_SETS = 1024,
	RECENT_WORDS = 128,

	/* Budgets of 1,024 people and sessions, 32,768 clients and 65,536 networks at a time: 1.6 MB, taken as it is used. */
	RATE_WAYS = 8,
	RATE_WRITE_SETS = 128,
	RATE_CLIENT_SETS = 4096,
	RATE_ADDRESS_SETS = 8192,
};

_Static_assert((int)USES == (int)SHARED_USES_PLACES, "as it is said to be");
_Static_assert(TEXT_WORDS *WORD_BYTES == USE_ADDRESS_MAX + USE_PROGRAM_MAX, "whole words");

/* Set when the memory is made, read-only from then on: not even a runaway worker changes it. */
struct shared_head {
	uint64_t magic, version, bytes, sets;
	unsigned char boot_key[DIGEST_BYTES];
	unsigned char recent_key[SIPHASH_KEY_BYTES];
	unsigned char name[NAME_BYTES];
};

/* A counter has a cache line of its own. */
struct shared_counter {
	_Atomic int64_t n;
	char apart[56];
};

/* A caller of a secret since it was last taken. What a word is: core/shared_use.c. */
struct use_slot {
	_Atomic uint64_t head; /* the caller's fingerprint; 0 is free */
	_Atomic uint64_t calls[USE_OUTCOMES];
	_Atomic uint64_t secret, first, last; /* the row's number, and milliseconds since 1970 */
};

/* Its address and its program; apart, because only slots in use have any. */
struct use_text {
	_Atomic uint64_t words[TEXT_WORDS];
};

/* What was taken out of a slot. */
struct use_entry {
	_Atomic uint64_t slot, generation, words[USE_WORDS + TEXT_WORDS];
};

/* The batch that is being taken, or waits to be written. */
struct use_box {
	_Atomic int64_t owner; /* whoever takes; 0 is nobody */
	_Atomic uint64_t head; /* number, sealed, how many */
	_Atomic uint64_t cursor;
	struct use_entry entries[SHARED_USES_MAX];
};

/* Whose budget, and until when it is spoken for, in microseconds since 1970. */
struct rate_slot {
	_Atomic uint64_t who;
	_Atomic int64_t until;
};

struct rate_set {
	struct rate_slot ways[RATE_WAYS];
};

/* A row that was read; its words are those of core/shared_recent.c. */
struct recent_entry {
	_Atomic uint64_t words[RECENT_WORDS];
};

struct recent_set {
	struct recent_entry ways[RECENT_WAYS];
};

/* What each request reads has a cache line that hardly anybody writes. */
struct recent_rows {
	_Alignas(64) _Atomic uint64_t commits;
	_Atomic bool paused;
	_Alignas(64) struct recent_set sets[RECENT_SETS];
};

struct cache_entry {
	_Atomic uint64_t words[KEY_WORDS];
};

struct cache_set {
	struct cache_entry ways[CACHE_WAYS];
};

struct shared {
	struct shared_head head;
	char apart[HEAD_BYTES - sizeof(struct shared_head)];
	struct shared_counter counters[COUNTERS];
	_Atomic int64_t workers[SHARED_WORKERS_MAX];
	struct shared_ring rings[SHARED_WORKERS_MAX];
	struct measures measures;
	_Atomic int64_t signing; /* the newest version of the signing keys that was seen */
	_Atomic uint32_t turn;   /* which way of a full set is replaced next */
	struct use_slot uses[USES];
	struct use_text texts[USES];
	struct use_box box;
	struct rate_set rate_writes[RATE_WRITE_SETS];
	struct rate_set rate_clients[RATE_CLIENT_SETS];
	struct rate_set rate_addresses[RATE_ADDRESS_SETS];
	struct recent_rows recent;
	struct cache_set sets[];
};

#endif
