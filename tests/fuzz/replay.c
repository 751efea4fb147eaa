/* replay.c - gives a fuzzer the files that are named: what once was found is tried again, without clang. */
#include "fuzz.h"

enum { INPUT_MAX = 1 << 16 };

int
main(int argc, char **argv)
{
	static uint8_t bytes[INPUT_MAX];

	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		size_t n = file ? fread(bytes, 1, sizeof bytes, file) : 0;

		if (!file || n == sizeof bytes) {
			fprintf(stderr, "%s cannot be read, or is too long\n", argv[i]);
			return 1;
		}
		fclose(file);
		fprintf(stderr, "%s\n", argv[i]); /* the last one is the one that ended it */
		LLVMFuzzerTestOneInput(bytes, n);
	}
	return argc > 1 ? 0 : 1;
}
