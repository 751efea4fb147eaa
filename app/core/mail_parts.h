/* mail_parts.h - the texts of the outbox, sealed: for this folder. */
#ifndef CORE_MAIL_PARTS_H
#define CORE_MAIL_PARTS_H

#include "core/desk.h"

enum { MAIL_ERROR_MAX = 300 };

/* The sealed text of a row. */
struct mail_seal {
	str id; /* public */
	int64_t key_number;
	str sealed;
};

/* False when the ring does not hold its key, or it is of another row. In the arena. */
bool mail_unseal(const struct desk *, struct arena *, const struct mail_seal *, str *text);

#endif
