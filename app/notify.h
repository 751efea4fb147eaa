/* notify.h - tells systemd how we are, as sd_notify(3) does it. */
#ifndef NOTIFY_H
#define NOTIFY_H

/* Sends the state ("READY=1") to the socket that NOTIFY_SOCKET names, if there is one. */
void notify(const char *state);

#endif
