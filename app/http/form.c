/* form.c - a posted form into a shape, by a table of rules, with a message at each field. */
#include "http/form.h"

#include "base/utf8.h"
#include "http/url.h"

#include <string.h>

static const str twice = STR_INIT("This came more than once. Open the page again.");
static const str unfit = STR_INIT("This text holds characters that cannot be stored.");
static const str no_form = STR_INIT("This was not sent as a form.");
static const str damaged = STR_INIT("The form arrived damaged. Send it again.");
static const str too_many = STR_INIT("The form has too many fields.");
static const str changed = STR_INIT("The form does not fit this page. Open the page again.");

/* What the body holds for one rule. */
struct field {
	const struct form_rule *rule;
	const struct shape_member *member;
	str value;
	str *values; /* of a many() */
	size_t n;
};

struct form {
	struct request *rq;
	const struct shape *shape;
	struct field *fields; /* one for each rule */
	size_t n;
	char *data;
	bool good;
};

static bool
is_form(const struct request *rq)
{
	return str_eq(rq->type, S("application/x-www-form-urlencoded"));
}

static bool
is_text(const struct shape_member *m)
{
	return m->kind == SHAPE_PART && str_eq(m->of->name, S("input"));
}

static struct input *
input_of(char *data, const struct shape_member *m)
{
	return (struct input *)(void *)(data + m->offset);
}

/* A message for the form as a whole, or for a field that has no place for one: it goes to the first
 * that has. */
static void
refuse_form(struct form *form, str message)
{
	size_t i = 0;

	form->good = false;
	while (i < form->n && !is_text(form->fields[i].member))
		i++;
	if (i < form->n)
		input_of(form->data, form->fields[i].member)->error = message;
}

static void
refuse(struct form *form, const struct field *field, str message)
{
	const struct shape_member *place;

	if (is_text(field->member)) {
		input_of(form->data, field->member)->error = message;
		form->good = false;
		return;
	}
	place = shape_find(form->shape, fmt(form->rq->arena, "%.*s_error", STR(field->rule->name)));
	if (!place || place->kind != SHAPE_TEXT) {
		refuse_form(form, message);
		return;
	}
	*(str *)(void *)(form->data + place->offset) = message;
	form->good = false;
}

/* ---- from the body to the fields */

static struct field *
field_find(struct form *form, str name)
{
	for (size_t i = 0; i < form->n; i++)
		if (str_eq(form->fields[i].rule->name, name))
			return &form->fields[i];
	return NULL;
}

static bool
field_add(struct form *form, struct field *field, str value)
{
	if (field->member->kind != SHAPE_MANY) {
		if (field->n++ == 0)
			field->value = value;
		return true;
	}
	if (field->n == FORM_MANY_MAX)
		return false;
	if (!field->values)
		field->values = NEW(form->rq->arena, str, FORM_MANY_MAX);
	field->values[field->n++] = value;
	return true;
}

/* The empty text, or what is wrong with the body as a whole. */
static str
fields_read(struct form *form)
{
	struct url_pairs pairs = { .rest = form->rq->body };
	size_t n = 0;

	while (url_next_pair(form->rq->arena, &pairs)) {
		struct field *field = field_find(form, pairs.name);

		if ((!field || field->member->kind != SHAPE_MANY) && ++n > FORM_FIELDS_MAX)
			return too_many;
		if (field && !field_add(form, field, pairs.value))
			return too_many;
	}
	return pairs.broken ? damaged : (str){ 0 };
}

/* ---- one text */

/* A text of several lines is sent with CR LF (HTML standard, constructing the entry list). */
static str
lines_of(struct arena *a, str s)
{
	char *at = NEW(a, char, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] != '\r' || i + 1 == s.n || s.at[i + 1] != '\n')
			at[n++] = s.at[i];
	return (str){ at, n };
}

/* What can be shown of a text that cannot be stored. */
static str
fit_part(struct arena *a, str s, bool lines)
{
	char *at = NEW(a, char, s.n);
	size_t n = 0;

	for (size_t i = 0, k; i < s.n; i += k) {
		for (k = 1; k < 4 && !utf8_ok(str_part(s, i, k), lines); k++)
			;
		if (!utf8_ok(str_part(s, i, k), lines)) {
			k = 1;
			continue;
		}
		memcpy(at + n, s.at + i, str_part(s, i, k).n);
		n += str_part(s, i, k).n;
	}
	return (str){ at, n };
}

/* The empty text when the value keeps the rule, else the message. Trims *value. */
static str
text_check(struct arena *a, const struct form_rule *rule, str *value)
{
	size_t max = rule->max ? rule->max : FORM_TEXT_MAX_CHARS, length;

	if (rule->lines)
		*value = lines_of(a, *value);
	if (!rule->secret)
		*value = str_trim(*value);
	if (!utf8_ok(*value, rule->lines)) {
		*value = fit_part(a, *value, rule->lines);
		return unfit;
	}
	if (value->n == 0 || (rule->required.n && !rule->secret && !utf8_visible(*value)))
		return rule->required;
	length = utf8_length(*value);
	if (length > max)
		return fmt(a, "At most %zu characters; this is %zu.", max, length);
	if (length < rule->min || (rule->check && !rule->check(*value)))
		return rule->refused;
	return (str){ 0 };
}

/* ---- from the fields to the shape */

static void
read_many(struct form *form, struct field *field)
{
	struct strs *many = (struct strs *)(void *)(form->data + field->member->offset);

	*many = (struct strs){ field->values, field->n };
	if (field->n == 0 && field->rule->required.n)
		refuse(form, field, field->rule->required);
	for (size_t i = 0; i < field->n; i++) {
		str wrong = text_check(form->rq->arena, field->rule, &field->values[i]);

		if (wrong.n)
			refuse(form, field, wrong);
	}
}

