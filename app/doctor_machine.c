/* doctor_machine.c - what the doctor looks at on this machine: settings, key ring, templates, socket. */
#define _GNU_SOURCE
#include "doctor.h"

#include "core/origin.h"
#include "routes.h"
#include "sql.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void
ok(struct doctor *d, str says)
{
	doctor_says(d, DOCTOR_OK, says, (str){ 0 });
}

/* Malformed settings have ended the program before; so has http for others than loopback. */
void
doctor_settings(struct doctor *d)
{
	if (d->settings->https)
		ok(d, fmt(d->arena, "all read; %.*s", STR(d->settings->url)));
	else
		ok(d, fmt(d->arena, "all read; %.*s is for this machine only",
			  STR(d->settings->url)));
}

/* Who serves: the user that a program started as root becomes, else whoever asks. */
static const struct passwd *
server(struct doctor *d)
{
	return geteuid() == 0 ? getpwnam(str_c(d->arena, d->settings->user)) : getpwuid(geteuid());
}

/* Others who are in the file's group, as one text. */
static str
others_in(struct doctor *d, gid_t gid, const char *user)
{
	const struct group *group = getgrgid(gid);
	str others = { 0 };

	for (char **name = group ? group->gr_mem : NULL; name && *name; name++)
		if (strcmp(*name, user) != 0 && strcmp(*name, "root") != 0)
			others =
			    fmt(d->arena, "%.*s%s%s", STR(others), others.n ? ", " : "", *name);
	return others;
}

static void
ring_owner(struct doctor *d, const struct stat *is)
{
	const struct passwd *user = server(d);
	str others;

	if (!user) {
		doctor_says(d, DOCTOR_WRONG,
		    fmt(d->arena, "there is no user %.*s to serve", STR(d->settings->user)),
		    S("Make that user, or set KEYDESK_USER."));
		return;
	}
	others = others_in(d, is->st_gid, user->pw_name);
	if (is->st_uid != 0 && is->st_uid != user->pw_uid)
		doctor_says(d, DOCTOR_WRONG,
		    S("the file belongs neither to root nor to who serves"),
		    fmt(d->arena, "chown root:%s and chmod 0640 it.", user->pw_name));
	else if (is->st_uid == 0 && user->pw_uid != 0 &&
		 !(is->st_mode & 0040 && is->st_gid == user->pw_gid))
		doctor_says(d, DOCTOR_WRONG, S("who serves cannot read the file"),
		    fmt(d->arena, "chown root:%s and chmod 0640 it.", user->pw_name));
	else if (is->st_mode & 0040 && others.n)
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena, "the file can also be read by %.*s", STR(others)),
		    S("Take them out of the group."));
}

static void
ring_folder(struct doctor *d)
{
	str path = d->settings->keyring;
	struct stat is;

	while (path.n > 1 && path.at[path.n - 1] != '/')
		path.n--;
	if (stat(path.n > 1 ? str_c(d->arena, path) : ".", &is) == 0 && is.st_mode & 0022)
		doctor_says(d, DOCTOR_WRONG,
		    S("others can write in the folder of the file, and so replace it"),
		    S("chmod go-w that folder."));
}

void
doctor_ring(struct doctor *d)
{
	const char *path = str_c(d->arena, d->settings->keyring);
	const struct keyring *ring = keyring_load(d->arena, path);
	int keys = 0;
	struct stat is;

	d->desk->keyring = ring;
	for (int n = 1; n <= KEYRING_MAX; n++)
		keys += ring->keys[n].status != KEY_ABSENT;
	ok(d, fmt(d->arena, "%s: %d keys, %d is the active one", path, keys, ring->active));
	if (lstat(path, &is) == 0)
		ring_owner(d, &is);
	ring_folder(d);
}

void
doctor_pages(struct doctor *d)
{
	route_check(d->arena->fault, routes, routes_n);
	page_link(d->desk, pages, pages_n);
	ok(d, fmt(d->arena, "%zu routes, %zu pages", routes_n, pages_n));
}

/* Whether somebody accepts there. */
static bool
listened_to(struct doctor *d)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool there;

	memcpy(address.sun_path, d->settings->listen.at, d->settings->listen.n);
	there = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	if (fd >= 0)
		close(fd);
	return there;
}

static bool
group_right(struct doctor *d, const struct stat *is)
{
	const struct group *group;

	if (d->settings->listen_group.n == 0)
		return true;
	group = getgrnam(str_c(d->arena, d->settings->listen_group));
	return group && group->gr_gid == is->st_gid;
}

void
doctor_socket(struct doctor *d)
{
	const char *path = str_c(d->arena, d->settings->listen);
	struct stat is;

	if (lstat(path, &is) != 0) {
		doctor_says(d, DOCTOR_WARN, fmt(d->arena, "%s: %s", path, strerror(errno)),
		    S("Start the program, or look whether it was given another socket."));
		return;
	}
	if (!S_ISSOCK(is.st_mode))
		doctor_says(d, DOCTOR_WRONG, fmt(d->arena, "%s is no socket", path),
		    S("Take away what is there, and start the program."));
	else if (is.st_mode & 0007)
		doctor_says(d, DOCTOR_WRONG, fmt(d->arena, "%s is open to every user", path),
		    S("chmod o-rwx it: whoever connects can say where a request came from."));
	else if (!group_right(d, &is))
		doctor_says(d, DOCTOR_WRONG,
		    fmt(d->arena, "%s is not of the group %.*s", path,
			STR(d->settings->listen_group)),
		    S("Restart the program, or look at KEYDESK_LISTEN_GROUP."));
	else if (!listened_to(d))
		doctor_says(d, DOCTOR_WARN, fmt(d->arena, "nobody listens at %s", path),
		    S("Start the program; or ask as a user who may connect."));
	else
		ok(d, fmt(d->arena, "%s, mode %04o", path, (unsigned)is.st_mode & 0777));
}
