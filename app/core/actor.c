/* actor.c - who acts. */
#include "core/actor.h"

enum role
role_of(str text)
{
	if (str_eq(text, S("admin")))
		return ROLE_ADMIN;
	if (str_eq(text, S("compliance_admin")))
		return ROLE_COMPLIANCE_ADMIN;
	if (str_eq(text, S("member")))
		return ROLE_MEMBER;
	return ROLE_NONE;
}

str
role_words(enum role role)
{
	switch (role) {
	case ROLE_ADMIN:
		return S("Admin");
	case ROLE_COMPLIANCE_ADMIN:
		return S("Compliance admin");
	case ROLE_MEMBER:
		return S("Member");
	case ROLE_NONE:
		break;
	}
	return (str){ 0 };
}
