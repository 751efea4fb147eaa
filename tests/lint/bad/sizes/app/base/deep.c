/* deep.c - a sample: four levels, five parameters; what is continued by blanks is no level. */
void
deep(int a, int b, void (*c)(int, int), int d, const char *format, ...)
{
	for (;;)
		if (a)
			while (b)
				c(a,
				    d);
}

void
good(int a, int b, void (*c)(int, int, int, int, int), int d)
{
	for (;;)
		if (a)
			c(a, b,
			    d, d, d);
}

void
called_by_macro_(int a, int b, int c, int d, int e)
{
}
