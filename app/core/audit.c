/* audit.c - the audit log: chained entries, collected during a request and written last. */
#include "core/audit.h"

#include "core/actor.h"
#include "core/desk.h"
#include "http/json.h"
#include "sql.h"

#include <inttypes.h>
#include <string.h>

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
	struct audit_who who = { .org = rq->org, .name = S("command line") };

	if (rq->actor) {
		who.person = rq->actor->person;
		who.name = rq->actor->email;
	}
	audit_by(rq, &who, &(struct audit_act){ act, object, detail });
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

bool
audit_change_(struct request *rq, str act, str object, const struct shape *shape,
    const void *before, const void *after)
{
	static const str more = STR_INIT("\"more\":true}");
	struct buf detail = buf_new(rq->arena, AUDIT_DETAIL_MAX_BYTES);

	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];
		str was = shape_text(rq->arena, m, before), is = shape_text(rq->arena, m, after);
		str change;

		if (str_eq(was, is) || str_eq(m->name, S("version")))
			continue;
		change = change_of(rq->arena, m->name, was, is);
		buf_add_char(&detail, detail.n ? ',' : '{');
		if (detail.n + change.n + more.n + 1 > AUDIT_DETAIL_MAX_BYTES) {
			buf_add(&detail, more);
			audit(rq, act, object, buf_str(&detail));
			return true;
		}
		buf_add(&detail, change);
	}
	if (detail.n == 0)
		return false;
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
canonical(struct arena *a, int64_t org, int64_t machine, const struct audit_walk_row *row)
{
	struct buf b = buf_new(a, 1 << 20);

	buf_fmt(&b, "%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",", org, machine,
	    row->seq, row->at, row->person_id);
	add_part(&b, row->person);
	add_part(&b, row->act);
	add_part(&b, row->object);
	add_part(&b, row->detail);
	add_part(&b, row->remote);
	add_part(&b, row->request);
	return buf_str(&b);
}

static str
chain_mac(struct arena *a, const struct digest *key, str before, str content)
{
	struct digest mac = digest_hmac(DIGEST_STR(*key), before, content);

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
	mac = chain_mac(rq->arena, &ring->keys[ring->active].audit, head ? head->mac : (str){ 0 },
	    canonical(rq->arena, entry->org, machine, &row));
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

/* A walk along a chain: how far it has come, and the HMAC of the last entry. */
struct walk {
	int64_t org, machine, seq;
	char mac[2 * DIGEST_BYTES];
	size_t mac_n;
};

/* One page of the walk: the number of the first entry that does not fit, 0 when all do. */
static int64_t
verify_page(struct request *rq, struct walk *walk, struct audit_walk_rows page)
{
	for (size_t i = 0; i < page.n; i++) {
		const struct audit_walk_row *row = &page.at[i];
		const struct digest *key = keyring_audit(rq->desk->keyring, (int)row->key_number);
		str before = { walk->mac, walk->mac_n }, mac;

		if (row->seq != walk->seq + 1 || !key)
			return walk->seq + 1;
		mac = chain_mac(
		    rq->arena, key, before, canonical(rq->arena, walk->org, walk->machine, row));
		if (!str_eq(row->mac, mac))
			return walk->seq + 1;
		walk->seq = row->seq;
		walk->mac_n = mac.n;
		memcpy(walk->mac, mac.at, mac.n);
	}
	return 0;
}

static int64_t
verify_entries(struct request *rq, struct walk *walk)
{
	enum { PAGE = 200 };
	int64_t from = INT64_MIN, wrong;
	struct audit_walk_rows page;

	do {
		size_t mark = arena_mark(rq->arena);

		page = sql_audit_walk(rq->db, .org = walk->org, .machine = walk->machine,
		    .from = from, .count = PAGE);
		wrong = verify_page(rq, walk, page);
		from = walk->seq + 1;
		arena_wipe(rq->arena, mark);
	} while (!wrong && page.n == PAGE);
	return wrong;
}

/* The head is read first: what it tells of was committed with it. When entries came during the walk it has
 * moved, and is read again. */
int64_t
audit_verify(struct request *rq, int64_t org, int64_t machine, int64_t *entries)
{
	static const struct audit_head_get_row none;
	struct walk walk = { .org = org, .machine = machine };
	const struct audit_head_get_row *head =
	    sql_audit_head_get(rq->db, .org = org, .machine = machine);
	int64_t before = head ? head->seq : 0, wrong = verify_entries(rq, &walk);

	*entries = walk.seq;
	if (wrong)
		return wrong;
	if (before < walk.seq)
		head = sql_audit_head_get(rq->db, .org = org, .machine = machine);
	if (!head)
		head = &none;
	if (before < walk.seq && walk.seq < head->seq)
		return 0;
	if (head->seq != walk.seq || !str_eq(head->mac, (str){ walk.mac, walk.mac_n }))
		return walk.seq + 1;
	return 0;
}
