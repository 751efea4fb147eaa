/* machine.h - the machines that serve: what each says of itself, and of the key ring that it has loaded. */
#ifndef CORE_MACHINE_H
#define CORE_MACHINE_H

#include "core/desk.h"
#include "http/request.h"

enum {
	MACHINE_REPORT_SECONDS = 4,
	MACHINE_LIVE_SECONDS = 60,  /* a live one was seen within */
	MACHINE_TWICE_SECONDS = 15, /* two of one number within this are two, and not a restart */
	MACHINE_KEPT_DAYS = 30,
};

/* What tells this installation from another one of the same number: the boot, the host's name and the path
 * of the socket, hashed. The same after a restart of the program. */
struct machine_self {
	str instance, host, version;
	int64_t started_at;
};

/* This one, in the start arena. Reads a file, so before a process is confined. */
const struct machine_self *machine_self(struct arena *start, const struct settings *);

/* Says that this machine serves and what all its workers have loaded of the key ring. The housekeeper does
 * so every MACHINE_REPORT_SECONDS. */
void machine_report(struct desk *, struct arena *);

/* A key of a machine's ring; status is absent where no worker has it. */
struct machine_key {
	enum key_status status; /* active when it is that in any worker */
	bool everywhere;        /* each worker reads what it makes */
	str fingerprint;
};

struct machine {
	int64_t number;
	str instance, host, version;
	int64_t started_at, seconds, ahead, workers, connections; /* seconds since it was seen */
	bool live;
	bool self; /* this installation */
	struct machine_key keys[KEYRING_MAX + 1];
};
struct machine_list {
	const struct machine *at;
	size_t n;
};

/* Those that were seen in the last MACHINE_KEPT_DAYS days, by number. */
struct machine_list machines_read(struct request *);

/* Whether a number that is not live any more, or is not by this row, has another row that is. */
bool machine_alive(const struct machine_list *, int64_t number);

/* The check of a key as 16 hex digits: what the reports hold, and what people compare. */
str machine_fingerprint(struct arena *, uint64_t check);

/* Whether each worker of the machine reads what the key of that number makes, and it is this very key. */
bool machine_holds(const struct machine *, int number, str fingerprint);

/* What keeps the desk's ring from being used beside the machines that are live, as a sentence; empty when
 * nothing does. It must read what they make. With `reload` they, this one's present workers included, must
 * read what it makes, too: after a crash there is no choice, a reload can wait. */
str machine_ring_refused(struct request *, bool reload);

#endif
