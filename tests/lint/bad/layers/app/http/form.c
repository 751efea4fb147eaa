/* form.c - a sample. */
#include "base/str.h"
#include "db/db.h"
#include "elsewhere/thing.h"
