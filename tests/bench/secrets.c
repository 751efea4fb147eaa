/* secrets.c - new secrets under the key ring and the profile of KEYDESK_SETTINGS: secrets N
 *
 * Prints a line for each: its id, its text, its hint and its hash. Whoever puts them into the database has as many that no
 * process has seen.
 */
#include "core/secret.h"
#include "core/settings.h"
#include "crypto/argon2.h"

#include <stdio.h>

struct making {
	struct arena arena;
	int64_t n;
};

static void
print(void *arg)
{
	struct making *m = arg;
	struct buf wrong = buf_new(&m->arena, 65536);
	const struct settings *settings = settings_read(&m->arena, &wrong);
	const struct keyring *ring = keyring_load(&m->arena, str_c(&m->arena, settings->keyring));

	for (int64_t i = 0; i < m->n; i++) {
		size_t mark = arena_mark(&m->arena);
		struct made_secret made = secret_make(&m->arena, ring, true);
		str hash = argon2_make(&m->arena, &settings->programs, ring, made.text);

		printf("%.*s %.*s %.*s %.*s\n", STR(made.sid), STR(made.text), STR(made.hint),
		    STR(hash));
		arena_wipe(&m->arena, mark);
	}
}

int
main(int argc, char **argv)
{
	struct making making = { 0 };
	struct fault fault = { 0 };

	if (argc != 2 || !str_int(str_of(argv[1]), &making.n) || making.n < 1) {
		fprintf(stderr, "usage: secrets N\n");
		return 2;
	}
	arena_open(&making.arena, &fault, (size_t)8 << 20);
	if (!attempt(&fault, print, &making)) {
		fprintf(stderr, "secrets: %s\n", fault.what);
		return 1;
	}
	arena_close(&making.arena);
	return 0;
}
