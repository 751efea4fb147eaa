/* shared_ring.c - which key ring each worker has loaded. */
#include "core/shared_ring.h"

static struct shared_ring *
free_slot(struct shared *shared)
{
	struct shared_ring *rings = shared_rings(shared);

	for (int i = 0; i < SHARED_WORKERS_MAX; i++) {
		int64_t none = 0;

		if (atomic_compare_exchange_strong(&rings[i].pid, &none, -1))
			return &rings[i];
	}
	return NULL;
}

bool
shared_ring_note(struct shared *shared, int64_t pid, const struct keyring *ring)
{
	struct shared_ring *slot = free_slot(shared);

	if (!slot)
		return false;
	for (int n = 1; n <= KEYRING_MAX; n++) {
		atomic_store(&slot->checks[n], ring->keys[n].check);
		atomic_store(&slot->statuses[n], (int)ring->keys[n].status);
	}
	atomic_store(&slot->pid, pid);
	return true;
}

void
shared_ring_gone(struct shared *shared, int64_t pid)
{
	struct shared_ring *rings = shared_rings(shared);

	for (int i = 0; i < SHARED_WORKERS_MAX; i++) {
		int64_t expected = pid;

		if (atomic_compare_exchange_strong(&rings[i].pid, &expected, 0))
			return;
	}
}

static bool
reads(enum key_status status)
{
	return status == KEY_ACTIVE || status == KEY_READING;
}

/* One more worker: the key is everywhere only if all have the same one and read by it. */
static void
add(struct shared_key *key, enum key_status status, uint64_t check, bool first)
{
	bool same = first || key->check == check;

	key->everywhere = (first || key->everywhere) && same && reads(status);
	if (status == KEY_ABSENT || key->status == KEY_ACTIVE)
		return;
	if (key->status == KEY_ABSENT || reads(status)) {
		key->status = status;
		key->check = check;
	}
}

int
shared_ring_keys(struct shared *shared, struct shared_key *keys)
{
	struct shared_ring *rings = shared_rings(shared);
	int workers = 0;

	for (int n = 0; n <= KEYRING_MAX; n++)
		keys[n] = (struct shared_key){ 0 };
	for (int i = 0; i < SHARED_WORKERS_MAX; i++) {
		if (atomic_load(&rings[i].pid) <= 0)
			continue;
		for (int n = 1; n <= KEYRING_MAX; n++)
			add(&keys[n], (enum key_status)atomic_load(&rings[i].statuses[n]),
			    atomic_load(&rings[i].checks[n]), workers == 0);
		workers++;
	}
	return workers;
}
