/* shared.c - what the processes of one machine share: a memfd, atomics only, no locks. */
#define _GNU_SOURCE
#include "core/shared_parts.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U /* Linux 6.3; the headers of Debian 12 are older */
#endif

enum {
	SHARED_VERSION = 7,
	SECRET_WAYS = 6, /* of the ways of a set; the others are for tokens */
};

static const uint64_t magic = 0x6b65796465736b31;

/* How many sets hold that many entries: a power of two, so that a mask finds one. */
static size_t
sets_for(size_t entries)
{
	size_t sets = 1;

	while (sets * CACHE_WAYS < entries && sets < SIZE_MAX / sizeof(struct cache_set) / 4)
		sets *= 2;
	return sets;
}

static size_t
bytes_for(size_t sets)
{
	return sizeof(struct shared) + sets * sizeof(struct cache_set);
}

/* A descriptor of that many zero bytes, which nobody can shrink: reading past an end is SIGBUS. */
static int
make_memory(size_t bytes)
{
	int fd = memfd_create("keydesk", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("keydesk", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)bytes) != 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static struct shared *
map_memory(int fd, size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return NULL;
	madvise(at, bytes, MADV_DONTDUMP);
	return at;
}

struct shared *
shared_make(struct fault *f, size_t cache_entries, int *fd)
{
	size_t sets = sets_for(cache_entries), bytes = bytes_for(sets);
	int made = make_memory(bytes);
	struct shared *shared = made < 0 ? NULL : map_memory(made, bytes);

	if (!shared) {
		int why = errno;

		if (made >= 0)
			close(made);
		fault(f, "no shared memory of %zu bytes: %s", bytes, strerror(why));
	}
	shared->head = (struct shared_head){
		.magic = magic, .version = SHARED_VERSION, .bytes = bytes, .sets = sets
	};
	random_bytes(shared->head.boot_key, sizeof shared->head.boot_key);
	random_bytes(shared->head.recent_key, sizeof shared->head.recent_key);
	random_bytes(shared->head.name, sizeof shared->head.name);
	mprotect(shared, HEAD_BYTES, PROT_READ);
	*fd = made;
	return shared;
}

struct shared *
shared_map(struct fault *f, size_t cache_entries, int fd)
{
	size_t sets = sets_for(cache_entries), bytes = bytes_for(sets);
	struct stat is;
	struct shared *shared;

	if (fstat(fd, &is) != 0 || (uint64_t)is.st_size != bytes)
		fault(f, "the shared memory is not of %zu bytes", bytes);
	shared = map_memory(fd, bytes);
	if (!shared)
		fault(f, "the shared memory cannot be mapped: %s", strerror(errno));
	if (shared->head.magic != magic || shared->head.version != SHARED_VERSION ||
	    shared->head.bytes != bytes || shared->head.sets != sets) {
		munmap(shared, bytes);
		fault(f, "the shared memory is of another version");
	}
	mprotect(shared, HEAD_BYTES, PROT_READ);
	return shared;
}

void
shared_unmap(struct shared *shared)
{
	munmap(shared, (size_t)shared->head.bytes);
}

struct shared_ring *
shared_rings(struct shared *shared)
{
	return shared->rings;
}

struct measures *
shared_measures(struct shared *shared)
{
	return &shared->measures;
}

int64_t
shared_cache_entries(const struct shared *shared)
{
	return (int64_t)shared->head.sets * CACHE_WAYS;
}

/* ---- verified secrets and tokens
 *
 * An entry is the four words of a keyed hash, stored and compared each by itself. Two writers may leave
 * words of two keys in one entry. It matches a third key only if that agrees with one of the two in each
 * of its 64-bit words; keys are HMACs under a key that nobody outside knows, so that has a probability
 * below 2^-250 for each pair of writers. Such an entry is a miss, as is one that is half written.
 */

struct digest
shared_cache_key(const struct shared *shared, str against, str text)
{
	/* Of a fixed length: no bytes move between the two. */
	struct digest hash = digest_sha256(against);
	str boot_key = { (const char *)shared->head.boot_key, sizeof shared->head.boot_key };

	return digest_hmac(boot_key, DIGEST_STR(hash), text);
}

static void
key_words(const struct digest *key, uint64_t words[KEY_WORDS])
{
	memcpy(words, key->at, sizeof key->at);
}

static struct cache_set *
find_set(struct shared *shared, const uint64_t words[KEY_WORDS])
{
	return &shared->sets[words[0] & (shared->head.sets - 1)];
}

static bool
entry_is(struct cache_entry *entry, const uint64_t words[KEY_WORDS])
{
	uint64_t differ = 0;

	for (int i = 0; i < KEY_WORDS; i++)
		differ |= words[i] ^ atomic_load_explicit(&entry->words[i], memory_order_relaxed);
	return differ == 0;
}

bool
shared_cache_has(struct shared *shared, const struct digest *key)
{
	uint64_t words[KEY_WORDS];
	struct cache_set *set;

	key_words(key, words);
	set = find_set(shared, words);
	for (int i = 0; i < CACHE_WAYS; i++)
		if (entry_is(&set->ways[i], words))
			return true;
	return false;
}

static struct cache_entry *
free_entry(struct shared *shared, enum cache_part part, struct cache_set *set)
{
	static const uint64_t none[KEY_WORDS];
	uint32_t first = part == CACHE_TOKENS ? SECRET_WAYS : 0;
	uint32_t ways = part == CACHE_TOKENS ? CACHE_WAYS - SECRET_WAYS : SECRET_WAYS;

	for (uint32_t i = first; i < first + ways; i++)
		if (entry_is(&set->ways[i], none))
			return &set->ways[i];
	return &set->ways[first + atomic_fetch_add(&shared->turn, 1) % ways];
}

void
shared_cache_add(struct shared *shared, enum cache_part part, const struct digest *key)
{
	uint64_t words[KEY_WORDS];
	struct cache_entry *entry;

	if (shared_cache_has(shared, key))
		return;
	shared_count(shared, COUNT_CACHE_ADDED);
	key_words(key, words);
	entry = free_entry(shared, part, find_set(shared, words));
	for (int i = 0; i < KEY_WORDS; i++)
		atomic_store_explicit(&entry->words[i], words[i], memory_order_relaxed);
}

void
shared_count(struct shared *shared, enum counter counter)
{
	atomic_fetch_add_explicit(&shared->counters[counter].n, 1, memory_order_relaxed);
}

int64_t
shared_counted(const struct shared *shared, enum counter counter)
{
	return atomic_load_explicit(&shared->counters[counter].n, memory_order_relaxed);
}

void
shared_signing_note(struct shared *shared, int64_t version)
{
	int64_t newest = atomic_load(&shared->signing);

	while (
	    newest < version && !atomic_compare_exchange_weak(&shared->signing, &newest, version))
		;
}

int64_t
shared_signing(const struct shared *shared)
{
	return atomic_load(&shared->signing);
}

static void
replace_worker(struct shared *shared, int64_t pid, int64_t by)
{
	for (int i = 0; i < SHARED_WORKERS_MAX; i++) {
		int64_t expected = pid;

		if (atomic_compare_exchange_strong(&shared->workers[i], &expected, by))
			return;
	}
}

void
shared_worker_here(struct shared *shared, int64_t pid)
{
	replace_worker(shared, 0, pid);
}

void
shared_worker_gone(struct shared *shared, int64_t pid)
{
	replace_worker(shared, pid, 0);
	atomic_fetch_add(&shared->recent.commits, 1);
}

int
shared_workers(const struct shared *shared)
{
	int n = 0;

	for (int i = 0; i < SHARED_WORKERS_MAX; i++)
		n += atomic_load(&shared->workers[i]) != 0;
	return n;
}
