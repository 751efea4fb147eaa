/* caller.c - fuzzes app/core/caller.c: what is kept of a User-Agent can be shown, and holds no secret. */
#include "fuzz.h"

#include "core/caller.c"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str copy = fuzz_copy(data, n);
	str program = caller_program(fuzz_arena(), copy);
	size_t run = 0;

	must(program.n <= USE_PROGRAM_MAX);
	must(str_eq(program, str_trim(program)));
	must(str_find(program, S("kds_")) == program.n);
	for (size_t i = 0; i < program.n; i++) {
		must(program.at[i] >= ' ' && program.at[i] <= '~');
		run = in_run(program.at[i]) ? run + 1 : 0;
		must(run <= RUN_MAX);
	}
	fuzz_free(copy);
	return 0;
}
