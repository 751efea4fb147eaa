/* settings.c - fuzzes the file of app/core/settings.c: what has no complaint is within the table's limits. */
#include "fuzz.h"

#include "core/origin.h"
#include "core/settings_parts.h"

static void
check_row(const struct setting *row, const struct settings *s)
{
	const void *member = (const char *)s + row->offset;
	const str *text = member;

	switch (row->kind) {
	case SETTING_INT:
		must(*(const int64_t *)member >= row->min && *(const int64_t *)member <= row->max);
		break;
	case SETTING_SMALL:
		must(*(const int32_t *)member >= row->min && *(const int32_t *)member <= row->max);
		break;
	case SETTING_TEXT:
		/* The socket is emptied where a host is given. */
		must(text->n <= (size_t)row->max);
		must(text->n >= (size_t)row->min || (text == &s->db.socket && s->db.host.n));
		break;
	case SETTING_SECRET:
		must(text->n <= (size_t)row->max);
		break;
	case SETTING_CHOICE:
		must(str_find(str_of(row->otherwise), *text) < str_of(row->otherwise).n);
		break;
	}
}

/* Every line that is no comment names a setting. */
static void
check_names(str text)
{
	while (text.n) {
		str value, line = str_trim(str_cut(text, '\n', &text));
		str name = str_trim(str_cut(line, '=', &value));
		bool known = line.n == 0 || str_starts(line, S("#")) ||
		             str_eq(name, S("KEYDESK_SETTINGS")) ||
		             str_starts(name, S("KEYDESK_TEST_"));

		for (size_t i = 0; i < settings_table_n && !known; i++)
			known = str_eq(name, str_of(settings_table[i].variable));
		must(known);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = fuzz_arena();
	struct buf wrong = buf_new(a, 1 << 20), out = buf_new(a, 1 << 20);
	const struct settings *s;
	struct origin origin;

	/* A setting that names a file would have the fuzzer open whatever it makes up. */
	if (n > 4000 || memmem(data, n, "_FILE", 5))
		return 0;
	setenv("KEYDESK_SETTINGS", fuzz_file(data, n), 1);
	s = settings_read(a, &wrong);
	settings_print(&out, s);
	must(buf_str(&out).n > 0);
	if (buf_str(&wrong).n)
		return 0;
	for (size_t i = 0; i < settings_table_n; i++)
		check_row(&settings_table[i], s);
	check_names((str){ (const char *)data, n });
	must(!origin_parse(s->url, &origin) && origin.https == s->https);
	must(str_eq(origin.authority, s->host) && s->arena_bytes >= 8 * s->body_bytes);
	return 0;
}
