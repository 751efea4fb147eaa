/* settings.h - every setting: variable, default, limits, meaning, in the one table of settings.c.
 *
 * A setting is an environment variable; one that is not there is looked for in the file that
 * KEYDESK_SETTINGS names, in lines VARIABLE=value (# begins a comment). A reload reads that file anew,
 * which it cannot do with the environment. Set to nothing is not set. A secret is never a setting: it is
 * read from the file that a setting names, and is not printed. The README names every one of them.
 */
#ifndef CORE_SETTINGS_H
#define CORE_SETTINGS_H

#include "base/buf.h"
#include "core/mail_place.h"
#include "crypto/argon2.h"
#include "db/db.h"

/* The longest life that KEYDESK_TOKEN_SECONDS may give. */
enum { TOKEN_SECONDS_MAX = 3600 };

struct settings {
	str url;            /* KEYDESK_URL: the public address, without a slash at its end */
	bool https;         /* derived: url begins with https:// */
	str host;           /* derived: what the Host header must be */
	str listen;         /* KEYDESK_LISTEN: path of the FastCGI socket */
	str listen_group;   /* KEYDESK_LISTEN_GROUP: group that may connect, "" leaves it */
	str user;           /* KEYDESK_USER: who the workers run as when started as root */
	str keyring;        /* KEYDESK_KEYRING: path of the key ring file */
	str templates;      /* KEYDESK_TEMPLATES: folder */
	str schema;         /* KEYDESK_SCHEMA: folder */
	struct db_place db; /* KEYDESK_DB_SOCKET, _HOST, _PORT, _NAME, _USER, _PASSWORD_FILE */
	struct db_place
	    owner;       /* the same place, KEYDESK_DB_OWNER, KEYDESK_DB_OWNER_PASSWORD_FILE */
	int64_t workers; /* KEYDESK_WORKERS: 0 is the number of cores, at least 2 */
	int64_t threads; /* KEYDESK_THREADS: of each worker */
	int64_t db_connections;   /* KEYDESK_DB_CONNECTIONS: no more request threads than that */
	int64_t body_bytes;       /* KEYDESK_BODY_BYTES: of one request */
	int64_t arena_bytes;      /* KEYDESK_ARENA_BYTES: of one request */
	int64_t deadline_seconds; /* KEYDESK_READ_SECONDS: for reading one request */
	int64_t drain_seconds;    /* KEYDESK_DRAIN_SECONDS: for requests in flight at the end */
	int64_t
	    argon2_permits; /* KEYDESK_ARGON2_PERMITS: computations at a time on a machine; 0: cores */
	int64_t argon2_queue; /* KEYDESK_ARGON2_QUEUE: who may wait for one, in each worker */
	struct argon2_profile people;   /* KEYDESK_PASSWORD_KIB, KEYDESK_PASSWORD_PASSES */
	struct argon2_profile programs; /* KEYDESK_SECRET_KIB, KEYDESK_SECRET_PASSES */
	int64_t cache_entries;          /* KEYDESK_CACHE_ENTRIES: verified secrets remembered */
	int64_t verify_max_age_ms;      /* KEYDESK_VERIFY_MAX_AGE_MS: of the rows that decide */
	int64_t token_seconds;          /* KEYDESK_TOKEN_SECONDS */
	str token_algorithm;            /* KEYDESK_TOKEN_ALGORITHM: ES256 or EdDSA, of new keys */
	int64_t signing_days;           /* KEYDESK_SIGNING_DAYS: 0 is never */
	int64_t session_idle_minutes;   /* KEYDESK_SESSION_IDLE_MINUTES */
	int64_t session_hours;          /* KEYDESK_SESSION_HOURS: absolute */
	int64_t proof_minutes;          /* KEYDESK_PROOF_MINUTES */
	int64_t operator_factor;        /* KEYDESK_OPERATOR_FACTOR */
	int64_t calls_per_minute;       /* KEYDESK_CALLS_PER_MINUTE: of one credential; 0: any */
	int64_t calls_per_minute_max; /* KEYDESK_CALLS_PER_MINUTE_MAX: the most it may be; 0: any */
	int64_t calls_per_address;    /* KEYDESK_CALLS_PER_ADDRESS: of one network; 0: any */
	int64_t writes_per_second;    /* KEYDESK_WRITES_PER_SECOND: of one session */
	int64_t account_keys;     /* KEYDESK_ACCOUNT_KEYS: where an organization has not chosen */
	int64_t account_keys_max; /* KEYDESK_ACCOUNT_KEYS_MAX: the most it may choose */
	int64_t
	    additional_secrets; /* KEYDESK_ADDITIONAL_SECRETS: where an organization has not chosen */
	int64_t leaver_days;    /* KEYDESK_LEAVER_DAYS: the same; 0 is never */
	int64_t machine; /* KEYDESK_MACHINE: this machine's number, in the audit log's chains */
	int64_t cadence_days;    /* KEYDESK_CADENCE_DAYS: where an organization has not chosen */
	int64_t overlap_minutes; /* KEYDESK_OVERLAP_MINUTES: the same */
	struct mail_place
	    mail; /* KEYDESK_SMTP_URL, _USER, _PASSWORD_FILE, _CA_FILE, KEYDESK_MAIL_FROM */
};

/* Reads them into a struct in the start arena. Each value that is malformed or out of its limits, and each
 * KEYDESK_ variable that is no setting (but KEYDESK_TEST_), is a line in *wrong, naming the variable and
 * what it may be; empty means all is well. Does not exit and does not log. */
const struct settings *settings_read(struct arena *start, struct buf *wrong);

/* The same without the password of the account that may change tables, which is overwritten: for who serves,
 * and all that they start. In the arena; the former is not to be used any more. */
const struct settings *settings_forget_owner(struct arena *start, const struct settings *);

/* The table as text for `keydesk settings`: variable, value in force, default, limits, meaning. */
void settings_print(struct buf *, const struct settings *);

#endif
