/* shared_use_killed.c - whoever is killed when, no note of use is lost, counted twice, or left behind. */
#define _GNU_SOURCE
#include "core/noted.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NOTERS = 4 };

/* What the processes leave behind: how many notes were begun and done by each noter, and a database of two
 * states, of which the one that was committed counts. */
struct ledger {
	_Atomic int64_t begun[NOTERS], done[NOTERS];
	_Atomic int64_t committed;
	int64_t calls[2][SECRETS + 1];
};

static struct ledger *
make_ledger(void)
{
	void *at = mmap(
	    NULL, sizeof(struct ledger), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(at != MAP_FAILED);
	return at;
}

static void
note_for_ever(struct shared *shared, struct ledger *ledger, int n)
{
	for (int64_t i = 0;; i++) {
		atomic_fetch_add(&ledger->begun[n], 1);
		note(shared, 1 + (i + n) % SECRETS, at_noon, i % 3 ? S("curl") : S("wget"));
		atomic_fetch_add(&ledger->done[n], 1);
	}
}

/* What a transaction does: a batch that was committed before is left alone, all of another one or nothing. */
static void
commit(struct ledger *ledger, const struct shared_uses *uses)
{
	int64_t before = atomic_load(&ledger->committed);
	int64_t *next = ledger->calls[(before + 1) % 2];

	if (uses->number <= before)
		return;
	memcpy(next, ledger->calls[before % 2], sizeof ledger->calls[0]);
	for (size_t i = 0; i < uses->n; i++)
		next[uses->at[i].secret] += calls_of(&uses->at[i]);
	atomic_store(&ledger->committed, uses->number);
}

static void
take_for_ever(struct shared *shared, struct ledger *ledger)
{
	static struct shared_uses uses;

	for (;;)
		if (shared_uses_take(shared, (int64_t)getpid(), &uses)) {
			commit(ledger, &uses);
			shared_uses_written(shared, uses.number);
		}
}

/* Below 0 it is the taker. */
static pid_t
begin_one(struct shared *shared, struct ledger *ledger, int n)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0 && n < 0)
		take_for_ever(shared, ledger);
	else if (pid == 0)
		note_for_ever(shared, ledger, n);
	return pid;
}

static void
kill_one(struct shared *shared, pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	shared_uses_left(shared, (int64_t)pid);
}

static void
pause_for(int microseconds)
{
	struct timespec t = { 0, microseconds * 1000L };

	nanosleep(&t, NULL);
}

static int64_t
written(const struct ledger *ledger)
{
	int64_t n = 0;

	for (int i = 0; i <= SECRETS; i++)
		n += ledger->calls[atomic_load(&ledger->committed) % 2][i];
	return n;
}

static void
take_the_rest(struct shared *shared, struct ledger *ledger)
{
	static struct shared_uses uses;

	while (shared_uses_take(shared, TAKER, &uses)) {
		commit(ledger, &uses);
		shared_uses_written(shared, uses.number);
	}
}

/* Takers are killed at any moment, hundreds of times: what was noted is what is written, to the last call. */
static void
killed_takers_lose_nothing_and_count_nothing_twice(void **state)
{
	struct shared *shared = make_one();
	struct ledger *ledger = make_ledger();
	pid_t noters[2];
	int64_t begun = 0, done = 0;

	(void)state;
	for (int i = 0; i < 2; i++)
		noters[i] = begin_one(shared, ledger, i);
	for (int i = 0; i < 300; i++) {
		pid_t taker = begin_one(shared, ledger, -1);

		pause_for(500 + i * 37 % 3000);
		kill_one(shared, taker);
	}
	for (int i = 0; i < 2; i++)
		kill_one(shared, noters[i]);
	take_the_rest(shared, ledger);
	for (int i = 0; i < 2; i++) {
		begun += atomic_load(&ledger->begun[i]);
		done += atomic_load(&ledger->done[i]);
	}
	assert_true(done > 1000);
	/* Each has its secret, although its slot was taken while it came. */
	assert_int_equal(ledger->calls[atomic_load(&ledger->committed) % 2][0], 0);
	assert_in_range(written(ledger) + shared_counted(shared, COUNT_USES_LOST), done, begun);
	assert_int_equal(shared_counted(shared, COUNT_USES_LOST), 0);
	munmap(ledger, sizeof *ledger);
	shared_unmap(shared);
}

/* Callers are killed at any moment, each leaving at most the one call it was in; no slot is left behind: all of
 * the table can be had again. */
static void
killed_callers_leave_no_slot_behind(void **state)
{
	struct shared *shared = make_one();
	struct ledger *ledger = make_ledger();
	int64_t done = 0;

	(void)state;
	for (int i = 0; i < 300; i++) {
		pid_t noter = begin_one(shared, ledger, i % NOTERS);

		pause_for(200 + i * 53 % 2000);
		kill_one(shared, noter);
		take_the_rest(shared, ledger);
	}
	for (int i = 0; i < NOTERS; i++)
		done += atomic_load(&ledger->done[i]);
	assert_in_range(written(ledger), done, done + 300);
	take_the_rest(shared, ledger);
	/* As many find room as in fresh memory. */
	for (int64_t secret = 1; secret <= 8000; secret++)
		note(shared, secret, at_noon, S("curl"));
	assert_int_equal(shared_counted(shared, COUNT_USES_LOST), 0);
	munmap(ledger, sizeof *ledger);
	shared_unmap(shared);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_takers_lose_nothing_and_count_nothing_twice),
		cmocka_unit_test(killed_callers_leave_no_slot_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
