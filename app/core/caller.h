/* caller.h - what a caller says of itself, made fit to be kept and shown. */
#ifndef CORE_CALLER_H
#define CORE_CALLER_H

#include "http/request.h"

/* The program, from its User-Agent: printable ASCII, other bytes as '?', 100 characters at most, no blanks at
 * the ends. Whatever may be a secret, a token or a password in it is shown as "[...]": all that follows
 * "kds_", and each run of 48 or more letters, digits and _ + / = -. In the arena. */
str caller_program(struct arena *, str user_agent);

#endif
