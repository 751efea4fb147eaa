/* parameters.c - fuzzes what app/api/parameters.c takes from a form: nothing twice, nothing too long, and the order of
 * the parameters does not matter. */
#include "fuzz.h"

#include "api/parameters.c"

/* The same parameters, the last one first. */
static str
turned(struct arena *a, str form)
{
	struct buf out = buf_new(a, form.n + 1);

	while (form.n) {
		size_t at = form.n;

		while (at && form.at[at - 1] != '&')
			at--;
		buf_add(&out, str_part(form, at, form.n - at));
		if (at)
			buf_add_char(&out, '&');
		form.n = at ? at - 1 : 0;
	}
	return buf_str(&out);
}

static str
member(const struct parameters *p, str name)
{
	return SHAPE_TEXT_OF(p, shape_find(&parameters_shape, name));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str input = fuzz_copy(data, n);
	struct arena *a = fuzz_arena();
	struct parameters p = { 0 }, back = { 0 };
	bool good = parameters_of_form(a, input, &p).n == 0;

	must(good == (parameters_of_form(a, turned(a, input), &back).n == 0));
	for (size_t i = 0; good && i < sizeof rules / sizeof rules[0]; i++) {
		str one = member(&p, rules[i].name);

		must(one.n <= rules[i].max && utf8_ok(one, false));
		if (!str_eq(rules[i].name, S("resource")))
			must(str_eq(one, member(&back, rules[i].name)));
	}
	must(!good || !p.another_resource.n || !str_eq(p.another_resource, p.resource));
	fuzz_free(input);
	return 0;
}
