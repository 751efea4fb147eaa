/* audit.c - the audit log: chained entries, collected during a request and written last. */
#include "core/audit.h"

#include "core/actor.h"
#include "core/desk.h"
#include "http/json.h"
#include "sql.h"

#include <inttypes.h>

struct audit_entry {
	int64_t org, person;
	str name, act, object, detail;
	struct audit_entry *next;
};

struct audit_entries {
	struct audit_entry *first, **last;
};

void
audit(struct request *rq, str act, str object, str detail)
{
	audit_in(rq, rq->org, &(struct audit_act){ act, object, detail });
}

struct audit_who
audit_actor(const struct request *rq, int64_t org)
{
	return (struct audit_who){ .org = org,
		.person = rq->actor ? rq->actor->person : 0,
		.name = rq->actor ? rq->actor->email : S("command line") };
}

void
audit_in(struct request *rq, int64_t org, const struct audit_act *done)
{
	struct audit_who who = audit_actor(rq, org);

	audit_by(rq, &who, done);
}

void
audit_by(struct request *rq, const struct audit_who *who, const struct audit_act *done)
{
	struct audit_entry *entry = NEW(rq->arena, struct audit_entry, 1);

	*entry = (struct audit_entry){ .org = who->org,
		.person = who->person,
		.name = who->name,
		.act = done->act,
		.object = done->object,
		.detail = done->detail };
	if (!rq->audit) {
		rq->audit = NEW(rq->arena, struct audit_entries, 1);
		rq->audit->last = &rq->audit->first;
	}
	*rq->audit->last = entry;
	rq->audit->last = &entry->next;
}

/* "name":["old","new"] */
static str
change_of(struct arena *a, str name, str was, str is)
{
	enum { ESCAPED_BYTES = 6, MARKS = 9 };
	struct buf b = buf_new(a, ESCAPED_BYTES * (name.n + was.n + is.n) + MARKS);

	json_write_text(&b, name);
	buf_add(&b, S(":["));
	json_write_text(&b, was);
	buf_add_char(&b, ',');
	json_write_text(&b, is);
	buf_add_char(&b, ']');
	return buf_str(&b);
}

/* "name":"new" */
static str
value_of(struct arena *a, str name, str is)
{
	enum { ESCAPED_BYTES = 6, MARKS = 5 };
	struct buf b = buf_new(a, ESCAPED_BYTES * (name.n + is.n) + MARKS);

	json_write_text(&b, name);
	buf_add_char(&b, ':');
	json_write_text(&b, is);
	return buf_str(&b);
}

static const str more = STR_INIT("\"more\":true");

/* False when it has no room for it, and for saying that there was more. */
static bool
add_member(struct buf *detail, str member)
{
	static const size_t marks = sizeof ",,}" - 1;

	if (detail->n + member.n + more.n + marks > AUDIT_DETAIL_MAX_BYTES)
		return false;
	buf_add_char(detail, detail->n ? ',' : '{');
	buf_add(detail, member);
	return true;
}

bool
audit_change_(struct request *rq, str act, str object, const struct shape *shape,
    const void *before, const void *after)
{
	struct buf detail = buf_new(rq->arena, AUDIT_DETAIL_MAX_BYTES);
	bool whole = true;

	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];
		str was = shape_text(rq->arena, m, before), is = shape_text(rq->arena, m, after);

		if (str_eq(was, is) || str_eq(m->name, S("version")))
			continue;
		if (add_member(&detail, change_of(rq->arena, m->name, was, is)))
			continue;
		whole = false;
		add_member(&detail, value_of(rq->arena, m->name, is));
	}
	if (detail.n == 0 && whole)
		return false;
	if (!whole) {
		buf_add_char(&detail, detail.n ? ',' : '{');
		buf_add(&detail, more);
	}
	buf_add_char(&detail, '}');
	audit(rq, act, object, buf_str(&detail));
	return true;
}

static void
add_part(struct buf *b, str part)
{
	buf_fmt(b, "%zu:%.*s,", part.n, STR(part));
}

/* What the HMAC covers, each part with its length before it, so that no two entries read alike. */
static str
canonical(struct arena *a, const struct audit_chain *chain, const struct audit_walk_row *row)
{
	struct buf b = buf_new(a, 1 << 20);

	buf_fmt(&b, "%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",", chain->org,
	    chain->machine, row->seq, row->at, row->person_id);
	add_part(&b, row->person);
	add_part(&b, row->act);
	add_part(&b, row->object);
	add_part(&b, row->detail);
	add_part(&b, row->remote);
	add_part(&b, row->request);
	return buf_str(&b);
}

str
audit_mac(struct arena *a, const struct digest *key, const struct audit_place *place,
    const struct audit_walk_row *row)
{
	struct digest mac =
	    digest_hmac(DIGEST_STR(*key), place->before, canonical(a, &place->chain, row));

	return digest_hex(a, DIGEST_STR(mac));
}

static void
write_entry(struct request *rq, const struct audit_entry *entry)
{
	int64_t machine = rq->desk->settings->machine;
	const struct keyring *ring = rq->desk->keyring;
	const struct audit_head_lock_row *head =
	    sql_audit_head_lock(rq->db, .org = entry->org, .machine = machine);
	struct audit_walk_row row = { .seq = (head ? head->seq : 0) + 1,
		.at = rq->now,
		.person_id = entry->person,
		.person = entry->name,
		.act = entry->act,
		.object = entry->object,
		.detail = entry->detail,
		.remote = rq->remote,
		.request = rq->number };
	str mac;

	if (!head && !sql_audit_head_begin(rq->db, .org = entry->org, .machine = machine))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "another transaction began the chain");
	mac = audit_mac(rq->arena, &ring->keys[ring->active].audit,
	    &(struct audit_place){ { entry->org, machine }, head ? head->mac : (str){ 0 } }, &row);
	sql_audit_add(rq->db, .org = entry->org, .machine = machine, .seq = row.seq, .at = row.at,
	    .person_id = row.person_id, .person = row.person, .act = row.act, .object = row.object,
	    .detail = row.detail, .remote = row.remote, .request = row.request,
	    .key_number = ring->active, .mac = mac);
	sql_audit_head_move(
	    rq->db, .org = entry->org, .machine = machine, .seq = row.seq, .mac = mac);
}

/* The lowest organization above this one that has an entry; INT64_MAX when there is none. */
static int64_t
next_chain(const struct audit_entries *entries, int64_t above)
{
	int64_t next = INT64_MAX;

	for (const struct audit_entry *e = entries->first; e; e = e->next)
		if (e->org > above && e->org < next)
			next = e->org;
	return next;
}

static void
write_chain(struct request *rq, int64_t org)
{
	for (const struct audit_entry *e = rq->audit->first; e; e = e->next)
		if (e->org == org)
			write_entry(rq, e);
}

/* Chains are locked in the order of their numbers, so that two requests cannot wait for each other. */
void
audit_write(struct request *rq)
{
	int64_t org = -1;

	if (!rq->audit)
		return;
	while ((org = next_chain(rq->audit, org)) != INT64_MAX)
		write_chain(rq, org);
}
