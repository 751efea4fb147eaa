/* verify_parts.h - what the files of verify share, inside core/. */
#ifndef CORE_VERIFY_PARTS_H
#define CORE_VERIFY_PARTS_H

#include "core/verify.h"

/* What is looked for: the secret of that sid, or a token of it by its jti, and for which call. max_age is that of struct
 * presented. */
struct sought {
	str sid, jti;
	struct call *call;
	int64_t max_age;
};

/* The row, read for the endpoint that the call has in the catalogue of that very moment. NULL when there is none, or
 * when what it joins does not belong together. */
struct verify_secret_row;
const struct verify_secret_row *verify_row(struct request *, const struct sought *);

/* The client ID that it is shown with: of an additional secret that of its account key. */
str row_client_id(const struct verify_secret_row *);

/* What the row says, whatever was presented; an empty environment is that of the row. */
enum verdict row_verdict(const struct request *, const struct verify_secret_row *, str environment);

/* Notes the use of that secret, by its row; not when a request that is tried again has noted it before. */
void verify_note_use(struct request *, int64_t secret, enum verdict);

#endif
