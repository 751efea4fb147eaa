/* process.h - what each process gives up before it works for anybody. */
#ifndef PROCESS_H
#define PROCESS_H

#include "core/settings.h"

#include <sys/types.h>

/* 1 in a build with sanitizers, whose run-time looks into its own process and calls what it likes. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PROCESS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define PROCESS_SANITIZED 1
#endif
#endif
#ifndef PROCESS_SANITIZED
#define PROCESS_SANITIZED 0
#endif

/* No core dumps, and nobody but root may look into the process: it holds keys and passwords. */
void process_hide(void);

/* In a child just after fork(): it ends with its master (SIGTERM, so that it drains), hears only SIGTERM,
 * runs as settings->user when it was started as root, and cannot gain privileges. Faults when that user
 * does not exist or is root. confine() follows once all is open. */
void process_become(struct fault *, const struct settings *, pid_t master);

/* A descriptor that is readable when one of the signals, which must be blocked, has come. Faults. */
int process_signals(struct fault *, const int *signals, size_t n);

/* The next signal that has come to it; 0 when there is none. */
int process_signal(int fd);

#endif
