/* catalogue_check.c - tests of app/core/catalogue_check.c: what a catalogue must be, each mistake by its place. */
#define _GNU_SOURCE
#include "check.h"

#include "core/fixture.h"

#include "core/catalogue_check.h"
#include "core/pattern.h"

static struct json_wrongs wrongs;

/* Reads a file of one API, whose permissions and endpoints are given, and gives what is wrong with it. */
static str
wrong_with(const char *text)
{
	struct buf b = buf_new(&world.hand.arena, 1 << 20);

	wrongs = (struct json_wrongs){ 0 };
	catalogue_file_read(&world.hand.arena, str_of(text), &wrongs);
	for (size_t i = 0; i < wrongs.n; i++)
		buf_fmt(&b, "%s%.*s: %.*s", i ? "\n" : "", STR(wrongs.at[i].path),
		    STR(wrongs.at[i].words));
	return buf_str(&b);
}

#define HEAD      "\"word\":\"a\",\"name\":\"A\",\"level\":\"organization\",\"choice\":\"one\""
#define READ      "{\"word\":\"read\",\"name\":\"Read\",\"only_reads\":true}"
#define OPEN      "\"needs\":\"open\"}"
#define API(p, e) "{\"apis\":[{" HEAD ",\"permissions\":[" p "],\"endpoints\":[" e "]}]}"
#define GET(path) "{\"method\":\"GET\",\"path\":\"" path "\","

static void
what_is_good_is_taken(void **state)
{
	(void)state;
	hand_ask(&world.hand, 0);
	CHECK_STR(wrong_with(API(READ, "")), "");
	CHECK_STR(wrong_with("{\"apis\":[]}"), "");
	CHECK_STR(wrong_with("{}"), "");
	CHECK_STR(
	    wrong_with(API(READ, GET("/a/{x}") OPEN "," GET("/a/b") OPEN "," GET("/a/*") OPEN)),
	    "");
}

static void
a_broken_file_says_where(void **state)
{
	(void)state;
	hand_ask(&world.hand, 0);
	CHECK_STR(wrong_with(""),
	    "the file: is not JSON: line 1, column 0: '[' or '{' expected near end of file");
	CHECK_STR(wrong_with("[]"), "the file: must be an object");
	CHECK_STR(wrong_with("{\"apis\":[1,{}]}"),
	    "apis[0]: must be an object\n"
	    "apis[0].word: is missing\n"
	    "apis[0].name: is missing\n"
	    "apis[0].level: is missing; it is one of: organization account workspace\n"
	    "apis[0].choice: is missing; it is one of: one many\n"
	    "apis[0].permissions: needs at least one\n"
	    "apis[1].word: is missing\n"
	    "apis[1].name: is missing\n"
	    "apis[1].level: is missing; it is one of: organization account workspace\n"
	    "apis[1].choice: is missing; it is one of: one many\n"
	    "apis[1].permissions: needs at least one");
	CHECK_STR(wrong_with("{\"apis\":{},\"colour\":1}"),
	    "apis: must be a list\ncolour: is no member that is known here");
	CHECK_STR(wrong_with("{\"apis\":[],\"apis\":[]}"),
	    "the file: is not JSON: line 1, column 17: duplicate object key near '\"apis\"'");
	CHECK_STR(
	    wrong_with(API("{\"word\":\"read\",\"name\":\"R\\n\",\"only_reads\":1,\"x\":{}}", "")),
	    "apis[0].permissions[0].name: holds characters that cannot be stored\n"
	    "apis[0].permissions[0].only_reads: must be true or false\n"
	    "apis[0].permissions[0].x: is no member that is known here");
}

static void
each_bad_word_is_named(void **state)
{
	(void)state;
	hand_ask(&world.hand, 0);
	CHECK_STR(wrong_with("{\"apis\":[{\"word\":\"A "
			     "b\",\"name\":\"A\",\"level\":\"planet\",\"choice\":\"none\","
			     "\"permissions\":[" READ "]}]}"),
	    "apis[0].word: must be 1 to 40 small letters, digits and hyphens, a letter first\n"
	    "apis[0].level: must be one of: organization account workspace\n"
	    "apis[0].choice: must be one of: one many");
	CHECK_STR(wrong_with(API("{\"word\":\"open\",\"name\":\"Open\"}", "")),
	    "apis[0].permissions[0].word: must be another one: open is what needs no permission");
	CHECK_STR(wrong_with(API(READ, "{\"method\":\"TRACE\",\"path\":\"/"
				       "a\",\"needs\":\"luck\",\"permission\":\"write\"}")),
	    "apis[0].endpoints[0].method: must be one of: GET POST PUT PATCH DELETE OPTIONS\n"
	    "apis[0].endpoints[0].needs: must be one of: secret key open\n"
	    "apis[0].endpoints[0].permission: is no permission of this API: write");
	CHECK_STR(wrong_with(API(READ, GET("/a") "\"needs\":\"open\",\"permission\":\"read\"}")),
	    "apis[0].endpoints[0].permission: must be left out where needs is open");
	CHECK_STR(wrong_with(API(READ, GET("/a") "\"needs\":\"key\"}")),
	    "apis[0].endpoints[0].permission: is missing");
	CHECK_STR(wrong_with(API(READ, GET("a") OPEN)),
	    "apis[0].endpoints[0].path: A path begins with a slash.");
}

