/* mustache.c - any template at all, linked and shown.
 *
 * The input is a byte of flags and up to four texts with a byte 0xff between them: the page and its
 * parts. What the console's way accepts must be safe when it is shown with hostile texts, whichever of
 * its sections are: the page's own HTML is read once more, with the same rules.
 */
#include "fuzz.h"

#include "html/mustache.c"
#include "html/mustache_html.c"
#include "html/mustache_link.c"
#include "html/mustache_parse.c"

#include <stdio.h>

enum { TEXTS = 4, FIRST_BYTE = 1 };

/* The flags. */
enum { STRICT = 1, ACTIVE = 2, TITLE = 4, ROWS = 8 };

SHAPE(fuzz_row, int(id), text(name), many(tags));
SHAPE(fuzz_part, text(value), time(made_at));
SHAPE(fuzz_view, text(title), text(empty), int(count), flag(active), time(made_at),
    part(form, fuzz_part), list(rows, fuzz_row), list(none, fuzz_row));

struct fuzz {
	struct arena *arena;
	str texts[TEXTS];
	uint8_t flags;
	bool repeat;
	str page;
};

/* Begins with a byte by which it is known again, and tries to leave wherever it stands. */
#define HOSTILE "\1 --> ]]> \"'><script>alert(1)</script><a href=\"javascript:x\" onclick='y' "

static str
read_text(void *arg, struct arena *a, str name)
{
	static const char *const names[TEXTS] = { "page", "part", "csrf", "contact" };
	const struct fuzz *fuzz = arg;

	(void)a;
	for (size_t i = 0; i < TEXTS; i++)
		if (str_eq(name, str_of(names[i])))
			return fuzz->texts[i];
	return (str){ 0 };
}

static void
link_and_show(void *arg)
{
	static const str tags[] = { STR_INIT(HOSTILE), STR_INIT("b") };
	static const struct fuzz_row rows[] = { { 1, STR_INIT(HOSTILE), { tags, 1 } },
		{ -2, STR_INIT(""), { tags, 2 } } };
	struct fuzz *fuzz = arg;
	struct mustache_source source = { read_text, fuzz };
	struct mustache_link link = { .source = &source,
		.name = S("page"),
		.shape = &fuzz_view_shape,
		.body = fuzz->texts[3].at ? S("contact") : S(""),
		.body_shape = &fuzz_view_shape,
		.strict = fuzz->flags & STRICT };
	struct fuzz_view view = { .title = fuzz->flags & TITLE ? S(HOSTILE) : S(""),
		.count = -7,
		.active = fuzz->flags & ACTIVE,
		.made_at = HOUR,
		.form = { .value = S(HOSTILE), .made_at = HOUR },
		.rows = { rows, !(fuzz->flags & ROWS) ? 0
				: fuzz->repeat        ? 2
						      : 1 } };
	const struct mustache *m = mustache_link(fuzz->arena, &link);
	struct buf b = buf_new(fuzz->arena, 1 << 20);

	mustache_show(m, &b, &view, &view);
	fuzz->page = buf_str(&b);
}

/* Faults when the page that was shown is not one that would have been accepted as a template. */
static void
read_again(void *arg)
{
	const struct fuzz *fuzz = arg;
	struct html html = { .where = { fuzz->arena->fault, S("shown"), 1 }, .strict = true };

	for (size_t i = 0; i < fuzz->page.n; i++) {
		if (fuzz->page.at[i] == FIRST_BYTE && html.state == HTML_VALUE &&
		    html.address_start)
			fault(fuzz->arena->fault, "an address begins with a text");
		html_text(&html, str_part(fuzz->page, i, 1));
		html.form_token = true; /* it is a partial, which can no longer be seen */
	}
	html_end(&html);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz fuzz = { .arena = fuzz_arena() };
	str rest = { (const char *)data, n };
	size_t signs = 0;
	bool accepted;

	if (n == 0 || n > 4000)
		return 0;
	fuzz.flags = data[0];
	rest = str_part(rest, 1, n);
	/* Lists of two within each other take two to the power of their depth: not too many of them. */
	for (size_t i = 0; i < rest.n; i++)
		signs += rest.at[i] == '#';
	fuzz.repeat = signs < 10 && str_find_char(rest, '\xff') == rest.n;
	for (size_t i = 0; i < TEXTS && rest.at; i++)
		fuzz.texts[i] = str_copy(fuzz.arena, str_cut(rest, '\xff', &rest));

	accepted = attempt(fuzz.arena->fault, link_and_show, &fuzz) && (fuzz.flags & STRICT);
	for (size_t i = 0; i < TEXTS; i++)
		accepted &= str_find_char(fuzz.texts[i], FIRST_BYTE) == fuzz.texts[i].n;
	if (!accepted || attempt(fuzz.arena->fault, read_again, &fuzz))
		return 0;
	fprintf(stderr, "%s\n%.*s\n", fuzz.arena->fault->what, STR(fuzz.page));
	abort();
}
