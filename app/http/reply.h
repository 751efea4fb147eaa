/* reply.h - what a visitor gets. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "http/request.h"

struct header {
	str name, value;
	const struct header *next;
};

struct reply {
	int status;
	bool undo;    /* what the request has changed is rolled back */
	bool reveals; /* it shows a secret this once: the browser is to forget it afterwards */
	str type;     /* Content-Type; empty without a body */
	str body;
	const struct header *headers;
};

/* Adds a header in front of the others. A line end in name or value is a fault: nobody can split a
 * reply. */
void reply_header(struct request *, struct reply *, str name, str value);

/* A short plain text, and JSON that is already written. */
struct reply reply_text(int status, str body);
struct reply reply_json(int status, str body);

/* 303 to a path of our own, made like fmt(). A path that does not begin with one slash is a fault. */
struct reply
see_other(struct request *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The words of a status ("See Other"), for the Status line. */
const char *reply_reason(int status);

#endif