static void
what_is_there_twice_is_named(void **state)
{
	(void)state;
	hand_ask(&world.hand, 0);
	CHECK_STR(wrong_with(API(READ "," READ, "")),
	    "apis[0].permissions[1].word: is that of an earlier one: read");
	CHECK_STR(wrong_with("{\"apis\":[{" HEAD ",\"permissions\":[" READ "]},{" HEAD
			     ",\"permissions\":[" READ "]}]}"),
	    "apis[1].word: is that of another API: a");
	CHECK_STR(wrong_with(API(READ, GET("/x/{one}/y") OPEN "," GET("/x/{two}/y") OPEN)),
	    "apis[0].endpoints[1].path: is a call that a has already: GET /x/{one}/y");
	CHECK_STR(wrong_with("{\"apis\":[{" HEAD ",\"permissions\":[" READ
			     "],\"endpoints\":[" GET("/s") OPEN
		      "]},{\"word\":\"b\",\"name\":\"B\",\"level\":\"account\",\"choice\":\"many\","
		      "\"permissions\":[" READ "],\"endpoints\":[" GET("/S") OPEN "]}]}"),
	    "apis[1].endpoints[0].path: is a call that a has already: GET /s");
}

static void
includes_lead_somewhere_and_end(void **state)
{
	(void)state;
	hand_ask(&world.hand, 0);
	CHECK_STR(wrong_with(API("{\"word\":\"write\",\"name\":\"W\",\"includes\":\"read\"}", "")),
	    "apis[0].permissions[0].includes: is no permission of this API: read");
	CHECK_STR(wrong_with(API("{\"word\":\"x\",\"name\":\"X\",\"includes\":\"y\"},"
				 "{\"word\":\"y\",\"name\":\"Y\",\"includes\":\"x\"},"
				 "{\"word\":\"z\",\"name\":\"Z\",\"includes\":\"y\"}",
		      "")),
	    "apis[0].permissions[0].includes: leads back to where it began\n"
	    "apis[0].permissions[1].includes: leads back to where it began\n"
	    "apis[0].permissions[2].includes: leads back to where it began");
	CHECK_STR(wrong_with(API("{\"word\":\"x\",\"name\":\"X\",\"includes\":\"x\"}", "")),
	    "apis[0].permissions[0].includes: leads back to where it began");
}

/* What is sorted by keys here is what pattern_same() says of each two. */
static void
two_calls_are_one_where_the_patterns_are(void **state)
{
	static const char *const paths[] = { "/a", "/A", "/a/", "/a/{x}", "/a/{y}/", "/a/*", "/a/b",
		"/a/%42", "/a/{x}/*", "/a/{account}", "/", "/a/%7E", "/a/~" };
	const size_t n = sizeof paths / sizeof paths[0];
	struct arena *a = &world.hand.arena;
	(void)state;

	hand_ask(&world.hand, 0);
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++) {
			str said =
			    wrong_with(str_c(a, fmt(a, API(READ, GET("%s") OPEN "," GET("%s") OPEN),
						    paths[i], paths[k])));
			bool same = str_find(said, S("is a call that")) < said.n;

			/* What is no pattern is named for that. */
			if (pattern_wrong(a, str_of(paths[i])).n == 0 &&
			    pattern_wrong(a, str_of(paths[k])).n == 0)
				assert_int_equal(
				    same, pattern_same(a, str_of(paths[i]), str_of(paths[k])));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_good_is_taken),
		cmocka_unit_test(a_broken_file_says_where),
		cmocka_unit_test(each_bad_word_is_named),
		cmocka_unit_test(what_is_there_twice_is_named),
		cmocka_unit_test(includes_lead_somewhere_and_end),
		cmocka_unit_test(two_calls_are_one_where_the_patterns_are),
	};

	return GROUP(tests);
}
