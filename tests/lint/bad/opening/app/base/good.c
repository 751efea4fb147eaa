/* good.c - says what it is. */
