/* three.c - another name. */
