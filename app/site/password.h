/* password.h - what is wrong with a password, in words. */
#ifndef SITE_PASSWORD_H
#define SITE_PASSWORD_H

#include "core/passwords.h"

/* The sentence for a form or a command; empty for a good one. */
str password_words(enum password_answer);

#endif
