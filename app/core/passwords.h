/* passwords.h - whether a password is one that people may choose.
 *
 * After NIST SP 800-63B section 5.1.1.2: a least length, no rules about which characters, and a refusal
 * of what is guessed first: common passwords, repetitions, sequences, and what is known of the person.
 */
#ifndef CORE_PASSWORDS_H
#define CORE_PASSWORDS_H

#include "base/str.h"

/* Characters (code points), not bytes. */
enum { PASSWORD_MIN_CHARS = 12, PASSWORD_MAX_CHARS = 200 };

enum password_answer {
	PASSWORD_SHORT,
	PASSWORD_LONG,
	PASSWORD_COMMON, /* made of little but common words, sequences, years, repetitions */
	PASSWORD_PERSONAL, /* made of little but the person's name or e-mail address, or holds one whole */
	PASSWORD_GOOD,
};

/* The first of these that holds. A password is taken apart into the fewest pieces: a common word (capital
 * letters and 0 for o, @ for a and the like make no difference) weighs as much as two characters; a run
 * along the keyboard or the alphabet, a year, and a repetition of what stands before it as much as one; a
 * digit half. Under the weight of 8 characters it is common. A name or the part of the address before
 * the @ counts as common words; one of 5 letters or more may not stand in the password at all, in either
 * direction. email and name may be empty. The work is bounded: 2 ms for a usual password, 12 for the
 * longest. */
enum password_answer password_check(str password, str email, str name);

#endif
