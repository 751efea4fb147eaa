/* error.c - shared: has a header. */
