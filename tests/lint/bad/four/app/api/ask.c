/* ask.c - a sample. */
