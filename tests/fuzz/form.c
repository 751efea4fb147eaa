/* form.c - fuzzes app/http/form.c: any body is a form or has a message, and can be shown. */
#include "fuzz.h"

#include "http/form.c"

SHAPE(fuzzed, part(name, input), part(note, input), part(password, input), flag(active),
    int(version), many(tags), text(tags_error));

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .required = STR_INIT("Give a name."),
	    .min = 2,
	    .max = 20,
	    .check = is_email,
	    .refused = STR_INIT("Another name.") },
	{ .name = STR_INIT("note"), .lines = true },
	{ .name = STR_INIT("password"), .secret = true },
	{ .name = STR_INIT("active") },
	{ .name = STR_INIT("version") },
	{ .name = STR_INIT("tags"), .max = 5 },
};

static void
check_input(const struct input *input, bool good, bool lines, size_t max)
{
	must(utf8_ok(input->value, lines));
	must(!good || (input->error.n == 0 && utf8_length(input->value) <= max));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str body = fuzz_copy(data, n);
	struct request rq = {
		.arena = fuzz_arena(), .type = S("application/x-www-form-urlencoded"), .body = body
	};
	struct fuzzed form = { 0 };
	bool good = form_read(&rq, fuzzed, rules, &form);

	check_input(&form.name, good, false, 20);
	check_input(&form.note, good, true, FORM_TEXT_MAX_CHARS);
	check_input(&form.password, good, false, FORM_TEXT_MAX_CHARS);
	must(good ? is_email(form.name.value)
		  : form.name.error.n || form.note.error.n || form.password.error.n ||
			form.tags_error.n);
	must(good || form.password.value.n == 0);
	must(form.tags.n <= FORM_MANY_MAX);
	for (size_t i = 0; i < form.tags.n; i++)
		must(utf8_ok(form.tags.at[i], false));
	form_field(&rq, S("csrf"));
	fuzz_free(body);
	return 0;
}
