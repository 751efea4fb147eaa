/* trace.h - what stays of a request: its line in the log, and what is counted. */
#ifndef TRACE_H
#define TRACE_H

#include "http/reply.h"

/* The request has been answered, in so many microseconds. */
void trace_request(const struct request *, const struct reply *, int64_t microseconds);

#endif
