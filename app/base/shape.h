/* shape.h - one table ties a struct to SQL columns, form fields, template names and audit entries.
 *
 *      SHAPE(contact, int(id), text(name), flag(active), time(made_at));
 *
 * declares struct contact, struct contacts (many of them: at, n) and contact_shape, the table of its
 * members. So a name is written once per language and never translated by hand.
 *
 *      int(m)      int64_t         text(m)     str
 *      flag(m)     bool            time(m)     int64_t, microseconds since 1970, 0 is none
 *      part(m, T)  one struct T inside; T_shape must be visible
 *      list(m, T)  struct Ts: many T
 *      many(m)     struct strs: a repeated form field
 *
 * It is a macro because only the preprocessor can make a struct and its table from one line. At most 24
 * members; what is larger is nested with part().
 */
#ifndef BASE_SHAPE_H
#define BASE_SHAPE_H

#include "base/str.h"

enum shape_kind {
	SHAPE_NONE,
	SHAPE_INT,
	SHAPE_TEXT,
	SHAPE_FLAG,
	SHAPE_TIME,
	SHAPE_PART,
	SHAPE_LIST,
	SHAPE_MANY,
};

struct shape_member {
	str name;
	enum shape_kind kind;
	size_t offset;
	const struct shape *of; /* of a part or a list */
};

struct shape {
	str name;
	size_t size; /* of the struct, which is the step from one to the next in a list */
	size_t n;
	const struct shape_member *members;
};

/* Any list, seen through its shape: struct Ts has this layout for each T. */
struct shape_list {
	const void *at;
	size_t n;
};

/* The member of that name, or NULL. */
const struct shape_member *shape_find(const struct shape *, str name);

/* Where the member stands in the struct at data. */
#define SHAPE_INT_OF(data, m)  (*(const int64_t *)(const void *)((const char *)(data) + (m)->offset))
#define SHAPE_TEXT_OF(data, m) (*(const str *)(const void *)((const char *)(data) + (m)->offset))
#define SHAPE_FLAG_OF(data, m) (*(const bool *)(const void *)((const char *)(data) + (m)->offset))
#define SHAPE_LIST_OF(data, m) \
	(*(const struct shape_list *)(const void *)((const char *)(data) + (m)->offset))

/* A scalar member (int, text, flag, time) as text, in the arena: for audit entries and tests. */
str shape_text(struct arena *, const struct shape_member *, const void *data);

#define SHAPE(T, ...)                                                                            \
	struct T {                                                                               \
		SHAPE_EACH_(SHAPE_DECLARE_, T, __VA_ARGS__)                                      \
	};                                                                                       \
	struct T##s {                                                                            \
		const struct T *at;                                                              \
		size_t n;                                                                        \
	};                                                                                       \
	__attribute__((unused)) static const struct shape_member T##_members_[] = { SHAPE_EACH_( \
	    SHAPE_ROW_, T, __VA_ARGS__) };                                                       \
	__attribute__((unused)) static const struct shape T##_shape = { STR_INIT(#T),            \
		sizeof(struct T), sizeof T##_members_ / sizeof T##_members_[0], T##_members_ }

/* What SHAPE is made of; nobody calls these. */
#define SHAPE_DECLARE_(T, x)     SHAPE_DECLARE_##x
#define SHAPE_DECLARE_int(m)     int64_t m;
#define SHAPE_DECLARE_text(m)    str m;
#define SHAPE_DECLARE_flag(m)    bool m;
#define SHAPE_DECLARE_time(m)    int64_t m;
#define SHAPE_DECLARE_part(m, P) struct P m;
#define SHAPE_DECLARE_list(m, P) struct P##s m;
#define SHAPE_DECLARE_many(m)    struct strs m;

#define SHAPE_ROW_(T, x)            SHAPE_ROW1_(T, SHAPE_ROW_##x)
#define SHAPE_ROW1_(...)            SHAPE_ROW2_(__VA_ARGS__)
#define SHAPE_ROW2_(T, m, kind, of) { STR_INIT(#m), kind, offsetof(struct T, m), of },
#define SHAPE_ROW_int(m)            m, SHAPE_INT, NULL
#define SHAPE_ROW_text(m)           m, SHAPE_TEXT, NULL
#define SHAPE_ROW_flag(m)           m, SHAPE_FLAG, NULL
#define SHAPE_ROW_time(m)           m, SHAPE_TIME, NULL
#define SHAPE_ROW_part(m, P)        m, SHAPE_PART, &P##_shape
#define SHAPE_ROW_list(m, P)        m, SHAPE_LIST, &P##_shape
#define SHAPE_ROW_many(m)           m, SHAPE_MANY, NULL

