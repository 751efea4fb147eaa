/* signing_parts.h - how a signing key is sealed: for core/signing*.c only. */
#ifndef CORE_SIGNING_PARTS_H
#define CORE_SIGNING_PARTS_H

#include "core/signing.h"
#include "crypto/keyring.h"

/* The private key as PKCS#8 DER, sealed under that key of the ring for that id; in the arena. */
str signing_seal(struct request *, const struct ring_key *, str kid, str der);

/* And back. Faults when the ring does not open it. */
str signing_unsealed(struct request *, const struct signing_list_row *);

#endif
