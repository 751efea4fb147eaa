/* keyring.c - fuzzes the file of app/crypto/keyring.c: it has one spelling, and one key that is active. */
#include "fuzz.h"

#include "crypto/keyring.h"

struct load {
	struct arena *arena;
	const char *path;
	const struct keyring *ring;
};

static void
load(void *arg)
{
	struct load *load = arg;

	load->ring = keyring_load(load->arena, load->path);
}

static const char *
status_word(enum key_status status)
{
	return status == KEY_ACTIVE ? "active" : status == KEY_READING ? "reading" : "retired";
}

/* Each line once more, from what was read and its 64 digits. */
static void
check_lines(struct arena *a, const struct keyring *ring, str text)
{
	size_t lines = 0, keys = 0;

	must(str_eq(str_cut(text, '\n', &text), S("keydesk-keyring 1")));
	for (; text.n; lines++) {
		str line = str_cut(text, '\n', &text), rest;
		int64_t number = 0;

		must(str_int(str_cut(line, ' ', &rest), &number) && line.n > 64);
		must(number >= 1 && number <= KEYRING_MAX);
		must(str_eq(
		    line, fmt(a, "%d %s %.*s", (int)number, status_word(ring->keys[number].status),
			      STR(str_part(line, line.n - 64, 64)))));
	}
	for (int i = 1; i <= KEYRING_MAX; i++) {
		const struct ring_key *key = keyring_key(ring, i);

		keys += ring->keys[i].status != KEY_ABSENT;
		must(keyring_number(keyring_letter(i)) == i);
		must((ring->keys[i].status == KEY_ACTIVE) == (i == ring->active));
		must((key != NULL) ==
		     (ring->keys[i].status == KEY_ACTIVE || ring->keys[i].status == KEY_READING));
	}
	must(lines == keys);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct load asked = { .arena = fuzz_arena(), .path = fuzz_file(data, n) };

	if (attempt(asked.arena->fault, load, &asked)) {
		must(keyring_key(asked.ring, asked.ring->active) != NULL);
		check_lines(asked.arena, asked.ring, (str){ (const char *)data, n });
	} else {
		must(asked.arena->fault->what[0] != '\0');
	}
	return 0;
}
