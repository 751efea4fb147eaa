/* mail_text.h - a mail as the text that goes over the wire (RFC 5322, 2045, 2047). */
#ifndef CORE_MAIL_TEXT_H
#define CORE_MAIL_TEXT_H

#include "core/mail.h"

/* What is in its head beside the mail's own. */
struct mail_head {
	str id;   /* letters and digits */
	str from; /* an address */
	int64_t at;
};

/* Headers and body, lines ended by CRLF, all of it ASCII: the body is base64, a subject that is not short and plain is
 * encoded words. Whatever the subject and the text hold, they are neither a header nor a line of their own. Faults
 * where an address or the id has a byte that may not stand in a header. In the arena. */
str mail_message(struct arena *, const struct mail_head *, const struct mail *);

#endif
