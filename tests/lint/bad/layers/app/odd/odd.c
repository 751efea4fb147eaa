/* odd.c - a sample: a folder that is in no layer. */
