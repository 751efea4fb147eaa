# Makefile - builds, runs and tests Keydesk. One file, no recursion, no configure step.
#
# A fresh clone needs `make run` or `make test` and nothing before; both install what they lack.
# Variables: V=1 shows the commands; SAN=address,undefined builds sanitized, in a folder of its own;
# B=FOLDER builds elsewhere; T=NAME runs only the tests whose name holds NAME; CC=clang uses clang.

VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=
AWK     ?= awk
CLANG   ?= clang
S       ?= 60
comma   := ,

# $(B) holds the program; $(U) what units and pages are tested with, always sanitized; $(G) what is
# generated. The three are apart so that none of them is built again because another one was.
B ?= build/$(if $(SAN),$(subst $(comma),-,$(SAN)),release)
U := $(if $(filter build/%,$(B)),build/address-undefined,$(B)/address-undefined)
F := $(if $(filter build/%,$(B)),build/fuzz,$(B)/fuzz)
C := $(if $(filter build/%,$(B)),build/coverage,$(B)/coverage)
G := $(if $(filter build/%,$(B)),build,$(B))

Q := $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-7s %s\n')

# ---- Flags ----------------------------------------------------------------------------------------

pkg = $(shell pkg-config $(1) $(2) 2>/dev/null)
MYSQL   := $(if $(call pkg,--exists --print-errors,libmariadb)$(call pkg,--modversion,libmariadb),libmariadb,mysqlclient)
LIBRARY := $(MYSQL) libargon2 libcrypto jansson libseccomp liboath libqrencode libcurl

WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes \
            -Wswitch-enum -Wvla -Wformat=2
CPPFLAGS += -Iapp -I$(G) $(call pkg,--cflags,$(LIBRARY))
RELEASE  := -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
LDLIBS   += -lfcgi $(or $(call pkg,--libs,$(LIBRARY)),-lmariadb -largon2 -lcrypto -ljansson -lseccomp -loath -lqrencode -lcurl) -lpthread
LINK     := -pie -Wl,-z,relro,-z,now
sanitize  = -O1 -g -fno-omit-frame-pointer -fsanitize=$(1) -fno-sanitize-recover=all

# ---- What there is --------------------------------------------------------------------------------

# The layers, lowest first. A unit test is linked with its own layer and those below it, so that a
# call upwards does not link.
LAYERS  := base db http html crypto core site pages api top
SOURCES := $(sort $(wildcard app/*.c app/*/*.c))
HEADERS := $(sort $(wildcard app/*.h app/*/*.h))
SQL     := $(sort $(wildcard app/*.sql) $(filter-out app/deploy/%,$(wildcard app/*/*.sql)))
UNITS   := $(sort $(foreach l,base db http html crypto core site,$(wildcard tests/$l/*.c)))
PAGES   := $(sort $(wildcard tests/pages/*.c))
FUZZERS := $(sort $(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))

# Who may include sql.h, and so waits for it the first time; afterwards the .d files know.
CALLERS := $(filter-out $(addprefix app/,base/% db/% http/% html/% crypto/%),$(SOURCES)) \
           $(filter-out $(addprefix tests/,base/% db/% http/% html/% crypto/%),$(UNITS) $(PAGES)) $(FUZZERS)

sources_of    = $(if $(filter top,$(1)),$(filter-out app/main.c,$(filter-out $(wildcard app/*/*.c),$(SOURCES))),$(filter app/$(1)/%,$(SOURCES)))
below_base   := base
below_db     := db base
below_http   := http base
below_html   := html base
below_crypto := crypto base
below_core   := core sql $(below_db) http html crypto
below_site   := site $(below_core)
below_all    := top pages api $(below_site)
archives      = -Wl,--start-group $(patsubst %,$(1)/lib/%.a,$(2)) -Wl,--end-group
folder_of     = $(word 2,$(subst /, ,$(1)))

build: $(B)/keydesk $(G)/compile_commands.json ## build the program (the default)

.PHONY: build
.DELETE_ON_ERROR:
.SUFFIXES:

# ---- Building -------------------------------------------------------------------------------------

