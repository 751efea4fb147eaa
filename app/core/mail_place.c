/* mail_place.c - where mail is handed over, and who it is from. */
#include "core/mail_place.h"

#include "core/origin.h"
#include "http/form.h"

static const char *
url_read(struct mail_place *place)
{
	struct authority authority;

	place->tls = str_starts(place->url, S("smtps://"));
	if (!place->tls && !str_starts(place->url, S("smtp://")))
		return "must begin with smtp:// or smtps://";
	if (!authority_read(str_part(place->url, place->tls ? 8 : 7, place->url.n), &authority))
		return "must be scheme://host or scheme://host:port in lower case, nothing more";
	place->host = authority.host;
	place->port = authority.port;
	if (!place->port.n)
		place->port = place->tls ? S("465") : S("25");
	place->must_tls = !authority.loopback || place->authorities.n;
	return NULL;
}

const char *
mail_place_read(struct mail_place *place, const char **setting)
{
	const char *why;

	*setting = "KEYDESK_SMTP_URL";
	if (!place->url.n)
		return place->user.n || place->password.n || place->authorities.n || place->from.n
		           ? "must be set, as other settings of mail are"
		           : NULL;
	why = url_read(place);
	if (why)
		return why;
	*setting = "KEYDESK_SMTP_USER";
	if (place->user.n && !place->password.n)
		return "needs KEYDESK_SMTP_PASSWORD_FILE as well";
	if (!place->user.n && place->password.n)
		return "must be set, as KEYDESK_SMTP_PASSWORD_FILE is";
	*setting = "KEYDESK_MAIL_FROM";
	return is_email(place->from) ? NULL
	                             : "must be an e-mail address, as KEYDESK_SMTP_URL is set";
}
