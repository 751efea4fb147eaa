/* shared_use.c - who calls with which secret, and how it ends: counted in shared memory, never lost.
 *
 * A word holds a value of 44 bits below a generation of 20. A slot belongs to one caller for one generation,
 * and a word is only ever changed by a compare-and-swap that expects that generation: so whoever has been
 * stopped in the middle, however long, changes nothing of the slot's next caller. Nobody holds a slot, so
 * nobody can die holding it. (Only a process that sleeps through just 2^20 batches of one slot, 24 days at
 * least, would be mistaken.)
 *
 * A note makes sure that a slot's texts are there and counts last. A slot is taken counts first, then texts,
 * and then given back under the next generation: so what was counted has its texts, and who comes in between
 * fails to count and finds another slot. Who dies between claiming a slot and counting leaves an empty one,
 * which is given back when slots are next taken.
 *
 * What is taken is first written into the box, then swapped out of the slot: whoever takes over from a dead
 * taker sees by the generation whether that was before or after.
 */
#include "core/shared_parts.h"
#include "crypto/siphash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	VALUE_BITS = 44,
	GENERATIONS = 1 << 20,
	PROBES = 16,
	TRIES = 4, /* each after another one has taken the slot just now */
	TEXT_BYTES = TEXT_WORDS * WORD_BYTES,
	SEALED = 512,
	NUMBERED = 1024, /* a box's head is number * 1024 + sealed + how many */
	CALLS = 0,       /* where in an entry, and in what order taken */
	SECRET = USE_OUTCOMES,
	FIRST,
	LAST,
	TEXT,
};

static const uint64_t value_mask = ((uint64_t)1 << VALUE_BITS) - 1;
static const uint64_t taken = ((uint64_t)1 << VALUE_BITS) - 1; /* a head that is being given back */

static uint64_t
generation_of(uint64_t word)
{
	return word >> VALUE_BITS;
}

static uint64_t
next_generation(uint64_t generation)
{
	return (generation + 1) % GENERATIONS;
}

static uint64_t
word_of(uint64_t generation, uint64_t value)
{
	return generation << VALUE_BITS | value;
}

/* ---- noting */

/* A caller, and the slot that is theirs in this generation. */
struct use_caller {
	unsigned char text[TEXT_BYTES];
	uint64_t secret, fingerprint;
};

struct use_hold {
	struct use_slot *slot;
	struct use_text *text;
	uint64_t generation;
};

/* Where a kind of callers has its slots, and how many of them one secret may have: a power of two. */
struct use_part {
	uint32_t from, n, each;
};

static void
text_add(unsigned char *at, size_t max, str text)
{
	if (text.n)
		memcpy(at, text.at, text.n < max ? text.n : max);
}

static struct use_caller
caller_of(const struct shared *shared, uint64_t secret, str address, str program)
{
	struct use_caller caller = { .secret = secret };
	unsigned char all[sizeof secret + TEXT_BYTES];
	uint64_t hash;

	text_add(caller.text, USE_ADDRESS_MAX, address);
	text_add(caller.text + USE_ADDRESS_MAX, USE_PROGRAM_MAX, program);
	memcpy(all, &secret, sizeof secret);
	memcpy(all + sizeof secret, caller.text, TEXT_BYTES);
	hash = siphash(shared->head.boot_key, (str){ (const char *)all, sizeof all }) & value_mask;
	caller.fingerprint = hash == 0 || hash == taken ? 1 : hash;
	return caller;
}

/* The one with that number of a secret's slots. They lie anywhere, others' among them: so whoever calls under
 * ever new names fills the slots of their own secret, and few of another's. (The finisher of splitmix64.) */
static uint32_t
slot_at(const struct shared *shared, struct use_part part, uint64_t secret, uint64_t number)
{
	uint64_t x;

	memcpy(&x, shared->head.boot_key + SIPHASH_KEY_BYTES, sizeof x);
	x += (secret * part.each + number % part.each) * 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return part.from + (uint32_t)((x ^ x >> 31) % part.n);
}

/* The caller's slot, or a free one made theirs. False when there is none among those they may have. Two threads
 * that come first at once may make two of it: both are written, and their counts added. */
static bool
find_slot(struct shared *shared, struct use_part part, const struct use_caller *caller,
    struct use_hold *hold)
{
	for (uint32_t i = 0; i < 2 * PROBES; i++) {
		uint32_t at =
		    slot_at(shared, part, caller->secret, caller->fingerprint + i % PROBES);
		struct use_slot *slot = &shared->uses[at];
		uint64_t head = atomic_load(&slot->head), generation = generation_of(head);
		uint64_t wanted = word_of(generation, caller->fingerprint);

		if (head == wanted ||
		    (i >= PROBES && head == word_of(generation, 0) &&
			atomic_compare_exchange_strong(&slot->head, &head, wanted))) {
			*hold = (struct use_hold){ slot, &shared->texts[at], generation };
			return true;
		}
	}
	return false;
}

