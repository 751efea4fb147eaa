/* audit_line.c - fuzzes app/core/audit_line.c: a line that is read is written the same; no cell executes. */
#include "fuzz.h"

#include "core/audit_export.h"
#include "http/json.h"

static str
written(struct arena *a, const struct audit_chain *chain, const struct audit_walk_row *row)
{
	struct audit_line line = audit_line_of(a, chain, row);
	struct buf b = buf_new(a, 1 << 20);

	json_write(&b, &audit_line_shape, &line);
	return buf_str(&b);
}

/* What a spreadsheet takes for the beginning of the cell is no formula, and its quotes are paired. */
static void
check_cell(struct arena *a, str text)
{
	struct buf b = buf_new(a, 1 << 20);
	size_t quotes = 0;
	str cell;

	audit_csv_cell(&b, text);
	cell = buf_str(&b);
	for (size_t i = 0; i < cell.n; i++)
		quotes += cell.at[i] == '"';
	must(quotes % 2 == 0);
	if (cell.n && cell.at[0] == '"')
		cell = str_part(cell, 1, cell.n);
	must(cell.n == 0 || !cell.at[0] || !strchr("=+-@\t\r", cell.at[0]));
	must(str_find(cell, S(";=")) == cell.n && str_find(cell, S("\t@")) == cell.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str text = fuzz_copy(data, n), once;
	struct arena *a = fuzz_arena();
	struct audit_chain chain, chain_again;
	struct audit_walk_row row, again;
	struct audit_line_head head;
	int64_t time;

	json_library_init();
	if (audit_line_read(a, text, &chain, &row).n == 0) {
		once = written(a, &chain, &row);
		must(audit_line_read(a, once, &chain_again, &again).n == 0);
		must(str_eq(written(a, &chain_again, &again), once));
		check_cell(a, row.detail);
	}
	audit_line_read_head(a, text, &head);
	if (audit_time_read(text, &time) && time) {
		int64_t back;

		must(audit_time_read(audit_time(a, time), &back) && back == time);
	}
	check_cell(a, text);
	fuzz_free(text);
	return 0;
}
