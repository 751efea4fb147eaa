/* mustache.c - how long showing a page of 13 kB with a table of 50 rows takes.
 *
 * Prints nanoseconds per page and how many times longer that is than copying the finished page.
 * mustache.mjs shows the same template with what Node programs use.
 */
#include "html/mustache.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 50, ROUNDS = 20000, TRIES = 7 };

SHAPE(bench_row, int(id), text(name), text(email), text(role), flag(active), int(uses));
SHAPE(bench_view, text(title), text(search), list(rows, bench_row), int(next));

struct bench {
	struct arena *arena;
	const char *path;
	str text;
	double page_ns, copy_ns;
	size_t bytes;
};

static str
read_template(void *arg, struct arena *a, str name)
{
	(void)a;
	return str_eq(name, S("mustache")) ? *(const str *)arg : (str){ 0 };
}

static str
file_text(struct arena *a, const char *path)
{
	FILE *file = fopen(path, "r");
	char *at = NEW(a, char, 1 << 16);
	str text = { at, file ? fread(at, 1, 1 << 16, file) : 0 };

	if (!file || fclose(file))
		fault(a->fault, "%s cannot be read", path);
	return text;
}

static struct bench_view
view_new(struct arena *a)
{
	static const char *const roles[] = { "admin", "member", "compliance admin" };
	struct bench_row *rows = NEW(a, struct bench_row, ROWS);

	for (int i = 0; i < ROWS; i++)
		rows[i] = (struct bench_row){ .id = 4711 + i,
			.name = fmt(a, "Anna \"O'Neil\" the %d.", i),
			.email = fmt(a, "anna.number.%d@example.test", i),
			.role = str_of(roles[i % 3]),
			.active = i % 4 != 0,
			.uses = 1000 * i };
	return (struct bench_view){ .title = S("People & <contacts>"),
		.search = S("anna"),
		.rows = { rows, ROWS },
		.next = 4761 };
}

/* The best of a few tries, in nanoseconds a round: what else the machine does only adds. */
static double
best(double ns, int64_t began)
{
	double now = (double)(clock_monotonic() - began) * 1000 / ROUNDS;

	return ns == 0 || now < ns ? now : ns;
}

static void
measure(void *arg)
{
	struct bench *bench = arg;
	struct arena *a = bench->arena;
	str text = file_text(a, bench->path);
	struct mustache_source source = { read_template, &text };
	const struct mustache *page = mustache_link(a, &(struct mustache_link){ .source = &source,
							   .name = S("mustache"),
							   .shape = &bench_view_shape,
							   .strict = true });
	struct bench_view view = view_new(a);
	struct buf b = buf_new(a, 1 << 20);
	char *copy = NEW(a, char, 1 << 20);

	for (int try = 0; try < TRIES; try++) {
		int64_t began = clock_monotonic();

		for (int i = 0; i < ROUNDS; i++) {
			b.n = 0;
			mustache_show(page, &b, &view, NULL);
		}
		bench->page_ns = best(bench->page_ns, began);
		began = clock_monotonic();
		for (int i = 0; i < ROUNDS; i++) {
			memcpy(copy, b.at, b.n);
			__asm__ volatile("" : : "r"(copy) : "memory"); /* or it is left out */
		}
		bench->copy_ns = best(bench->copy_ns, began);
	}
	bench->bytes = b.n;
	bench->text = buf_str(&b);
}

int
main(int argc, char **argv)
{
	struct fault fault = { 0 };
	struct arena arena;
	struct bench bench = { .arena = &arena };

	bench.path = argc > 1 ? argv[1] : "tests/bench/mustache.mustache";
	arena_open(&arena, &fault, (size_t)64 << 20);
	if (!attempt(&fault, measure, &bench)) {
		fprintf(stderr, "%s\n", fault.what);
		return EXIT_FAILURE;
	}
	if (argc > 2) /* the page itself, to be compared with what others make of the template */
		return printf("%.*s", STR(bench.text)) < 0;
	printf("keydesk     %zu bytes  %.0f ns a page, %.1f times a copy of it\n", bench.bytes,
	    bench.page_ns, bench.page_ns / bench.copy_ns);
	return EXIT_SUCCESS;
}
