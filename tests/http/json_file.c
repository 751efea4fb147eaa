/* json_file.c - tests of app/http/json.c: a whole file into a shape, each mistake by its place. */
#include "check.h"

#include "base/buf.h"
#include "http/json.h"

SHAPE(leaf, text(name), flag(good));
SHAPE(branch, text(name), list(leaves, leaf));
SHAPE(tree, text(title), list(branches, branch));
SHAPE(odd, int(number));

static struct arena *arena;
static struct tree tree;
static struct json_wrongs wrongs;

static str
read_file(str text)
{
	struct buf b;

	arena = test_arena();
	tree = (struct tree){ 0 };
	wrongs = (struct json_wrongs){ 0 };
	json_file(arena, text, tree, &tree, &wrongs);
	b = buf_new(arena, 1 << 20);
	for (size_t i = 0; i < wrongs.n; i++)
		buf_fmt(&b, "%s%.*s: %.*s", i ? "\n" : "", STR(wrongs.at[i].path),
		    STR(wrongs.at[i].words));
	return buf_str(&b);
}

static void
lists_within_lists_are_filled(void **state)
{
	(void)state;
	CHECK_STR(read_file(S(
		      "{\"title\":\"T\",\"branches\":[{\"name\":\"a\",\"leaves\":[{\"name\":\"x\","
		      "\"good\":true},{}]},{\"leaves\":[]}]}")),
	    "");
	CHECK_STR(tree.title, "T");
	assert_int_equal(tree.branches.n, 2);
	assert_int_equal(tree.branches.at[0].leaves.n, 2);
	CHECK_STR(tree.branches.at[0].leaves.at[0].name, "x");
	assert_true(tree.branches.at[0].leaves.at[0].good);
	assert_false(tree.branches.at[0].leaves.at[1].good);
	assert_int_equal(tree.branches.at[1].leaves.n, 0);
	CHECK_STR(read_file(S("{}")), "");
	assert_int_equal(tree.branches.n, 0);
}

static void
each_mistake_has_its_place(void **state)
{
	(void)state;
	CHECK_STR(
	    read_file(S(
		"{\"title\":1,\"branches\":[{\"name\":null,\"leaves\":[{\"good\":1,\"bad\":2},3]},"
		"[]],\"more\":{}}")),
	    "title: must be a string\n"
	    "branches[0].name: must be a string\n"
	    "branches[0].leaves[0].good: must be true or false\n"
	    "branches[0].leaves[0].bad: is no member that is known here\n"
	    "branches[0].leaves[1]: must be an object\n"
	    "branches[1]: must be an object\n"
	    "more: is no member that is known here");
	CHECK_STR(read_file(S("{\"branches\":{}}")), "branches: must be a list");
	CHECK_STR(read_file(S("{\"title\":\"a\\u0007\"}")),
	    "title: holds characters that cannot be stored");
	CHECK_STR(read_file(S("{\"\\u0007\":1}")), "?: is no member that is known here");
}

static void
what_is_no_object_is_one_mistake(void **state)
{
	(void)state;
	CHECK_STR(read_file(S("[]")), "the file: must be an object");
	CHECK_HOLDS(read_file(S("")), "the file: is not JSON: line 1");
	CHECK_HOLDS(read_file(S("{\n \"title\": }")), "the file: is not JSON: line 2, column");
	CHECK_HOLDS(read_file(S("{\"title\":\"a\",\"title\":\"b\"}")), "duplicate object key");
	CHECK_HOLDS(read_file(S("\xff")), "the file: is not JSON");
	CHECK_STR(
	    read_file(S("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")), "the file: is nested too deeply");
}

static void
mistakes_are_counted_past_what_is_kept(void **state)
{
	struct buf b = buf_new(test_arena(), 1 << 16);
	(void)state;

	buf_add(&b, S("{\"title\":\"\""));
	for (int i = 0; i < JSON_WRONGS_MAX + 7; i++)
		buf_fmt(&b, ",\"m%d\":1", i);
	buf_add_char(&b, '}');
	wrongs = (struct json_wrongs){ 0 };
	json_file(b.arena, buf_str(&b), tree, &tree, &wrongs);
	assert_int_equal(wrongs.n, JSON_WRONGS_MAX);
	assert_int_equal(wrongs.more, 7);
	/* Another word on a place that has one says nothing new. */
	json_wrong(&wrongs, S("m3"), S("again"));
	assert_int_equal(wrongs.more, 7);
}

static void
read_a_number(void *text)
{
	struct odd odd;

	json_file(arena, *(str *)text, odd, &odd, &wrongs);
}

static void
read_in_little_room(void *small)
{
	json_file((struct arena *)small, S("{\"branches\":[{},{},{},{},{},{},{},{},{},{}]}"), tree,
	    &tree, &wrongs);
}

/* The library's memory is given back: the sanitizer looks. */
static void
a_fault_inside_goes_on_outside(void **state)
{
	struct fault fault = { 0 };
	struct arena small;
	str text = S("{\"number\":1}");
	(void)state;

	arena = test_arena();
	CHECK_FAULT(
	    arena, read_a_number, &text, "while reading JSON: number cannot be read from a file");
	arena_open(&small, &fault, 4096);
	NEW(&small, char, 4000);
	CHECK_FAULT(&small, read_in_little_room, &small, "while reading JSON");
	arena_close(&small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_within_lists_are_filled),
		cmocka_unit_test(each_mistake_has_its_place),
		cmocka_unit_test(what_is_no_object_is_one_mistake),
		cmocka_unit_test(mistakes_are_counted_past_what_is_kept),
		cmocka_unit_test(a_fault_inside_goes_on_outside),
	};

	json_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
