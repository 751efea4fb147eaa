/* json.c - fuzzes app/http/json.c: any body is read or refused, any text is written so that it is read. */
#include "fuzz.h"

#include "http/json.c"

SHAPE(fuzzed, text(id), text(name), int(count), flag(active));
SHAPE(fuzzed_own, text(id), int(count));

static const struct json_rule rules[] = {
	{ .name = STR_INIT("id"), .required = true, .max = 20 },
	{ .name = STR_INIT("name") },
	{ .name = STR_INIT("count") },
	{ .name = STR_INIT("active") },
};

/* What is read as our own the library reads as the same; and what is written of it is read as our own. */
static void
check_own(struct request *rq)
{
	static const struct json_rule any[] = { { .name = STR_INIT("id"), .max = SIZE_MAX },
		{ .name = STR_INIT("count") } };
	struct fuzzed_own own = { 0 }, read = { 0 };

	if (!json_read_own(rq->body, fuzzed_own, &own)) {
		must(own.id.n == 0 && own.count == 0);
		return;
	}
	must(json_read(rq, fuzzed_own, any, &read).n == 0);
	must(str_eq(own.id, read.id) && own.count == read.count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str body = fuzz_copy(data, n);
	struct request rq = { .arena = fuzz_arena(), .body = body };
	struct fuzzed read = { 0 };
	struct buf b = buf_new(rq.arena, 7 * n + 100);

	json_library_init();
	check_own(&rq);
	if (json_read(&rq, fuzzed, rules, &read).n == 0) {
		must(read.id.n > 0 && read.id.n <= 20 && utf8_ok(read.id, false));
		must(utf8_ok(read.name, false));
		json_write(&b, &fuzzed_shape, &read);
		rq.body = buf_str(&b);
		must(json_read(&rq, fuzzed, rules, &(struct fuzzed){ 0 }).n == 0);
	}

	b = buf_new(rq.arena, 7 * n + 100);
	buf_add(&b, S("{\"id\":\"x\",\"name\":"));
	json_write_text(&b, body);
	buf_add(&b, S("}"));
	rq.body = buf_str(&b);
	read = (struct fuzzed){ 0 };
	if (json_read(&rq, fuzzed, rules, &read).n == 0)
		must(!utf8_ok(body, false) || str_eq(read.name, body));
	else
		must(!utf8_ok(body, false));
	fuzz_free(body);
	return 0;
}
