/* one.c - a sample: everything but itself is missing. */
PAGE(one, "One");
one(rq) { sql_one_get(rq->db); }
