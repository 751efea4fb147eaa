/* listener.h - the socket on which the web server speaks FastCGI.
 *
 * Its mode is the boundary: whoever may connect may say who the caller is. So only a Unix socket is
 * taken, and its name never stands in the file system with another mode, nor is it ever absent.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include "core/settings.h"

#include <sys/types.h>

struct listener {
	int fd;    /* non-blocking, closed on exec */
	bool own;  /* bound here, and so removed at the end */
	dev_t dev; /* of the name, when it is our own */
	ino_t ino;
};

/* The socket that was inherited as descriptor 0 (spawn-fcgi) or from systemd (LISTEN_FDS), or else a new
 * one at settings->listen: mode 0660, of group settings->listen_group. Faults when none can be had, when
 * somebody answers there already, or when what stands there is no socket. */
struct listener listener_open(struct arena *, const struct settings *);

/* Removes our own name, unless another program has put its own there. */
void listener_remove(const struct listener *, struct arena *, const struct settings *);

#endif
