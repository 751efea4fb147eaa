/* notice.c - mails by which a person learns what was done to their sign-in. */
#include "core/notice.h"

struct words {
	const char *subject, *done, *otherwise;
};

static const char ask_admin[] =
    "If this was not you, ask an admin of your organization for help at once.";

static const struct words words[] = {
	[NOTICE_PASSWORD] = { "Your password was changed",
	    "The password of your Keydesk sign-in was changed. Your other sessions have ended.",
	    ask_admin },
	[NOTICE_PASSWORD_SET] = { "A new password was set for you",
	    "Who runs this Keydesk has set a new password for your sign-in. Your sessions have "
	    "ended.",
	    "If you did not ask for it, ask them why." },
	[NOTICE_FACTOR_ON] = { "Your second factor is on",
	    "Your Keydesk sign-in asks for a code of your authenticator app from now on.",
	    ask_admin },
	[NOTICE_FACTOR_OFF] = { "Your second factor is off",
	    "Your Keydesk sign-in no longer asks for a code of an authenticator app.", ask_admin },
	[NOTICE_FACTOR_RESET] = { "Your second factor was reset",
	    "Who runs this Keydesk has reset the second factor of your sign-in. Your sessions have "
	    "ended.",
	    "If you did not ask for it, ask them why." },
	[NOTICE_FACTOR_RECOVERY] = { "A recovery code was used",
	    "One of the recovery codes of your Keydesk sign-in was used in place of a code of your "
	    "app.",
	    ask_admin },
	[NOTICE_CODES_SPENT] = { "Too many wrong codes",
	    "A hundred codes in a row were wrong at your Keydesk sign-in, after the right "
	    "password. Browsers that you have not signed in with before take only your recovery "
	    "codes now, until one of these, or a code in another browser, was right.",
	    "If this was not you, somebody has your password: change it at once." },
};

void
notice_mail(struct request *rq, enum notice notice, str email)
{
	const struct words *w = &words[notice];
	str url = rq->desk->settings->url;

	if (!mail_possible(rq->desk->settings))
		return;
	mail_queue(
	    rq, &(struct mail){ .to = email,
		    .subject = str_of(w->subject),
		    .text = fmt(rq->arena, "%s\n\n%s\n\nWhen: %.*s\n%.*s/profile\n", w->done,
			w->otherwise, STR(clock_for_people(rq->arena, rq->now)), STR(url)) });
}
