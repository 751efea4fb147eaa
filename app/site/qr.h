/* qr.h - a text as a QR code: runs of dark squares, which part_qr shows as one path; the only file that knows libqrencode. */
#ifndef SITE_QR_H
#define SITE_QR_H

#include "base/shape.h"

/* A run of dark squares to the right of x. size is the edge of the whole, with the margin of 4 that readers
 * need; says are the words for who does not see it. */
SHAPE(qr_run, int(x), int(y), int(width));
SHAPE(qr, text(says), int(size), list(runs, qr_run));

/* With error correction M, in the arena. The text has 1 to 300 bytes: more is a fault. */
struct qr qr_of(struct arena *, str text, str says);

#endif
