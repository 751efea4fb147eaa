/* adding.h - members, an account key, and the wish of an additional secret: for the tests of core/additional. */
#ifndef TESTS_CORE_ADDING_H
#define TESTS_CORE_ADDING_H

#include "core/scoping.h"

#include "core/additional.h"
#include "core/departure.h"
#include "core/pending.h"

/* An organization that may use three APIs, with an admin (Ann), an account key, and two members and a
 * compliance admin. Members may give themselves nothing until members_may(). */
struct team {
	struct people ann, may, ben, cora;
	str ann_id, may_id, ben_id, cora_id; /* public ids of the users */
	struct three_apis catalogue;
	struct client_made key;
};

/* One more of Ann's organization; in the start arena. */
static inline struct people
colleague(const struct people *ann, const char *name, enum role role)
{
	struct arena *start = &world.hand.start;
	struct people p = { .org = ann->org,
		.org_id = ann->org_id,
		.email = fmt(
		    start, "%.*s@example.test", STR(str_lower(start, random_base62(start, 10)))) };
	struct person_wish wish = { .name = str_of(name),
		.email = p.email,
		.password = S("correct horse battery"),
		.role = role };
	struct request *rq = hand_begin(&world.hand, 0);

	p.user = person_join(rq, p.org, &wish);
	p.person = sql_person_by_email(rq->db, .email = p.email)->person;
	commit(rq);
	p.actor = (struct actor){ .person = p.person,
		.user = p.user,
		.org = p.org,
		.organization = S("Northwind Trading"),
		.name = wish.name,
		.email = p.email,
		.role = role };
	return p;
}

static inline str
user_id(const struct people *p)
{
	struct request *rq = hand_ask(&world.hand, p->org);

	return str_copy(
	    &world.hand.start, sql_additional_owner(rq->db, .org = p->org, .user = p->user)->id);
}

static inline struct team
team_make(void)
{
	struct team t = { .ann = world_people(), .catalogue = three_apis_make() };

	entitle(&t.ann, t.catalogue.books);
	entitle(&t.ann, t.catalogue.staff);
	entitle(&t.ann, t.catalogue.plans);
	t.may = colleague(&t.ann, "May Field", ROLE_MEMBER);
	t.ben = colleague(&t.ann, "Ben Hill", ROLE_MEMBER);
	t.cora = colleague(&t.ann, "Cora Lake", ROLE_COMPLIANCE_ADMIN);
	t.ann_id = user_id(&t.ann);
	t.may_id = user_id(&t.may);
	t.ben_id = user_id(&t.ben);
	t.cora_id = user_id(&t.cora);
	t.key = make_key(&t.ann, S("production"));
	return t;
}

/* What members may give themselves: one permission more. */
static inline void
members_may(const struct team *t, str may)
{
	str word = { 0 }, api = str_cut(may, ':', &word);

	sql_run(
	    "INSERT INTO member_permission (organization_id, permission_id) SELECT %d, p.id FROM "
	    "permission p JOIN api a ON a.id = p.api_id WHERE a.word = '%.*s' AND p.word = "
	    "'%.*s'",
	    (int)t->ann.org, STR(api), STR(word));
}

/* As printf() takes it; in the start arena. */
static inline const char *
text_of(str text)
{
	return fmt(&world.hand.start, "%.*s%c", STR(text), 0).at;
}

static inline str
reads(const struct team *t)
{
	return may(t->catalogue.books, "read");
}

static inline str
writes(const struct team *t)
{
	return may(t->catalogue.books, "write");
}

/* Reads the books, for that user; empty for oneself. */
static inline struct additional_wish
wish_for(const struct team *t, str member)
{
	return (struct additional_wish){ .environment = S("production"),
		.key = t->key.id,
		.member = member,
		.name = S("Report"),
		.may = list(reads(t)) };
}

/* Made and committed, or undone; in the start arena. */
static inline enum additional
add(const struct people *p, const struct additional_wish *wish, struct client_made *made,
    struct additional_wrong *wrong)
{
	struct arena *start = &world.hand.start;
	struct request *rq = begin_as(p);
	enum additional answer = additional_make(rq, wish, made, wrong);

