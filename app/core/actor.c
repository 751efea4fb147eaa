/* actor.c - who acts. */
#include "core/actor.h"

static const str texts[] = {
	[ROLE_NONE] = STR_INIT(""),
	[ROLE_MEMBER] = STR_INIT("member"),
	[ROLE_COMPLIANCE_ADMIN] = STR_INIT("compliance_admin"),
	[ROLE_ADMIN] = STR_INIT("admin"),
};

enum role
role_of(str text)
{
	for (enum role role = ROLE_MEMBER; role <= ROLE_ADMIN; role++)
		if (str_eq(text, texts[role]))
			return role;
	return ROLE_NONE;
}

str
role_text(enum role role)
{
	return texts[role];
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