# The script leaves a file alone that would not change, so the stamp says when it last ran.
$(G)/sql.stamp: app/db/sql2c.awk $(SQL) $(wildcard app/*/)
	$(say) SQL $(G)/sql.c
	$(Q)mkdir -p $(G)
	$(Q)$(AWK) -v out_h=$(G)/sql.h -v out_c=$(G)/sql.c -f app/db/sql2c.awk $(SQL) </dev/null
	$(Q)touch $@

$(G)/sql.c $(G)/sql.h: $(G)/sql.stamp
	@:

# The tests of db/ have statements of their own, which they include.
$(G)/test_sql.h: app/db/sql2c.awk $(wildcard tests/db/*.sql) Makefile
	$(say) SQL $@
	$(Q)mkdir -p $(G)
	$(Q)$(AWK) -v header=test_sql.h -v out_h=$@ -v out_c=$(G)/test_sql_table.h -f app/db/sql2c.awk tests/db/*.sql
	$(Q)touch $@

# variant(folder, compiler, flags): the rules that make objects and archives of one kind.
define variant
$(1)/app/%.o: app/%.c Makefile
	$$(say) CC $$@
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) -std=c17 $(WARN) $(3) $$(CPPFLAGS) $$(CFLAGS) -MMD -MP -c -o $$@ $$<

$(1)/tests/%.o: tests/%.c Makefile
	$$(say) CC $$@
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) -std=c17 $(WARN) $(3) $$(CPPFLAGS) -Itests $$(CFLAGS) -MMD -MP -c -o $$@ $$<

$(patsubst %.c,$(1)/%.o,$(CALLERS)): | $(G)/sql.h
$(patsubst %.c,$(1)/%.o,$(filter tests/db/%,$(UNITS))): | $(G)/test_sql.h

$(1)/sql.o: $(G)/sql.c Makefile
	$$(say) CC $$@
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) -std=c17 $(WARN) $(3) $$(CPPFLAGS) $$(CFLAGS) -MMD -MP -c -o $$@ $$<

$(1)/lib/sql.a: $(1)/sql.o
	$$(Q)mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$^

$(foreach l,$(LAYERS),$(call archive,$(1),$(l)))
endef

define archive
$(1)/lib/$(2).a: $(patsubst %.c,$(1)/%.o,$(call sources_of,$(2))) $(if $(filter top,$(2)),app,app/$(2))
	$$(Q)mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$(filter %.o,$$^)

endef

# What a machine says of itself.
%/app/core/machine.o: CPPFLAGS += -DKEYDESK_VERSION='"$(VERSION)"'

$(eval $(call variant,$(B),$$(CC),$(if $(SAN),$(call sanitize,$(SAN)),$(RELEASE))))
ifneq ($(U),$(B))
$(eval $(call variant,$(U),$$(CC),$(call sanitize,address$(comma)undefined)))
endif
$(eval $(call variant,$(F),$$(CLANG),$(call sanitize,fuzzer-no-link$(comma)address$(comma)undefined)))
$(eval $(call variant,$(C),$$(CC),-O0 -g --coverage))

$(B)/keydesk: $(B)/app/main.o $(patsubst %,$(B)/lib/%.a,$(below_all))
	$(say) LINK $@
	$(Q)$(CC) $(if $(SAN),-fsanitize=$(SAN)) $(CFLAGS) $(LINK) $(LDFLAGS) -o $@ $< $(call archives,$(B),$(below_all)) $(LDLIBS)

$(G)/compile_commands.json: Makefile app tests $(wildcard app/*/ tests/*/)
	$(Q)mkdir -p $(@D)
	$(Q)for f in $(SOURCES) $(UNITS) $(PAGES); do printf '%s\n' "$$f"; done | \
	    $(AWK) -v dir="$(CURDIR)" -v flags="$(CC) -std=c17 $(WARN) $(CPPFLAGS) -Itests" \
	    'BEGIN { print "[" } { printf "%s{\"directory\": \"%s\", \"file\": \"%s\", \"command\": \"%s -c %s\"}", sep, dir, $$0, flags, $$0; sep = ",\n" } END { print "\n]" }' >$@

# ---- Unit tests -----------------------------------------------------------------------------------

# unit(folder, source, flags)
define unit
$(1)/unit/$(patsubst tests/%.c,%,$(2)): $(patsubst %.c,$(1)/%.o,$(2)) $(patsubst %,$(1)/lib/%.a,$(below_$(call folder_of,$(2))))
	$$(say) LINK $$@
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $(3) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $(call archives,$(1),$(below_$(call folder_of,$(2)))) -lcmocka $$(LDLIBS)

endef
$(foreach u,$(UNITS),$(eval $(call unit,$(U),$(u),-fsanitize=address$$(comma)undefined)))
$(foreach u,$(UNITS),$(eval $(call unit,$(C),$(u),--coverage)))

chosen      = $(if $(T),$(foreach u,$(1),$(if $(findstring $(T),$(u)),$(u))),$(1))
UNIT_NAMES := $(call chosen,$(patsubst tests/%.c,%,$(UNITS)))

# Only these ask the database.
asking = $(if $(filter db/% core/% site/%,$(1)),tests/with_database.sh)

units: $(patsubst %,$(U)/unit/%,$(UNIT_NAMES)) ## unit tests, sanitized
	$(Q)$(call asking,$(UNIT_NAMES)) tests/units.sh units $^

valgrind: $(patsubst %,$(C)/unit/%,$(UNIT_NAMES)) ## unit tests under valgrind
	$(Q)RUN='valgrind -q --error-exitcode=9' $(call asking,$(UNIT_NAMES)) tests/units.sh valgrind $^

# Those that have threads of their own, in a build with SAN=thread: tests/tsan.sh makes and runs them.
ifeq ($(SAN),thread)
THREADED := $(shell grep -lE 'pthread_create|hands_together' $(UNITS))
$(foreach u,$(THREADED),$(eval $(call unit,$(B),$(u),-fsanitize=thread)))

threaded: $(B)/keydesk $(patsubst tests/%.c,$(B)/unit/%,$(THREADED))
	@:

.PHONY: threaded
endif

tsan: ## what has threads, and a load on the whole program, under ThreadSanitizer; LOAD=5000
	$(Q)tests/tsan.sh

.PHONY: units valgrind tsan

# ---- Page tests -----------------------------------------------------------------------------------

define pages_rule
$(1)/pages: $(patsubst %.c,$(1)/%.o,$(PAGES)) $(patsubst %,$(1)/lib/%.a,$(below_all))
	$$(say) LINK $$@
	$$(Q)$$(CC) $(2) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $(call archives,$(1),$(below_all)) $$(LDLIBS)

endef
$(eval $(call pages_rule,$(U),-fsanitize=address$(comma)undefined))
$(eval $(call pages_rule,$(C),--coverage))

pages: $(if $(PAGES),$(U)/pages) ## what visitors and programs see; T=credential_new only that
	$(Q)$(if $(PAGES),tests/with_database.sh $(U)/pages $(T),echo 'pages: 0 passed, 0 failed in 0 s')

.PHONY: pages

# ---- Lint -----------------------------------------------------------------------------------------

# What a compiler or clang-tidy says about one file is asked again when the file, a header it includes or
# the rules have changed. Clang's own warnings come through clang-tidy, which has read the file anyway. The
# stamp's own dependencies are written by gcc beside it. TIDY=--config-file=.clang-tidy asks of the tests all
# that is asked of the program, and lets the analyzer look as far into each function as it will: that takes
# six times as long, most of it in a few functions with very many paths.
L := $(if $(filter build/%,$(B)),build/lint,$(B)/lint)$(if $(TIDY),-all)
SOON := -Xclang -analyzer-config -Xclang max-nodes=20000
LINTED := $(patsubst %.c,$(L)/%.ok,$(SOURCES) $(UNITS) $(PAGES) $(FUZZERS) tests/fuzz/replay.c)

$(L)/%.ok: %.c Makefile .clang-tidy tests/.clang-tidy .clang-format | $(G)/sql.h $(G)/test_sql.h
	$(Q)mkdir -p $(@D)
	$(Q)clang-format --dry-run -Werror $<
	$(Q)gcc -std=c17 $(WARN) -Werror -O2 $(CPPFLAGS) -Itests -c -o /dev/null -MMD -MP -MF $(@:.ok=.d) -MT $@ $<
	$(Q)clang-tidy --quiet $(TIDY) $< -- -std=c17 $(WARN) $(CPPFLAGS) -Itests $(if $(TIDY),,$(SOON)) 2>/dev/null
	$(Q)touch $@

lint-files: $(LINTED)

lint: ## what no compiler checks, what compilers and clang-tidy check, and that each rule catches
	$(Q)B='$(B)' V='$(V)' tests/lint/lint.sh

.PHONY: lint lint-files

check: ## lint, units, promises and pages: before every commit; T=credential_new only these tests
	$(Q)B='$(B)' T='$(T)' V='$(V)' tests/check.sh lint units promises pages

test: ## everything that a fresh machine can show: check, processes, browsers; installs what is missing
	$(Q)B='$(B)' V='$(V)' tests/check.sh packages units +lint corpus promises pages process cluster nginx apache

promises: $(B)/keydesk ## the mistakes that must not reach a visitor, each made on purpose
	$(Q)CC='$(CC)' tests/with_database.sh tests/promises/promises.sh $(B)/keydesk

# The real processes around a serve() that does what its address says: sanitized, and as it is run, for a
# sanitized process forbids itself nothing.
$(U)/process: $(U)/tests/process/serve_stub.o $(patsubst %,$(U)/lib/%.a,$(below_all))
	$(say) LINK $@
	$(Q)$(CC) -fsanitize=address,undefined $(CFLAGS) $(LDFLAGS) -o $@ $< $(call archives,$(U),$(below_all)) $(LDLIBS)

$(B)/process: $(B)/tests/process/serve_stub.o $(patsubst %,$(B)/lib/%.a,$(below_all))
	$(say) LINK $@
	$(Q)$(CC) $(if $(SAN),-fsanitize=$(SAN)) $(CFLAGS) $(LINK) $(LDFLAGS) -o $@ $< $(call archives,$(B),$(below_all)) $(LDLIBS)

process: $(B)/keydesk $(U)/process $(B)/process ## reload, drain, crash of a worker, loss of the database
	$(Q)KEYDESK_TEST_STUB=$(abspath $(U)/process) KEYDESK_TEST_CONFINED=$(abspath $(B)/process) AT_ONCE=3 tests/with_database.sh tests/node.sh process tests/process $(T)

cluster: $(B)/keydesk ## three database nodes: limits, confirmation, one that dies or freezes
	$(Q)tests/node.sh cluster tests/cluster $(T)

nginx: $(B)/keydesk ## a real browser and real programs, behind nginx
	$(Q)WEB=nginx AT_ONCE=2 tests/with_data.sh tests/node.sh nginx tests/web $(T)

apache: $(B)/keydesk ## the same behind Apache
	$(Q)WEB=apache AT_ONCE=2 tests/with_data.sh tests/node.sh apache tests/web $(T)

.PHONY: check test promises process cluster nginx apache

# ---- Running --------------------------------------------------------------------------------------

run: ## everything on: database, program, web server; WEB=apache DEMO=1 KEYDESK_PORT=8081
	$(Q)B='$(B)' SAN='$(SAN)' WEB='$(WEB)' DEMO='$(DEMO)' app/deploy/run.sh

db: ## a fresh test database that stays until Ctrl-C; it prints what to give the tests
	$(Q)tests/with_database.sh tests/hold_database.sh

routes: $(B)/keydesk ## the map: every address, who may ask, what it does
	$(Q)$(B)/keydesk routes

# The settings are those of `make run`, which must have been started once.
ask: $(B)/keydesk ## one request, printed: A='GET /credentials' AS=ann@example.test; DEBUG=1 in gdb
	$(Q)KEYDESK_SETTINGS="$${KEYDESK_STATE:-var}/settings" $(if $(DEBUG),gdb -q --args) $(B)/keydesk ask '$(A)' $(if $(AS),--as '$(AS)')

# The programs that are measured beside this one.
$(B)/bench/%: $(B)/tests/bench/%.o $(patsubst %,$(B)/lib/%.a,$(below_all))
	$(say) LINK $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(if $(SAN),-fsanitize=$(SAN)) $(CFLAGS) $(LINK) $(LDFLAGS) -o $@ $< $(call archives,$(B),$(below_all)) $(LDLIBS)

# S is the number of rounds, in each of which every row is measured for a second.
bench: S = 8
bench: $(B)/keydesk $(B)/bench/bare $(B)/bench/argon2 $(B)/bench/secrets $(B)/bench/mustache ## side by side with the least that is possible; S=3 shortens, N=1000000 lengthens the list of credentials
	$(Q)B='$(B)' S='$(S)' N='$(N)' SCALE='$(SCALE)' BENCH_RIVALS='$(BENCH_RIVALS)' tests/bench/bench.sh

soak: $(B)/keydesk ## what takes too long for test: races in full, a million requests, TSan, mutants, valgrind, fuzzers; S=60
	$(Q)B='$(B)' S='$(S)' tests/soak.sh

.PHONY: run db routes ask bench soak

# ---- Fuzzing and coverage -------------------------------------------------------------------------

# A fuzzer includes the .c file it is about; what that one needs comes from the archives.
$(F)/run/%: $(F)/tests/fuzz/%.o $(patsubst %,$(F)/lib/%.a,$(below_all))
	$(say) LINK $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) -fsanitize=fuzzer,address,undefined -o $@ $< $(call archives,$(F),$(below_all)) $(LDLIBS)

FUZZ_NAMES := $(call chosen,$(patsubst tests/fuzz/%.c,%,$(FUZZERS)))

# It goes on from the inputs that are kept, and adds what it finds in a folder of its own.
fuzz: $(patsubst %,$(F)/run/%,$(FUZZ_NAMES)) ## each fuzzer for S=60 seconds
	$(Q)for f in $(FUZZ_NAMES); do mkdir -p $(F)/corpus/$$f; \
	    $(F)/run/$$f -max_total_time=$(S) -timeout=5 -print_final_stats=1 -artifact_prefix=$(F)/$$f- \
	    $(F)/corpus/$$f tests/fuzz/corpus/$$f </dev/null || exit; done; \
	    echo 'fuzz: $(words $(FUZZ_NAMES)) passed, 0 failed'

# The kept inputs once more, without clang: each fuzzer with a main() that reads files.
$(U)/replay/%: $(U)/tests/fuzz/%.o $(U)/tests/fuzz/replay.o $(patsubst %,$(U)/lib/%.a,$(below_all))
	$(say) LINK $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -fsanitize=address,undefined $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(call archives,$(U),$(below_all)) $(LDLIBS)

.SECONDARY: $(U)/tests/fuzz/replay.o

corpus: $(patsubst %,$(U)/replay/%,$(FUZZ_NAMES)) ## what fuzzers have found so far, once more
	$(Q)tests/fuzz/corpus.sh $^

coverage: $(patsubst %,$(C)/unit/%,$(UNIT_NAMES)) $(if $(PAGES),$(C)/pages) ## html in build/coverage/html
	$(Q)find $(C) -name '*.gcda' -delete
	$(Q)$(call asking,$(UNIT_NAMES)) tests/units.sh units $(filter $(C)/unit/%,$^)
	$(Q)$(if $(PAGES),tests/with_database.sh $(C)/pages)
	$(Q)command -v gcovr >/dev/null || { echo 'coverage: gcovr is missing; apt-get install gcovr' >&2; exit 1; }
	$(Q)mkdir -p $(C)/html && gcovr -r . --object-directory $(C) -f app/ --html-details $(C)/html/index.html --txt

.PHONY: fuzz corpus coverage

# ---- Habits ---------------------------------------------------------------------------------------

format: ## clang-format, in place
	$(Q)clang-format -i $(SOURCES) $(HEADERS) $(UNITS) $(PAGES) $(FUZZERS) $(wildcard tests/*.h)

hooks: ## once: check format, lint and message of each commit
	$(Q)git config core.hooksPath tests/hooks

# What `make run` does for a checkout, done for a machine: app/README.md says how to go on from here.
SHARE := $(PREFIX)/share/keydesk
UNIT_FOLDER := $(PREFIX)/lib/systemd/system

install: $(B)/keydesk ## into DESTDIR and PREFIX, with a systemd unit
	$(Q)install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(SHARE) $(DESTDIR)$(UNIT_FOLDER)
	$(Q)install -m 0755 $(B)/keydesk $(DESTDIR)$(PREFIX)/bin/keydesk
	$(Q)for d in templates static schema; do rm -rf $(DESTDIR)$(SHARE)/$$d && cp -r $$d $(DESTDIR)$(SHARE)/; done
	$(Q)chmod -R u=rwX,go=rX $(DESTDIR)$(SHARE)
	$(Q)install -d $(DESTDIR)$(SHARE)/deploy
	$(Q)install -m 0644 app/deploy/*.conf app/deploy/keydesk.lua app/deploy/grants.sql $(DESTDIR)$(SHARE)/deploy/
	$(Q)for f in keydesk.service settings.example; do sed 's|@BIN@|$(PREFIX)/bin|g; s|@SHARE@|$(SHARE)|g' app/deploy/$$f >$(DESTDIR)$(SHARE)/deploy/$$f; done
	$(Q)install -m 0644 $(DESTDIR)$(SHARE)/deploy/keydesk.service $(DESTDIR)$(UNIT_FOLDER)/

uninstall: ## what install has put there; settings and data stay
	$(Q)rm -rf $(DESTDIR)$(SHARE) $(DESTDIR)$(PREFIX)/bin/keydesk $(DESTDIR)$(UNIT_FOLDER)/keydesk.service

dist: ## build/keydesk-VERSION.tar.gz of what is committed
	$(Q)mkdir -p build && git archive --prefix=keydesk-$(VERSION)/ HEAD | gzip -9n >build/keydesk-$(VERSION).tar.gz

clean: ## remove everything that was built; var/ stays
	$(Q)rm -rf build

help: ## this text
	@$(AWK) -F ':.*## ' '/^[a-z][a-z_-]*:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: format hooks install uninstall dist clean help

-include $(wildcard $(foreach d,$(B) $(U) $(F) $(C),$(d)/*.d $(d)/app/*.d $(d)/app/*/*.d $(d)/tests/*/*.d) $(L)/*/*.d $(L)/*/*/*.d)