/* Sets what is not set yet. Another one who does the same sets the same. */
static void
word_set(_Atomic uint64_t *word, uint64_t generation, uint64_t value)
{
	uint64_t none = word_of(generation, 0);

	if (value)
		atomic_compare_exchange_strong(word, &none, word_of(generation, value));
}

static void
word_raise(_Atomic uint64_t *word, uint64_t generation, uint64_t value)
{
	uint64_t is = atomic_load(word), raised = word_of(generation, value);

	while (generation_of(is) == generation && is < raised)
		if (atomic_compare_exchange_weak(word, &is, raised))
			return;
}

static bool
word_count(_Atomic uint64_t *word, uint64_t generation)
{
	uint64_t is = atomic_load(word);

	while (generation_of(is) == generation)
		if (atomic_compare_exchange_weak(word, &is, is + 1))
			return true;
	return false;
}

static void
describe(const struct use_hold *hold, const struct use_caller *caller, uint64_t ms)
{
	uint64_t word = atomic_load(&hold->slot->first);

	if (generation_of(word) == hold->generation && word != word_of(hold->generation, 0))
		return; /* set last: all of it is there */
	word_set(&hold->slot->secret, hold->generation, caller->secret);
	for (size_t i = 0; i < TEXT_WORDS; i++) {
		uint64_t value = 0;

		memcpy(&value, caller->text + i * WORD_BYTES, WORD_BYTES);
		word_set(&hold->text->words[i], hold->generation, value);
	}
	word_set(&hold->slot->first, hold->generation, ms);
}

static bool
note_in(struct shared *shared, struct use_part part, const struct use_caller *caller,
    const struct use_note *note)
{
	uint64_t ms = (uint64_t)note->now / 1000 & value_mask;
	struct use_hold hold;

	for (int tries = 0; tries < TRIES && find_slot(shared, part, caller, &hold); tries++) {
		describe(&hold, caller, ms);
		word_raise(&hold.slot->last, hold.generation, ms);
		if (word_count(&hold.slot->calls[note->outcome], hold.generation))
			return true;
	}
	return false;
}

void
shared_note_use(struct shared *shared, const struct use_note *note)
{
	static const struct use_part good = { 0, USES_GOOD, 256 };
	static const struct use_part refused = { USES_GOOD, USES_REFUSED, 64 };
	static const struct use_part rest = { USES_GOOD + USES_REFUSED, USES_OTHER, 16 };
	uint64_t secret = (uint64_t)note->secret;
	struct use_caller caller;

	if (note->secret <= 0 || secret > value_mask)
		return;
	caller = caller_of(shared, secret, note->address, note->program);
	if (note_in(shared, note->outcome == USE_ACCEPTED ? good : refused, &caller, note))
		return;
	caller = caller_of(shared, secret, (str){ 0 }, S("other"));
	if (!note_in(shared, rest, &caller, note))
		shared_count(shared, COUNT_USES_LOST);
}

/* ---- taking */

static _Atomic uint64_t *
word_at(struct shared *shared, uint64_t slot, size_t i)
{
	struct use_slot *use = &shared->uses[slot];

	if (i < SECRET)
		return &use->calls[i];
	if (i == SECRET)
		return &use->secret;
	if (i == FIRST || i == LAST)
		return i == FIRST ? &use->first : &use->last;
	return &shared->texts[slot].words[i - TEXT];
}

/* Moves a word into the entry, and to the next generation. One of which that was done before stays. */
static void
take_word(_Atomic uint64_t *word, uint64_t generation, _Atomic uint64_t *to)
{
	uint64_t is = atomic_load(word), next = word_of(next_generation(generation), 0);

	do {
		if (generation_of(is) != generation)
			return;
		atomic_store(to, is & value_mask);
	} while (!atomic_compare_exchange_weak(word, &is, next));
}

/* All that the entry says, from wherever its taker came to. */
static void
take_slot(struct shared *shared, struct use_entry *entry)
{
	uint64_t slot = atomic_load(&entry->slot), generation = atomic_load(&entry->generation);
	uint64_t away = word_of(next_generation(generation), taken);
	_Atomic uint64_t *head = &shared->uses[slot].head;
	uint64_t is = atomic_load(head);

	if (generation_of(is) == generation)
		atomic_store(head, is = away); /* only a taker changes the head of a slot in use */
	if (is != away)
		return; /* it was given back, before its taker died */
	for (size_t i = 0; i < USE_WORDS + TEXT_WORDS; i++)
		take_word(word_at(shared, slot, i), generation, &entry->words[i]);
	atomic_store(head, word_of(next_generation(generation), 0));
}

