/* password.c - what is wrong with a password, in words. */
#include "site/password.h"

str
password_words(enum password_answer answer)
{
	switch (answer) {
	case PASSWORD_SHORT:
		return S("Use at least 12 characters.");
	case PASSWORD_LONG:
		return S("Use at most 200 characters.");
	case PASSWORD_COMMON:
		return S(
		    "This is among the passwords that are guessed first. Use words that do not "
		    "belong together.");
	case PASSWORD_PERSONAL:
		return S(
		    "This is made of the name or the address it belongs to. Use words that have "
		    "nothing to do with either.");
	case PASSWORD_GOOD:
		break;
	}
	return (str){ 0 };
}
