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
	struct audit_who who = { .org = rq->org, .name = S("command line") };

	if (rq->actor) {
		who.person = rq->actor->person;
		who.name = rq->actor->email;
	}
	audit_by(rq, &who, act, object, detail);
}

void
audit_by(struct request *rq, const struct audit_who *who, str act, str object, str detail)
{
	struct audit_entry *entry = NEW(rq->arena, struct audit_entry, 1);

	*entry = (struct audit_entry){ .org = who->org,
		.person = who->person,
		.name = who->name,
		.act = act,
		.object = object,
		.detail = detail };
	if (!rq->audit) {
		rq->audit = NEW(rq->arena, struct audit_entries, 1);
		rq->audit->last = &rq->audit->first;
	}
	*rq->audit->last = entry;
	rq->audit->last = &entry->next;
}

void
audit_change_(struct request *rq, str act, str object, const struct shape *shape,
    const void *before, const void *after)
{
	struct buf detail = buf_new(rq->arena, 4 * AUDIT_DETAIL_MAX_BYTES);
	bool any = false;

	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];
		str was = shape_text(rq->arena, m, before), is = shape_text(rq->arena, m, after);

		if (str_eq(was, is) || str_eq(m->name, S("version")))
			continue;
		if (detail.n > AUDIT_DETAIL_MAX_BYTES / 2) {
			buf_add(&detail, S(",\"more\":true"));
			break;
		}
		buf_add(&detail, any ? S(",") : S("{"));
		json_write_text(&detail, m->name);
		buf_add(&detail, S(":["));
		json_write_text(&detail, was);
		buf_add_char(&detail, ',');
		json_write_text(&detail, is);
		buf_add_char(&detail, ']');
		any = true;
	}
	if (!any)
		return;
	buf_add_char(&detail, '}');
	audit(rq, act, object, buf_str(&detail));
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
chain_mac(struct arena *a, const struct ring_key *key, str before, str content)
{
	struct digest mac = digest_hmac(DIGEST_STR(key->audit), before, content);

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
	mac = chain_mac(rq->arena, &ring->keys[ring->active], head ? head->mac : (str){ 0 },
	    canonical(rq->arena, entry->org, machine, &row));
	sql_audit_add(rq->db, .org = entry->org, .machine = machine, .seq = row.seq, .at = row.at,
	    .person_id = row.person_id, .person = row.person, .act = row.act, .object = row.object,
	    .detail = row.detail, .remote = row.remote, .request = row.request,
	    .key_number = ring->active, .mac = mac);
	sql_audit_head_move(
	    rq->db, .org = entry->org, .machine = machine, .seq = row.seq, .mac = mac);
}

/* Chains are locked in the order of their numbers, so that two requests cannot wait for each other. */
void
audit_write(struct request *rq)
{
	int64_t last = -1;

	while (rq->audit) {
		int64_t next = INT64_MAX;

		for (const struct audit_entry *e = rq->audit->first; e; e = e->next)
			if (e->org > last && e->org < next)
				next = e->org;
		if (next == INT64_MAX)
			break;
		for (const struct audit_entry *e = rq->audit->first; e; e = e->next)
			if (e->org == next)
				write_entry(rq, e);
		last = next;
	}
}

/* One page of the walk: the number of the first entry that does not fit, 0 when all do. */
static int64_t
verify_page(struct request *rq, int64_t org, int64_t machine, struct audit_walk_rows page, str *mac,
    int64_t *seq)
{
	for (size_t i = 0; i < page.n; i++) {
		const struct audit_walk_row *row = &page.at[i];
		const struct ring_key *key = keyring_key(rq->desk->keyring, (int)row->key_number);

		if (row->seq != *seq + 1 || !key ||
		    !str_eq(row->mac,
			chain_mac(rq->arena, key, *mac, canonical(rq->arena, org, machine, row))))
			return *seq + 1;
		*seq = row->seq;
		*mac = row->mac;
	}
	return 0;
}

int64_t
audit_verify(struct request *rq, int64_t org, int64_t machine, int64_t *entries)
{
	enum { PAGE = 200 };
	const struct audit_head_get_row *head;
	char mac_bytes[2 * DIGEST_BYTES];
	str mac = { 0 };
	int64_t seq = 0, wrong;
	struct audit_walk_rows page;

	do {
		size_t mark = arena_mark(rq->arena);

		page = sql_audit_walk(
		    rq->db, .org = org, .machine = machine, .after = seq, .count = PAGE);
		wrong = verify_page(rq, org, machine, page, &mac, &seq);
		for (size_t i = 0; i < mac.n && i < sizeof mac_bytes; i++)
			mac_bytes[i] = mac.at[i];
		mac.at = mac_bytes;
		arena_wipe(rq->arena, mark);
	} while (!wrong && page.n == PAGE);
	*entries = seq;
	if (wrong)
		return wrong;
	head = sql_audit_head_get(rq->db, .org = org, .machine = machine);
	if (head ? head->seq != seq || !str_eq(head->mac, mac) : seq != 0)
		return seq + 1;
	return 0;
}
