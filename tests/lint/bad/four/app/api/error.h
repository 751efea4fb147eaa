/* error.h - shared. */
