/* one.c - a sample: strcpy() in a comment is none. */
#include <jansson.h>
#include <mysql.h>
#include <openssl/evp.h>

static int count;
static const int fine = 1;
static char *names[] = { "strcpy(a, b)", 0 };

void
one(char *to, const char *from)
{
	strcpy(to, from); /* TODO: say how long */
	count = atoi(from);
	if (fork() == 0)
		goto end;
	rq.free(to);
	my_free(to);
	free(to);
	longjmp(back, 1);
	pthread_mutex_lock(&lock);
	system("true");
	static int calls;
}
