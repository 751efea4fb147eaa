/* reply.h - what a visitor gets. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "http/request.h"

struct header {
	str name, value;
	str line; /* both, as they are sent */
	const struct header *next;
};

/* A body that is made while it is sent, piece by piece. more() adds the next piece, about STREAM_PIECE_BYTES, and is
 * called in a transaction of its own that only reads, in any thread; state lives in the request's arena, and what else
 * more() takes of it is given back once the piece is sent. False after the last one. A fault ends the reply where it is,
 * which the visitor's program notices. */
enum { STREAM_PIECE_BYTES = 1 << 17, STREAM_PIECE_MAX_BYTES = 1 << 21 };
struct buf;
struct stream {
	bool (*more)(struct request *, void *state, struct buf *piece);
	void *state;
};

struct reply {
	int status;
	bool undo;    /* what the request has changed is rolled back */
	bool reveals; /* it shows a secret this once: the browser is to forget it afterwards */
	bool refuses; /* a program: one of many waits a moment before it is sent */
	str type;     /* Content-Type; empty without a body */
	str body;
	const struct header *headers;
	const struct stream *stream; /* instead of a body; in the arena */
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
