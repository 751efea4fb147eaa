/* str.c - a sample: up, sideways, and a private header of another folder. */
#include "core/client.h"
#include "sql.h"
