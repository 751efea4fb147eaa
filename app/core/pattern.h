/* pattern.h - the path of an endpoint, as the catalogue has it, and which addresses it stands for.
 *
 *      /v1/accounts/{account}/profiles/{profile}
 *
 * {account} and {workspace} stand for the public id of one, {any-other-name} for one segment that is not
 * empty, and a last segment * for one or more. Segment by segment from the left, a literal one beats {...},
 * and that beats *. What {account} stands for is not looked at here: an address with anything else in that
 * place must not fall to a pattern that asks for less.
 */
#ifndef CORE_PATTERN_H
#define CORE_PATTERN_H

#include "base/str.h"

enum { PATTERN_MAX = 300, PATTERN_SEGMENTS_MAX = 30 };

/* How one segment is matched; the first beats the others. */
enum segment_kind { SEGMENT_LITERAL, SEGMENT_NAMED, SEGMENT_REST };

enum segment_kind segment_kind(str segment);

/* Takes "/segment" from the front of *rest. False at its end. */
bool segment_next(str *rest, str *segment);

/* The empty text when it is a pattern, else a sentence that says what is wrong. */
str pattern_wrong(struct arena *, str pattern);

/* What stands in the places of {account} and {workspace}: views, empty where the pattern has none. */
struct pattern_ids {
	str account, workspace;
};

/* Whether the pattern stands for a path that address_canonical() took. The ids are set when it does. */
bool pattern_match(str pattern, str path, struct pattern_ids *);

/* Below 0 when the pattern beats the other one where both match, above 0 when the other one does; 0 when
 * they differ in literal segments and names only. */
int pattern_order(str pattern, str other);

/* Whether the two may not stand beside each other under one method: they are equal up to names, or to
 * what readers who are not exact pass over (address_loose(): case, encoding, a slash at the end). */
bool pattern_same(struct arena *, str pattern, str other);

#endif
