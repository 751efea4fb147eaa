/* machine.c - the machines that serve: what each says of itself, and of its key ring. */
#define _GNU_SOURCE
#include "core/machine.h"

#include "core/shared_ring.h"
#include "sql.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#ifndef KEYDESK_VERSION
#define KEYDESK_VERSION "unknown"
#endif

enum { INSTANCE_CHARS = 22, BOOT_CHARS = 36, HOST_MAX = 64, HOUSEKEEPERS = 2 };

/* What the kernel calls this boot; empty where it does not say. */
static str
boot_id(struct arena *a)
{
	char *at = NEW(a, char, BOOT_CHARS);
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, at, BOOT_CHARS);

	if (fd >= 0)
		close(fd);
	return (str){ at, n < 0 ? 0 : (size_t)n };
}

const struct machine_self *
machine_self(struct arena *start, const struct settings *settings)
{
	struct machine_self *self = NEW(start, struct machine_self, 1);
	char *host = NEW(start, char, HOST_MAX + 1);
	struct digest made;

	if (gethostname(host, HOST_MAX) != 0)
		host[0] = '\0'; /* not tested: there always is a name, and a longer one is cut */
	self->host = str_of(host);
	made = digest_sha256(
	    fmt(start, "machine %.*s %s %.*s", STR(boot_id(start)), host, STR(settings->listen)));
	self->instance = str_part(digest_base64url(start, DIGEST_STR(made)), 0, INSTANCE_CHARS);
	self->version = S(KEYDESK_VERSION);
	self->started_at = clock_now();
	return self;
}

str
machine_fingerprint(struct arena *a, uint64_t check)
{
	return fmt(a, "%016" PRIx64, check);
}

static void
report_keys(struct desk *desk, struct arena *a, const struct shared_key *keys)
{
	int64_t machine = desk->settings->machine;

	sql_machine_keys_clear(desk->db, .machine = machine, .instance = desk->self->instance);
	for (int n = 1; n <= KEYRING_MAX; n++)
		if (keys[n].status != KEY_ABSENT)
			sql_machine_key_add(desk->db, .machine = machine,
			    .instance = desk->self->instance, .number = n,
			    .status = key_status_word(keys[n].status),
			    .everywhere = keys[n].everywhere,
			    .fingerprint = machine_fingerprint(a, keys[n].check));
}

void
machine_report(struct desk *desk, struct arena *a)
{
	struct shared_key *keys = NEW(a, struct shared_key, KEYRING_MAX + 1);
	int workers = shared_ring_keys(desk->shared, keys);

	db_begin(desk->db, DB_NOTE);
	sql_machine_seen(desk->db, .machine = desk->settings->machine,
	    .instance = desk->self->instance, .host = desk->self->host,
	    .version = desk->self->version, .started_at = desk->self->started_at,
	    .clock_at = clock_now(), .workers = workers,
	    .connections = workers * desk->settings->threads + HOUSEKEEPERS);
	report_keys(desk, a, keys);
	if (sql_machine_forget(desk->db, .days = MACHINE_KEPT_DAYS) != 0)
		sql_machine_keys_forget(desk->db);
	db_commit(desk->db);
}

static enum key_status
status_of(str word)
{
	for (enum key_status status = KEY_READING; status <= KEY_RETIRED; status++)
		if (str_eq(word, key_status_word(status)))
			return status;
	return KEY_ABSENT;
}

static void
read_keys(struct request *rq, struct machine *m)
{
	struct machine_keys_rows rows =
	    sql_machine_keys(rq->db, .machine = m->number, .instance = m->instance);

	for (size_t i = 0; i < rows.n; i++) {
		const struct machine_keys_row *row = &rows.at[i];
		struct machine_key key = { status_of(row->status), row->everywhere,
			row->fingerprint };

		if (row->number >= 1 && row->number <= KEYRING_MAX)
			m->keys[row->number] = key;
	}
}

struct machine_list
machines_read(struct request *rq)
{
	struct machine_list_rows rows = sql_machine_list(rq->db, .days = MACHINE_KEPT_DAYS);
	struct machine *machines = NEW(rq->arena, struct machine, rows.n);

	for (size_t i = 0; i < rows.n; i++) {
		const struct machine_list_row *row = &rows.at[i];

		machines[i] = (struct machine){ .number = row->machine,
			.instance = row->instance,
			.host = row->host,
			.version = row->version,
			.started_at = row->started_at,
			.seconds = row->seconds,
			.ahead = row->ahead,
			.workers = row->workers,
			.connections = row->connections,
			.live = row->seconds < MACHINE_LIVE_SECONDS,
			.self = row->machine == rq->desk->settings->machine &&
			        str_eq(row->instance, rq->desk->self->instance) };
		read_keys(rq, &machines[i]);
	}
	return (struct machine_list){ machines, rows.n };
}

bool
machine_alive(const struct machine_list *machines, int64_t number)
{
	for (size_t i = 0; i < machines->n; i++)
		if (machines->at[i].number == number && machines->at[i].live)
			return true;
	return false;
}

bool
machine_holds(const struct machine *m, int number, str fingerprint)
{
	return m->keys[number].everywhere && str_eq(m->keys[number].fingerprint, fingerprint);
}

/* Whether the ring reads what this key of a machine makes. */
static bool
ring_reads(struct request *rq, int number, const struct machine_key *theirs)
{
	const struct ring_key *ours = keyring_key(rq->desk->keyring, number);

	return ours && str_eq(machine_fingerprint(rq->arena, ours->check), theirs->fingerprint);
}

/* What is wrong beside one machine. */
static str
refused_beside(struct request *rq, const struct machine *m, bool reload)
{
	int active = rq->desk->keyring->active;
	str ours = machine_fingerprint(rq->arena, rq->desk->keyring->keys[active].check);

	for (int n = 1; n <= KEYRING_MAX && !m->self; n++)
		if (m->keys[n].status == KEY_ACTIVE && !ring_reads(rq, n, &m->keys[n]))
			return fmt(rq->arena,
			    "machine %" PRId64
			    " (%.*s) makes secrets under key %d, which is not the "
			    "key %d of this ring: keydesk keyring import",
			    m->number, STR(m->host), n, n);
	if (!reload || m->workers == 0 || machine_holds(m, active, ours))
		return (str){ 0 };
	return fmt(rq->arena,
	    "key %d is the active one in the file, and machine %" PRId64
	    " (%.*s) does not hold it yet: bring it there as reading and reload, before it is "
	    "activated",
	    active, m->number, STR(m->host));
}

str
machine_ring_refused(struct request *rq, bool reload)
{
	struct machine_list machines = machines_read(rq);
	str refused = { 0 };

	for (size_t i = 0; i < machines.n && refused.n == 0; i++)
		if (machines.at[i].live)
			refused = refused_beside(rq, &machines.at[i], reload);
	return refused;
}