static void
read_text(struct form *form, struct field *field)
{
	str wrong = text_check(form->rq->arena, field->rule, &field->value);

	input_of(form->data, field->member)->value = field->value;
	input_of(form->data, field->member)->label = field->rule->label;
	if (field->n > 1)
		wrong = twice;
	if (wrong.n)
		refuse(form, field, wrong);
}

static void
read_field(struct form *form, struct field *field)
{
	char *at = form->data + field->member->offset;
	int64_t number = 0;

	if (field->member->kind == SHAPE_MANY) {
		read_many(form, field);
		return;
	}
	if (is_text(field->member)) {
		read_text(form, field);
		return;
	}
	if (field->n == 0 && field->rule->required.n)
		refuse(form, field, field->rule->required);
	if (field->n > 1)
		refuse(form, field, twice);
	if (field->member->kind == SHAPE_FLAG) {
		*(bool *)(void *)at = field->value.n && !str_eq(field->value, S("0"));
		return;
	}
	if (field->value.n && !str_int(field->value, &number))
		refuse(form, field, changed);
	*(int64_t *)(void *)at = number;
}

static struct field
field_of(struct request *rq, const struct shape *shape, const struct form_rule *rule)
{
	const struct shape_member *m = shape_find(shape, rule->name);

	if (!m)
		fault(rq->arena->fault, "%.*s has no '%.*s'", STR(shape->name), STR(rule->name));
	if (!is_text(m) && m->kind != SHAPE_FLAG && m->kind != SHAPE_INT && m->kind != SHAPE_MANY)
		fault(rq->arena->fault, "%.*s.%.*s cannot be a form's field", STR(shape->name),
		    STR(rule->name));
	if ((rule->check || rule->min) && rule->refused.n == 0)
		fault(rq->arena->fault, "the rule of %.*s has no message", STR(rule->name));
	return (struct field){ .rule = rule, .member = m };
}

bool
form_read_(struct request *rq, const struct shape *shape, const struct form_rule *rules, size_t n,
    void *data)
{
	struct form form = { rq, shape, NEW(rq->arena, struct field, n), n, data, true };
	str wrong;

	for (size_t i = 0; i < n; i++)
		form.fields[i] = field_of(rq, shape, &rules[i]);
	wrong = is_form(rq) ? fields_read(&form) : no_form;
	for (size_t i = 0; i < n && is_form(rq); i++)
		read_field(&form, &form.fields[i]);
	if (wrong.n)
		refuse_form(&form, wrong);
	for (size_t i = 0; i < n && (!form.good || rq->unproven); i++)
		if (rules[i].secret && is_text(form.fields[i].member))
			input_of(data, form.fields[i].member)->value = (str){ 0 };
	return form.good && !rq->unproven;
}

/* ---- from a row to a form */

/* Whether a row's member can be copied as it is into a form's member of the same kind; how many bytes. */
static size_t
copied_bytes(enum shape_kind kind)
{
	switch (kind) {
	case SHAPE_INT:
	case SHAPE_TIME:
		return sizeof(int64_t);
	case SHAPE_TEXT:
		return sizeof(str);
	case SHAPE_FLAG:
		return sizeof(bool);
	case SHAPE_MANY:
		return sizeof(struct strs);
	case SHAPE_PART:
	case SHAPE_LIST:
	case SHAPE_NONE:
		break;
	}
	return 0;
}

static bool
is_scalar(enum shape_kind kind)
{
	return kind == SHAPE_INT || kind == SHAPE_TEXT || kind == SHAPE_FLAG || kind == SHAPE_TIME;
}

void
form_fill_(struct request *rq, const struct shape *shape, void *form, const struct shape *row_shape,
    const void *row)
{
	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *to = &shape->members[i];
		const struct shape_member *from = shape_find(row_shape, to->name);

		if (!from)
			continue;
		if (is_text(to) && is_scalar(from->kind))
			input_of(form, to)->value = shape_text(rq->arena, from, row);
		else if (to->kind == from->kind && copied_bytes(to->kind))
			memcpy((char *)form + to->offset, (const char *)row + from->offset,
			    copied_bytes(to->kind));
		else
			fault(rq->arena->fault, "the form's '%.*s' cannot be filled from the row",
			    STR(to->name));
	}
}

str
form_field(struct request *rq, str name)
{
	struct url_pairs pairs = { .rest = rq->body };

	if (!is_form(rq))
		return (str){ 0 };
	while (url_next_pair(rq->arena, &pairs))
		if (str_eq(pairs.name, name))
			return pairs.value;
	return (str){ 0 };
}

/* ---- checks */

/* A host name (RFC 1035 section 2.3.1, with the digits of RFC 1123). */
static bool
is_domain(str s)
{
	str label, all = s;

	for (size_t end; s.n; s = str_part(s, end + 1, s.n)) {
		end = str_find_char(s, '.');
		label = str_part(s, 0, end);
		if (label.n == 0 || label.n > 63 || label.at[0] == '-' || str_ends(label, S("-")))
			return false;
	}
	return all.n != 0 && !str_ends(all, S("."));
}

bool
is_email(str s)
{
	static const char marks[] = "!#$%&'*+/=?^_`{|}~-.";
	str domain, local = str_cut(s, '@', &domain);

	if (s.n > 254 || local.n == 0 || local.n > 64 || !is_domain(domain))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.at[i];
		bool letter =
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (i == local.n || letter || (i < local.n && memchr(marks, c, sizeof marks - 1)))
			continue;
		if (i < local.n || (c != '.' && c != '-'))
			return false;
	}
	return local.at[0] != '.' && !str_ends(local, S(".")) &&
	       str_find(local, S("..")) == local.n;
}
