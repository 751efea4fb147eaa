/* json.h - a posted JSON object into a shape, or a whole file; a shape as JSON. */
#ifndef HTTP_JSON_H
#define HTTP_JSON_H

#include "base/buf.h"
#include "base/shape.h"
#include "http/request.h"

/* Once, before any thread: gives jansson memory that is wiped before it is freed. Reading before it is a
 * fault. */
void json_library_init(void);

/* A rule of what may stand in the object. Members without a rule are ignored (RFC 6749 section 3.2:
 * unknown parameters are), one that comes twice is refused. */
struct json_rule {
	str name;
	bool required;
	bool date;  /* an int that may have a fraction, which is cut off: RFC 7519's NumericDate */
	size_t max; /* bytes of a text */
};
enum { JSON_MANY_MAX = 8 }; /* texts in a list */

/* Fills the shape (text, int, flag and many members of the rules' names) from the body; for `many` a text alone is a list
 * of one. The empty text when
 * all holds; else a short English sentence that names the member and holds nothing of the body:
 * "client_id must be a string", "client_secret is missing", "the body is not a JSON object". null is
 * as good as absent; a required text may not be empty, and none holds control characters. */
#define json_read(rq, T, rules, into) \
	json_read_(rq, &T##_shape, rules, sizeof(rules) / sizeof((rules)[0]), into)
str
json_read_(struct request *, const struct shape *, const struct json_rule *, size_t n, void *into);

/* The same for a text that json_write() has made of T, whose members are texts and numbers: views of it. False, and
 * nothing in the shape, for any other one, and for one with an escape, a sign or a byte above 0x7e: json_read() takes
 * those. No limits are looked at. */
#define json_read_own(json, T, into) json_read_own_(json, &T##_shape, into)
bool json_read_own_(str json, const struct shape *, void *into);

/* What is wrong with a file: where ("apis[2].level", or "the file"), and in words that go on with it ("must
 * be a string"). */
enum { JSON_WRONGS_MAX = 100 };
struct json_wrong {
	str path, words;
};
struct json_wrongs {
	struct json_wrong at[JSON_WRONGS_MAX];
	size_t n, more; /* how many are kept, and how many were not */
};

/* Notes one, unless something is noted of that path already. */
void json_wrong(struct json_wrongs *, str path, str words);

/* Fills the shape (text, flag and list members, lists within lists) from a text that is one JSON object.
 * Strict: a member that the shape has not is wrong, as is one that comes twice, null, or one of another
 * type; what is absent stays zero, and whoever needs it says so. All that is wrong is noted, and what is
 * right is filled in all the same. */
#define json_file(a, text, T, into, wrongs) json_file_(a, text, &T##_shape, into, wrongs)
void json_file_(struct arena *, str text, const struct shape *, void *into, struct json_wrongs *);

/* The members of a text that is one JSON object, in its order, for people: a text as it is, two in an array as what was
 * and what is, whatever else as JSON. None when it is not an object. In the arena. */
struct json_member {
	str name, was, is;
	bool change; /* there is a `was` */
};
struct json_members {
	struct json_member *at;
	size_t n;
};
struct json_members json_members(struct arena *, str text);

/* The struct at data as a JSON object: text as string, int as number, flag as true or false, time as
 * RFC 3339 string (null when none), part as object, list as array, many as array of strings. */
void json_write(struct buf *, const struct shape *, const void *data);

/* Its members behind those of the object with which the text ends. Both have some. */
void json_write_more(struct buf *, const struct shape *, const void *data);

/* One text as a JSON string, quotes included (RFC 8259 section 7; < > & and U+2028/9 escaped too; what
 * is not UTF-8 becomes U+FFFD). */
void json_write_text(struct buf *, str);

#endif
