/* one.c - a sample. */
#include "db/db_parts.h"
#include "pages/pages.h"
#include "pages/two.h"
