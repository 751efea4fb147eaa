/* serve_stream.c - the pieces of a reply that is made while it is sent. */
#include "apology.h"
#include "base/buf.h"
#include "serve.h"
#include "site/session.h"

struct piece_work {
	struct request *rq;
	const struct stream *stream;
	struct serve_piece *piece;
	bool there; /* whoever asked is still signed in */
};

static void
piece_work(void *arg)
{
	struct piece_work *work = arg;
	struct buf piece = buf_new(work->rq->arena, STREAM_PIECE_MAX_BYTES);

	db_begin(work->rq->db, DB_READ);
	work->there = !work->rq->actor || session_alive(work->rq);
	if (work->there)
		work->piece->last = !work->stream->more(work->rq, work->stream->state, &piece);
	db_commit(work->rq->db);
	work->piece->text = buf_str(&piece);
}

bool
serve_more(
    struct desk *desk, struct request *rq, const struct stream *stream, struct serve_piece *piece)
{
	struct piece_work work = { .rq = rq, .stream = stream, .piece = piece };
	bool done;

	rq->desk = desk;
	rq->db = desk->db;
	db_bind(desk->db, rq->arena);
	done = attempt(rq->arena->fault, piece_work, &work);
	if (!done) {
		db_rollback(rq->db);
		apology_log(rq, rq->arena->fault);
	}
	db_unbind(desk->db);
	return done && work.there;
}
