/* member_permission.c - what members may give an additional secret that they make for themselves. */
#include "core/member_permission.h"

#include "base/buf.h"
#include "core/audit.h"
#include "sql.h"

SHAPE(member_may, text(member_permissions));

enum { MEMBER_WORDS_MAX_BYTES = 1 << 20 };

static bool
among(const struct strs *may, str word)
{
	for (size_t i = 0; i < may->n; i++)
		if (str_eq(may->at[i], word))
			return true;
	return false;
}

static bool
offered(const struct member_offers_rows *offers, str word)
{
	for (size_t i = 0; i < offers->n; i++)
		if (str_eq(offers->at[i].may, word))
			return true;
	return false;
}

static enum member_saved
settle(const struct member_offers_rows *offers, const struct strs *may)
{
	size_t n = 0;

	for (size_t i = 0; i < may->n; i++)
		if (!offered(offers, may->at[i]))
			return MEMBER_UNKNOWN;
	for (size_t i = 0; i < offers->n; i++)
		n += among(may, offers->at[i].may);
	return n > MEMBER_PERMISSIONS_MAX ? MEMBER_MANY : MEMBER_SAVED;
}

/* Only what differs is touched. False when it cannot be given any more. */
static bool
write_row(struct request *rq, const struct member_offers_row *offer, bool wished)
{
	int64_t permission = offer->permission;

	if (offer->given == wished)
		return true;
	if (wished)
		return sql_member_permission_add(
			   rq->db, .org = rq->org, .permission = permission) == 1;
	sql_member_permission_remove(rq->db, .org = rq->org, .permission = permission);
	return true;
}

static bool
write_rows(struct request *rq, const struct member_offers_rows *offers, const struct strs *may)
{
	bool good = true;

	for (size_t i = 0; i < offers->n; i++)
		good &= write_row(rq, &offers->at[i], among(may, offers->at[i].may));
	return good;
}

static struct member_may
given_of(struct arena *a, const struct member_offers_rows *offers)
{
	struct buf b = buf_new(a, MEMBER_WORDS_MAX_BYTES);

	for (size_t i = 0; i < offers->n; i++) {
		if (!offers->at[i].given)
			continue;
		if (b.n)
			buf_add_char(&b, ' ');
		buf_add(&b, offers->at[i].may);
	}
	return (struct member_may){ buf_str(&b) };
}

/* Saving the same again has changed the version, so it has an entry too. */
static void
note(struct request *rq, const struct member_may *before, const struct member_may *after)
{
	str id = sql_member_organization(rq->db, .org = rq->org)->id;

	if (!audit_change(rq, S("organization.edit"), id, member_may, before, after))
		audit(rq, S("organization.save"), id, (str){ 0 });
}

enum member_saved
member_permission_save(struct request *rq, int64_t version, const struct strs *may)
{
	struct member_offers_rows offers;
	struct member_may before, after;
	enum member_saved saved;

	/* The row first: from here on nobody else saves. */
	if (!sql_member_version(rq->db, .org = rq->org, .version = version))
		return MEMBER_CHANGED;
	offers = sql_member_offers(rq->db, .org = rq->org);
	saved = settle(&offers, may);
	if (saved != MEMBER_SAVED)
		return saved;
	if (!write_rows(rq, &offers, may))
		return MEMBER_UNKNOWN;
	before = given_of(rq->arena, &offers);
	offers = sql_member_offers(rq->db, .org = rq->org);
	after = given_of(rq->arena, &offers);
	note(rq, &before, &after);
	return MEMBER_SAVED;
}
