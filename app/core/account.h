/* account.h - the levels below an organization: organization > account > workspace. */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "http/request.h"

/* A new account of rq->org, and a new workspace of one, audited. The row's number. */
int64_t account_create(struct request *, str name);
int64_t workspace_create(struct request *, int64_t account, str name);

#endif
