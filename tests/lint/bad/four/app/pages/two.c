/* two.c - a sample: needs no statement of its own. */
PAGE(two, "Two");
two(rq) { sql_client_list(rq->db); }