#define SHAPE_EACH_(F, T, ...)                                                                     \
	SHAPE_PICK_(__VA_ARGS__, SHAPE_24_, SHAPE_23_, SHAPE_22_, SHAPE_21_, SHAPE_20_, SHAPE_19_, \
	    SHAPE_18_, SHAPE_17_, SHAPE_16_, SHAPE_15_, SHAPE_14_, SHAPE_13_, SHAPE_12_,           \
	    SHAPE_11_, SHAPE_10_, SHAPE_9_, SHAPE_8_, SHAPE_7_, SHAPE_6_, SHAPE_5_, SHAPE_4_,      \
	    SHAPE_3_, SHAPE_2_, SHAPE_1_, )                                                        \
	(F, T, __VA_ARGS__)
#define SHAPE_PICK_(                                                                \
    a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, F, ...) \
	F
#define SHAPE_1_(F, T, x)       F(T, x)
#define SHAPE_2_(F, T, x, ...)  F(T, x) SHAPE_1_(F, T, __VA_ARGS__)
#define SHAPE_3_(F, T, x, ...)  F(T, x) SHAPE_2_(F, T, __VA_ARGS__)
#define SHAPE_4_(F, T, x, ...)  F(T, x) SHAPE_3_(F, T, __VA_ARGS__)
#define SHAPE_5_(F, T, x, ...)  F(T, x) SHAPE_4_(F, T, __VA_ARGS__)
#define SHAPE_6_(F, T, x, ...)  F(T, x) SHAPE_5_(F, T, __VA_ARGS__)
#define SHAPE_7_(F, T, x, ...)  F(T, x) SHAPE_6_(F, T, __VA_ARGS__)
#define SHAPE_8_(F, T, x, ...)  F(T, x) SHAPE_7_(F, T, __VA_ARGS__)
#define SHAPE_9_(F, T, x, ...)  F(T, x) SHAPE_8_(F, T, __VA_ARGS__)
#define SHAPE_10_(F, T, x, ...) F(T, x) SHAPE_9_(F, T, __VA_ARGS__)
#define SHAPE_11_(F, T, x, ...) F(T, x) SHAPE_10_(F, T, __VA_ARGS__)
#define SHAPE_12_(F, T, x, ...) F(T, x) SHAPE_11_(F, T, __VA_ARGS__)
#define SHAPE_13_(F, T, x, ...) F(T, x) SHAPE_12_(F, T, __VA_ARGS__)
#define SHAPE_14_(F, T, x, ...) F(T, x) SHAPE_13_(F, T, __VA_ARGS__)
#define SHAPE_15_(F, T, x, ...) F(T, x) SHAPE_14_(F, T, __VA_ARGS__)
#define SHAPE_16_(F, T, x, ...) F(T, x) SHAPE_15_(F, T, __VA_ARGS__)
#define SHAPE_17_(F, T, x, ...) F(T, x) SHAPE_16_(F, T, __VA_ARGS__)
#define SHAPE_18_(F, T, x, ...) F(T, x) SHAPE_17_(F, T, __VA_ARGS__)
#define SHAPE_19_(F, T, x, ...) F(T, x) SHAPE_18_(F, T, __VA_ARGS__)
#define SHAPE_20_(F, T, x, ...) F(T, x) SHAPE_19_(F, T, __VA_ARGS__)
#define SHAPE_21_(F, T, x, ...) F(T, x) SHAPE_20_(F, T, __VA_ARGS__)
#define SHAPE_22_(F, T, x, ...) F(T, x) SHAPE_21_(F, T, __VA_ARGS__)
#define SHAPE_23_(F, T, x, ...) F(T, x) SHAPE_22_(F, T, __VA_ARGS__)
#define SHAPE_24_(F, T, x, ...) F(T, x) SHAPE_23_(F, T, __VA_ARGS__)

#endif