static bool
entry_counts(const struct use_entry *entry)
{
	for (size_t i = 0; i < USE_OUTCOMES; i++)
		if (atomic_load(&entry->words[CALLS + i]))
			return true;
	return false;
}

/* Where the box's last entry is not finished, or holds nothing, that is mended. Returns its head. */
static uint64_t
mend_last(struct shared *shared)
{
	struct use_box *box = &shared->box;
	uint64_t head = atomic_load(&box->head);

	if (head % SEALED == 0)
		return head;
	take_slot(shared, &box->entries[head % SEALED - 1]);
	if (!entry_counts(&box->entries[head % SEALED - 1]))
		atomic_store(&box->head, --head);
	return head;
}

/* The entry is prepared before the head says that it is there. */
static void
take_one(struct shared *shared, uint64_t at)
{
	struct use_box *box = &shared->box;
	uint64_t head = atomic_load(&shared->uses[at].head);
	uint64_t n = atomic_load(&box->head);
	struct use_entry *entry = &box->entries[n % SEALED];

	if ((head & value_mask) == 0)
		return;
	atomic_store(&entry->slot, at);
	atomic_store(&entry->generation, generation_of(head));
	for (size_t i = 0; i < USE_WORDS + TEXT_WORDS; i++)
		atomic_store(&entry->words[i], 0);
	atomic_store(&box->head, n + 1);
	mend_last(shared);
}

/* Returns at how many places it looked: at all of them, when they did not fill the box. */
static size_t
fill_box(struct shared *shared)
{
	struct use_box *box = &shared->box;
	uint64_t at = atomic_load(&box->cursor), head = mend_last(shared);
	size_t places;

	for (places = 0; places < USES && head % SEALED < SHARED_USES_MAX; places++) {
		take_one(shared, at % USES);
		at = (at + 1) % USES;
		head = atomic_load(&box->head);
	}
	atomic_store(&box->cursor, at);
	if (head % SEALED)
		atomic_store(&box->head, head + SEALED);
	return places;
}

static void
use_of(const struct use_entry *entry, struct shared_use *use)
{
	char text[TEXT_BYTES];

	for (size_t i = 0; i < USE_OUTCOMES; i++)
		use->calls[i] = (int64_t)atomic_load(&entry->words[CALLS + i]);
	for (size_t i = 0; i < TEXT_WORDS; i++) {
		uint64_t word = atomic_load(&entry->words[TEXT + i]);

		memcpy(text + i * WORD_BYTES, &word, WORD_BYTES);
	}
	use->secret = (int64_t)atomic_load(&entry->words[SECRET]);
	use->first_at = (int64_t)atomic_load(&entry->words[FIRST]) * 1000;
	use->last_at = (int64_t)atomic_load(&entry->words[LAST]) * 1000;
	memcpy(use->address, text, USE_ADDRESS_MAX);
	use->address[USE_ADDRESS_MAX] = '\0';
	memcpy(use->program, text + USE_ADDRESS_MAX, USE_PROGRAM_MAX);
	use->program[USE_PROGRAM_MAX] = '\0';
}

bool
shared_uses_take(struct shared *shared, int64_t taker, struct shared_uses *uses)
{
	struct use_box *box = &shared->box;
	int64_t owner = 0;
	uint64_t head;

	if (!atomic_compare_exchange_strong(&box->owner, &owner, taker) && owner != taker)
		return false;
	uses->places = 0;
	if ((atomic_load(&box->head) & SEALED) == 0)
		uses->places = fill_box(shared);
	head = atomic_load(&box->head);
	uses->n = head % SEALED;
	uses->number = (int64_t)(head / NUMBERED) + 1;
	for (size_t i = 0; i < NAME_BYTES; i++)
		snprintf(uses->memory + 2 * i, 3, "%02x", shared->head.name[i]);
	for (size_t i = 0; i < uses->n; i++)
		use_of(&box->entries[i], &uses->at[i]);
	return uses->n != 0;
}

void
shared_uses_written(struct shared *shared, int64_t number)
{
	uint64_t head = atomic_load(&shared->box.head);

	if ((int64_t)(head / NUMBERED) + 1 == number)
		atomic_store(&shared->box.head, (uint64_t)number * NUMBERED);
}

void
shared_uses_left(struct shared *shared, int64_t taker)
{
	atomic_compare_exchange_strong(&shared->box.owner, &taker, 0);
}