	made->id = str_copy(start, made->id);
	made->client_id = str_copy(start, made->client_id);
	made->secret = str_copy(start, made->secret);
	wrong->which = str_copy(start, wrong->which);
	if (answer == ADDITIONAL_DONE)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

/* One of that member's: made by themselves where they may, by Ann with who = &t->ann. */
static inline struct client_made
added(const struct team *t, const struct people *who, str member)
{
	struct additional_wish wish = wish_for(t, member);
	struct additional_wrong wrong;
	struct client_made made;

	assert_int_equal(add(who, &wish, &made, &wrong), ADDITIONAL_DONE);
	return made;
}

static inline enum additional
change(const struct people *p, str id, const struct additional_wish *wish,
    struct additional_wrong *wrong)
{
	struct additional_at at = { id,
		sql_number("SELECT version FROM client WHERE public_id = '%.*s'", STR(id)) };
	struct request *rq = begin_as(p);
	enum additional answer = additional_change(rq, &at, wish, wrong);

	if (answer == ADDITIONAL_DONE)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

static inline bool
revoke_as(const struct people *p, str id)
{
	struct request *rq = begin_as(p);
	bool done = additional_revoke(rq, id);

	commit(rq);
	return done;
}

/* Its text, in the start arena, is in *made. */
static inline enum opened
open_by(const struct people *p, str id, struct client_made *made)
{
	struct request *rq = begin_as(p);
	struct opening wish = { .id = id };
	struct opening_by by;
	enum opened opened = pending_open(rq, &wish, made, &by);

	made->secret = str_copy(&world.hand.start, made->secret);
	if (opened == OPENED)
		commit(rq);
	else
		db_rollback(rq->db);
	return opened;
}

static inline enum made
reset_as(const struct people *p, str id, struct client_made *made)
{
	struct request *rq = begin_as(p);
	enum made answer = additional_reset(rq, &(struct client_next){ .id = id }, made);

	made->secret = str_copy(&world.hand.start, made->secret);
	if (answer == MADE_NEW)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

/* Those of that organization for which this holds, of c (client), and s (its secrets: as many rows). */
static inline long
clients(const struct team *t, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM client c WHERE c.kind = 'additional' AND "
			  "c.organization_id = %d AND (%s)",
	    (int)t->ann.org, where);
}

static inline long
secrets(const struct team *t, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM secret s JOIN client c ON c.id = s.client_id WHERE "
			  "c.kind = 'additional' AND c.organization_id = %d AND (%s)",
	    (int)t->ann.org, where);
}

/* What holds whatever has happened: what has ended is gone whole, no text of another's, one primary, no secret that is
 * nobody's, nothing that lives under a deleted key. */
static inline void
check_team(const struct team *t)
{
	assert_int_equal(clients(t, "(c.deleted_at IS NOT NULL) <> (c.place IS NULL)"), 0);
	assert_int_equal(clients(t, "(c.deleted_at IS NOT NULL) <> (c.ended_reason <> '')"), 0);
	assert_int_equal(secrets(t, "c.deleted_at IS NOT NULL AND s.status <> 'revoked'"), 0);
	assert_int_equal(secrets(t, "s.owner_id IS NULL OR s.owner_id <> c.owner_id"), 0);
	assert_int_equal(clients(t, "c.deleted_at IS NULL AND (SELECT COUNT(*) FROM secret s WHERE "
				    "s.current_of = c.id) <> 1"),
	    0);
	assert_int_equal(clients(t, "c.deleted_at IS NULL AND EXISTS (SELECT 1 FROM client k WHERE "
				    "k.id = c.parent_id AND k.deleted_at IS NOT NULL)"),
	    0);
	assert_int_equal(
	    clients(t, "c.deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM client_grant "
		       "g WHERE g.client_id = c.id)"),
	    0);
	assert_int_equal(secrets(t, "EXISTS (SELECT 1 FROM exposure e WHERE e.secret_id = s.id AND "
				    "e.user_id <> c.owner_id)"),
	    0);
}

/* Entries of that act in the organization's log. */
static inline long
acts(const struct team *t, const char *act)
{
	return sql_number(
	    "SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND act = '%s'",
	    (int)t->ann.org, act);
}

static inline void
end_due(void)
{
	hand_ask(&world.hand, 0);
	departure_sweep_due(&world.hand.desk, &world.hand.arena);
	additional_end_due(&world.hand.desk, &world.hand.arena);
}

#endif
