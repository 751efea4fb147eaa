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
LIBRARY := $(MYSQL) libargon2 libcrypto jansson zlib

WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes \
            -Wswitch-enum -Wvla -Wformat=2
CPPFLAGS += -Iapp -I$(G) $(call pkg,--cflags,$(LIBRARY))
RELEASE  := -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
LDLIBS   += -lfcgi $(or $(call pkg,--libs,$(LIBRARY)),-lmariadb -largon2 -lcrypto -ljansson -lz) -lpthread
LINK     := -pie -Wl,-z,relro,-z,now
sanitize  = -O1 -g -fno-omit-frame-pointer -fsanitize=$(1) -fno-sanitize-recover=all

# ---- What there is --------------------------------------------------------------------------------

# The layers, lowest first. A unit test is linked with its own layer and those below it, so that a
# call upwards does not link.
LAYERS  := base db http html crypto core site pages api top
SOURCES := $(sort $(wildcard app/*.c app/*/*.c))
HEADERS := $(sort $(wildcard app/*.h app/*/*.h))
SQL     := $(sort $(wildcard app/*/*.sql))
UNITS   := $(sort $(foreach l,base db http html crypto core site,$(wildcard tests/$l/*.c)))
PAGES   := $(sort $(wildcard tests/pages/*.c))
FUZZERS := $(sort $(wildcard tests/fuzz/*.c))

# Who may include sql.h, and so waits for it the first time; afterwards the .d files know.
CALLERS := $(filter-out $(addprefix app/,base/% db/% http/% html/% crypto/%),$(SOURCES)) \
           $(filter-out $(addprefix tests/,base/% db/% http/% html/% crypto/%),$(UNITS) $(PAGES))

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

$(G)/sql.c $(G)/sql.h &: app/db/sql2c.awk $(SQL)
	$(say) SQL $(G)/sql.c
	$(Q)mkdir -p $(G)
	$(Q)$(AWK) -v out_h=$(G)/sql.h.new -v out_c=$(G)/sql.c.new -f app/db/sql2c.awk $(SQL) </dev/null
	$(Q)cmp -s $(G)/sql.h.new $(G)/sql.h || mv $(G)/sql.h.new $(G)/sql.h
	$(Q)rm -f $(G)/sql.h.new
	$(Q)mv $(G)/sql.c.new $(G)/sql.c

# variant(folder, compiler, flags): the rules that make objects and archives of one kind.
define variant
$(1)/app/%.o: app/%.c Makefile
	$$(say) CC $$@
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) -std=c17 $(WARN) $(3) $$(CPPFLAGS) $$(CFLAGS) -MMD -MP -c -o $$@ $$<

$(1)/tests/%.o: tests/%.c Makefile
	$$(say) CC $$@
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) -std=c17 $(WARN) $(3) -Itests $$(CPPFLAGS) $$(CFLAGS) -MMD -MP -c -o $$@ $$<

$(patsubst %.c,$(1)/%.o,$(CALLERS)): | $(G)/sql.h

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
	    $(AWK) -v dir="$(CURDIR)" -v flags="$(CC) -std=c17 $(WARN) -Itests $(CPPFLAGS)" \
	    'BEGIN { print "[" } { printf "%s{\"directory\": \"%s\", \"file\": \"%s\", \"command\": \"%s -c %s\"}", sep, dir, $$0, flags, $$0; sep = ",\n" } END { print "\n]" }' >$@

# ---- Unit tests -----------------------------------------------------------------------------------

# unit(folder, source, flags)
define unit
$(1)/unit/$(patsubst tests/%.c,%,$(2)): $(patsubst %.c,$(1)/%.o,$(2)) $(patsubst %,$(1)/lib/%.a,$(below_$(call folder_of,$(2))))
	$$(say) LINK $$@
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $(3) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $(call archives,$(1),$(below_$(call folder_of,$(2)))) -lcmocka $$(LDLIBS)

endef
$(foreach u,$(UNITS),$(eval $(call unit,$(U),$(u),-fsanitize=address$(comma)undefined)))
$(foreach u,$(UNITS),$(eval $(call unit,$(C),$(u),--coverage)))

chosen      = $(if $(T),$(foreach u,$(1),$(if $(findstring $(T),$(u)),$(u))),$(1))
UNIT_NAMES := $(call chosen,$(patsubst tests/%.c,%,$(UNITS)))

units: $(patsubst %,$(U)/unit/%,$(UNIT_NAMES)) ## unit tests, sanitized; T=str runs only those
	$(Q)for u in $^; do $$u || exit; done

.PHONY: units

run: ## everything on: database, program, web server; WEB=apache, DEMO=1, KEYDESK_PORT=8081
	$(Q)B='$(B)' SAN='$(SAN)' WEB='$(WEB)' DEMO='$(DEMO)' app/deploy/run.sh

.PHONY: run

help: ## this text
	@$(AWK) -F ':.*## ' '/^[a-z][a-z_-]*:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

clean: ## remove everything that was built
	$(Q)rm -rf build

.PHONY: help clean

-include $(wildcard $(foreach d,$(B) $(U) $(F) $(C),$(d)/*.d $(d)/app/*.d $(d)/app/*/*.d $(d)/tests/*/*.d))
