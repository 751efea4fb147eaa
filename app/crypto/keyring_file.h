/* keyring_file.h - the key ring's file: made once, then changed by one command at a time.
 *
 * A change is staged beside the file, synced, and put in its place by one rename, so that whoever reads
 * meanwhile has the old ring or the new one, whole. Owner, group and mode stay as they were.
 */
#ifndef CRYPTO_KEYRING_FILE_H
#define CRYPTO_KEYRING_FILE_H

#include "crypto/keyring.h"

/* Makes a file with one active key, mode 0600, by writing beside it, syncing and linking, so that it
 * is never half there. False when something of that name is there already, which is left alone. Faults
 * when it cannot be written. */
bool keyring_create(struct arena *, const char *path);

/* The same with another machine's ring, given as its text. Faults when that is none. */
bool keyring_create_from(struct arena *, const char *path, str text);

/* Keeps every other command from changing the file until this process ends, or the descriptor that comes
 * back is closed. Waits 10 s at most for another command, then faults. The lock is a file of its own,
 * PATH.lock, which stays. */
int keyring_lock(struct arena *, const char *path);

/* The file as it is now, to be changed. Faults as keyring_load() does. In the arena, keys and all. */
struct keyring_file;
struct keyring_file *keyring_file_read(struct arena *, const char *path);

/* A new random key as "reading": its number, one above the highest; 0 when 61 were ever made. */
int keyring_file_add(struct keyring_file *);

/* What struct ring_key says of the key of that number; 0 when it is absent. */
uint64_t keyring_file_check(const struct keyring_file *, int number);

/* N becomes the active one, and the one before it is reading. N must be reading. */
void keyring_file_activate(struct keyring_file *, int number);

/* N is retired. It must be reading. */
void keyring_file_retire(struct keyring_file *, int number);

/* Takes over the keys of another machine's ring that are not here: reading, or retired where they are
 * that. Returns how many; -1 when a number is another key here, which *differs then names and which
 * changes nothing. Faults when the text is no key ring. */
int keyring_file_merge(struct keyring_file *, str text, int *differs);

/* Writes what it has become to PATH.new, synced. Then either put in place or taken away again. Both
 * fault when the system refuses, and nothing has changed. */
void keyring_file_stage(struct keyring_file *);
void keyring_file_publish(struct keyring_file *);
void keyring_file_drop(struct keyring_file *);

#endif
