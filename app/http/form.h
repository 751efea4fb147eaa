/* form.h - a posted form into a shape, by a table of rules, with a message at each field.
 *
 * The shape has a part(NAME, input) for each text field, flag(NAME) for a checkbox, int(NAME) for a
 * number that the page itself wrote (a version), many(NAME) for a field that may come several times.
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "base/shape.h"
#include "http/request.h"

/* What was typed, and what is wrong with it. Shown again as it stands. label is the rule's, once the form
 * was read. */
SHAPE(input, text(value), text(error), text(label));

enum {
	FORM_FIELDS_MAX = 200,      /* fields of one body that are no many(); more is refused */
	FORM_MANY_MAX = 500,        /* values of one many() */
	FORM_TEXT_MAX_CHARS = 1000, /* a rule without max */
};

struct form_rule {
	str name;
	str label;       /* the field's name on the page, which the summary of errors says */
	str required;    /* the message when it is empty; without one it is optional */
	size_t min, max; /* characters; 0: none, FORM_TEXT_MAX_CHARS */
	bool (*check)(str);
	str refused; /* the message when check says no, or when it is too short; then a must */
	bool secret; /* a password: not trimmed, and never put back into the page */
	bool lines;  /* may hold line feeds (CR LF becomes LF) */
};

/* Fills the shape at form from the body. True when every rule holds; else false, with every message in
 * place and what was typed kept. Fields without a rule are ignored, a rule whose shape has no such
 * member is a fault. A body that is no form at all is false, with the message at the first rule.
 *
 * A many() or flag() has its message in text(NAME_error) if the shape has one, else at the first input.
 * A text that cannot be stored comes back without what cannot be shown. When the answer is false, what
 * was typed into secret fields is gone: nothing of it can get into the page. It is false, without a
 * message, for a request that is unproven: its form is shown again. */
#define form_read(rq, T, rules, form) \
	form_read_(rq, &T##_shape, rules, sizeof(rules) / sizeof((rules)[0]), form)
bool
form_read_(struct request *, const struct shape *, const struct form_rule *, size_t n, void *form);

/* Puts the members of a row into the members of the same name in the form, before the first show. */
#define form_fill(rq, T, form, R, row) form_fill_(rq, &T##_shape, form, &R##_shape, row)
void
form_fill_(struct request *, const struct shape *, void *form, const struct shape *, const void *);

/* One field of the body by itself, for what every form has (the CSRF token). Empty when absent. */
str form_field(struct request *, str name);

/* Is it an e-mail address one can send to: one @, something on each side, no blanks, 254 at most
 * (RFC 5321 section 4.5.3.1). Whether it exists only a mail can tell. */
bool is_email(str);

#endif
