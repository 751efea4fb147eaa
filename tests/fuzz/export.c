/* export.c - fuzzes app/core/audit_read.c and audit_line.c: an export that was made up never verifies.
 *
 * The input is a file; each line of it is also read as an entry by itself, and as a time. Whoever makes one up
 * does not have the ring's keys: so without a complaint there is no entry.
 */
#include "fuzz.h"

#include "core/audit_read.h"
#include "http/json.h"

static const struct keyring *
fuzz_ring(void)
{
	static struct keyring ring = { .active = 1,
		.keys = { [1] = { .status = KEY_ACTIVE, .audit = { "one key of the ring" } },
		    [2] = { .status = KEY_RETIRED } } };

	return &ring;
}

/* What was read is written and read again as the same. */
static void
check_line(struct arena *a, str text)
{
	struct audit_chain chain = { 0 }, chain_again = { 0 };
	struct audit_walk_row row = { 0 }, again = { 0 };
	struct buf json = buf_new(a, 1 << 20);
	struct audit_line line;

	if (audit_line_read(a, text, &chain, &row).n)
		return;
	line = audit_line_of(a, &chain, &row);
	json_write(&json, &audit_line_shape, &line);
	must(audit_line_read(a, buf_str(&json), &chain_again, &again).n == 0);
	must(again.seq == row.seq && again.at == row.at && str_eq(again.act, row.act));
	must(str_eq(again.detail, row.detail) && str_eq(again.mac, row.mac));
}

static void
check_time(struct arena *a, str text)
{
	int64_t time, again;

	if (!audit_time_read(text, &time))
		return;
	must(audit_time_read(audit_time(a, time), &again) && again == time);
	must(text.n < 27 || str_eq(audit_time(a, time), text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = fuzz_arena();
	struct audit_read *read = NEW(a, struct audit_read, 1);
	str rest = { (const char *)data, n };
	struct lines lines;

	if (n > 4000)
		return 0;
	json_library_init();
	must(lines_open(a, &lines, str_of(fuzz_file(data, n))));
	if (audit_read_begin(read, a, fuzz_ring(), &lines))
		audit_read_rest(read, &lines);
	lines_close(&lines);
	must(read->wrong > 0 || read->report.wrong > 0);

	for (int i = 0; rest.n && i < 20; i++) {
		str line = str_cut(rest, '\n', &rest);

		check_line(a, line);
		check_time(a, line);
	}
	return 0;
}
