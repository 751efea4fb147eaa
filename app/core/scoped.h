/* scoped.h - make and edit a scoped credential: what it may do, and where.
 *
 * A wish names things as a form does: permissions by their full name ("profile:read"), people and places by
 * their public id. What belongs to another organization is as unknown as what never was. Of what can be
 * chosen no more, what the credential has already may stay: a grant that the organization has lost, an archived
 * place, an owner who has left. It is out of force, and staying gives nothing.
 */
#ifndef CORE_SCOPED_H
#define CORE_SCOPED_H

#include "core/client.h"
#include "core/grants.h"

enum { SCOPED_PLACES_MAX = 200 };

/* environment and once are for a new one. networks is as network_read() gives it, tags as tags_read() does;
 * expires_at 0 is never. accounts stand for all their workspaces, later ones too. */
struct scoped_wish {
	str environment, once;
	str name, description, owner, tags, networks;
	int64_t expires_at;
	struct strs may, accounts, workspaces;
	const struct public_key *key; /* of a new one, in place of a secret; NULL for none */
};

/* What is wrong with a wish: nothing when all is zero. */
enum scoped_where_wrong {
	WHERE_RIGHT,
	WHERE_NOWHERE, /* an API works on workspaces, and none is picked; which says which API */
	WHERE_UNKNOWN, /* one that is not there, or archived */
	WHERE_MANY,    /* over SCOPED_PLACES_MAX */
};
struct scoped_wrong {
	enum may_wrong may;
	enum scoped_where_wrong where;
	str which;   /* an API's name */
	bool owner;  /* is no active user of the organization */
	bool expiry; /* is in the past */
};

/* What became of it. All but SCOPED_DONE must be undone by the caller. */
enum scoped {
	SCOPED_NOTHING, /* no such credential for this organization */
	SCOPED_DONE,
	SCOPED_BEFORE,  /* the same form was sent before: *made says what it made */
	SCOPED_WRONG,   /* *wrong says how */
	SCOPED_CHANGED, /* somebody else has changed it since that version */
};

/* A new one with its primary secret in rq->org, audited with all it may do; *made as for client_create(). */
enum scoped scoped_make(struct request *, const struct scoped_wish *, struct client_made *made,
    struct scoped_wrong *wrong);

/* Changes the one of that id, if it still has that version, to what the wish says; its secrets stay. The audit
 * entries hold what has changed, old and new. */
struct scoped_at {
	str id;
	int64_t version;
};
enum scoped scoped_change(struct request *, const struct scoped_at *, const struct scoped_wish *,
    struct scoped_wrong *wrong);

/* Takes away all that a client may do, for who deletes it; the client's row is locked. What it had, for the audit
 * entry: permissions, accounts and workspaces, one blank between two. */
struct scoped_had {
	str may, accounts, workspaces;
};
struct scoped_had scoped_end(struct request *, int64_t client);

/* Tags as they are kept: the words of a text, parted by blanks or commas, each once, one blank between two. */
str tags_read(struct arena *, str);

#endif
