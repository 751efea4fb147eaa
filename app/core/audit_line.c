/* audit_line.c - an entry of the audit log as a line of an export, and the seal of the whole. */
#include "core/audit_line.h"

#include "base/clock.h"
#include "http/json.h"

#include <inttypes.h>

/* ---- times */

str
audit_time(struct arena *a, int64_t time)
{
	struct clock_parts p = clock_split(time);

	if (time == 0)
		return (str){ 0 };
	return fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", p.year, p.month, p.day, p.hour,
	    p.minute, p.second, p.microsecond);
}

/* n digits, then that character; *text is what follows. */
static bool
take(str *text, size_t n, char behind, int *value)
{
	str digits = str_part(*text, 0, n);
	int64_t number;

	if (digits.n != n || digits.at[0] == '-' || !str_int(digits, &number))
		return false;
	*value = (int)number;
	*text = str_part(*text, n, text->n);
	if (behind == '\0')
		return text->n == 0;
	if (text->n == 0 || text->at[0] != behind)
		return false;
	*text = str_part(*text, 1, text->n);
	return true;
}

static bool
take_clock(str text, struct clock_parts *p)
{
	bool fraction = str_find_char(text, '.') < text.n;

	return take(&text, 2, ':', &p->hour) && take(&text, 2, ':', &p->minute) &&
	       take(&text, 2, fraction ? '.' : 'Z', &p->second) &&
	       (!fraction || take(&text, 6, 'Z', &p->microsecond)) && text.n == 0;
}

bool
audit_time_read(str text, int64_t *time)
{
	struct clock_parts p = { 0 };
	bool whole = text.n > S("2026-11-20").n;

	*time = 0;
	if (text.n == 0)
		return true;
	if (!take(&text, 4, '-', &p.year) || !take(&text, 2, '-', &p.month) ||
	    !take(&text, 2, whole ? 'T' : '\0', &p.day) || (whole && !take_clock(text, &p)))
		return false;
	*time = clock_join(p);
	return *time != 0;
}

/* ---- lines */

struct audit_line
audit_line_of(struct arena *a, const struct audit_chain *chain, const struct audit_walk_row *row)
{
	return (struct audit_line){ .chain = chain->org,
		.machine = chain->machine,
		.entry = row->seq,
		.at = audit_time(a, row->at),
		.person_id = row->person_id,
		.person = row->person,
		.act = row->act,
		.object = row->object,
		.detail = row->detail,
		.remote = row->remote,
		.request = row->request,
		.key = row->key_number,
		.mac = row->mac };
}

str
audit_line_read(struct arena *a, str line, struct audit_chain *chain, struct audit_walk_row *into)
{
	static const struct json_rule rules[] = {
		{ .name = STR_INIT("chain"), .required = true },
		{ .name = STR_INIT("machine"), .required = true },
		{ .name = STR_INIT("entry"), .required = true },
		{ .name = STR_INIT("at"), .required = true },
		{ .name = STR_INIT("person_id") },
		{ .name = STR_INIT("person") },
		{ .name = STR_INIT("act") },
		{ .name = STR_INIT("object") },
		{ .name = STR_INIT("detail") },
		{ .name = STR_INIT("remote") },
		{ .name = STR_INIT("request") },
		{ .name = STR_INIT("key"), .required = true },
		{ .name = STR_INIT("mac"), .required = true },
	};
	struct request rq = { .arena = a, .body = line };
	struct audit_line read = { 0 };
	str wrong = json_read(&rq, audit_line, rules, &read);

	if (wrong.n)
		return wrong;
	*chain = (struct audit_chain){ read.chain, read.machine };
	*into = (struct audit_walk_row){ .seq = read.entry,
		.person_id = read.person_id,
		.person = read.person,
		.act = read.act,
		.object = read.object,
		.detail = read.detail,
		.remote = read.remote,
		.request = read.request,
		.key_number = read.key,
		.mac = read.mac };
	return audit_time_read(read.at, &into->at) ? (str){ 0 } : S("at is not a time");
}

str
audit_line_read_head(struct arena *a, str line, struct audit_line_head *head)
{
	static const struct json_rule rules[] = {
		{ .name = STR_INIT("keydesk_audit"), .required = true },
		{ .name = STR_INIT("organization") },
		{ .name = STR_INIT("name") },
		{ .name = STR_INIT("chain"), .required = true },
		{ .name = STR_INIT("exported_at"), .required = true },
		{ .name = STR_INIT("from") },
		{ .name = STR_INIT("to") },
		{ .name = STR_INIT("key"), .required = true },
	};
	struct request rq = { .arena = a, .body = line };
	str wrong;

	*head = (struct audit_line_head){ 0 };
	wrong = json_read(&rq, audit_line_head, rules, head);
	if (wrong.n)
		return wrong;
	return head->keydesk_audit == AUDIT_LINE_VERSION ? (str){ 0 } : S("keydesk_audit is not 1");
}

/* ---- the seal */

void
audit_seal_add(struct audit_seal *seal, str line)
{
	seal->mac = digest_hmac(
	    DIGEST_STR(*seal->key), seal->lines ? DIGEST_STR(seal->mac) : S("export "), line);
	seal->lines++;
}

str
audit_seal_line(struct arena *a, const struct audit_seal *seal)
{
	return fmt(a, "{\"entries\":%" PRId64 ",\"mac\":\"%.*s\"}", seal->lines - 1,
	    STR(digest_hex(a, DIGEST_STR(seal->mac))));
}
