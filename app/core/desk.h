/* desk.h - what lives as long as a thread: handlers reach it as rq->desk. */
#ifndef CORE_DESK_H
#define CORE_DESK_H

#include "core/settings.h"
#include "core/shared.h"
#include "crypto/keyring.h"

#include <sys/types.h>

struct desk {
	const struct settings *settings;
	const struct keyring *keyring;
	const struct machine_self *self; /* core/machine.h: which machine this is */
	struct shared *shared;
	struct permits *permits;
	struct together *together; /* core/together.h: of the process; NULL where each asks alone */
	bool queued; /* programs' secrets are checked by a thread of their own: core/hashing.h */
	pid_t pid;   /* of the process */
	struct measure_process
	    *measured;              /* core/measure.h: the process's slot; NULL where it has none */
	const struct route *routes; /* site/route.h: the map */
	size_t routes_n;
	const struct linked_page
	    *pages; /* site/page.h: all templates, linked; shared by the threads */
	size_t pages_n;
	struct arena *start;             /* the thread's own: what is made once */
	struct db *db;                   /* the thread's own */
	bool connected;                  /* that one is, and is counted */
	struct signing *signing;         /* core/signing.h: the thread's own ready keys */
	struct endpoints *endpoints;     /* core/endpoints.h: the thread's own compiled catalogue */
	struct token_words *words;       /* core/token_words.h: what its permissions are called */
	struct checkpoints *checkpoints; /* core/checkpoint.h: what the housekeeper has logged */
	int64_t settled; /* core/replacement.h: the last one that the housekeeper has looked at */
};

#endif
