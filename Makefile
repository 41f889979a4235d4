# hrvault: `make` builds build/hrvault; `make demo` shows it; `make test`
# proves it. The last two install what they need first and say so.
#
# B=DIR     build folder (default build)
# CC=clang  the other compiler
# SAN=1     address and undefined-behaviour sanitizers, into build-san
# FUZZ=1    the same for libFuzzer, with clang, into build-fuzz
# V=1       show the commands

.DEFAULT_GOAL := all
ifdef SAN
B ?= build-san
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
else ifdef FUZZ
B ?= build-fuzz
CC := clang
SANFLAGS := -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
else
B ?= build
endif
ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
Q := $(if $(V),,@)

PKGS := sqlcipher gpgme libgcrypt libconfig jansson libutf8proc libarchive \
	libmagic
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS = $(shell pkg-config --libs $(PKGS))

OPT ?= -O2 -g
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wvla -Wformat=2 -Wpointer-arith -Wcast-qual -Wwrite-strings \
	-Wundef -Wswitch-enum -Werror
HARDEN := -fstack-protector-strong -fPIE \
	$(if $(SANFLAGS),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
CPPFLAGS += -I. -Iinclude -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DSQLITE_HAS_CODEC
ALL_CFLAGS = -std=c11 $(OPT) $(WARN) $(HARDEN) $(SANFLAGS) $(PKG_CFLAGS) \
	$(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now $(SANFLAGS) $(LDFLAGS)

LIB_SRC := $(wildcard vault/*.c vault/*/*.c policy/*.c)
CLI_SRC := $(wildcard cli/*.c)
SCHEMA := $(wildcard vault/store/schema/*.sql)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
TOOL_SRC := $(wildcard tests/tools/*.c)

LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o) $(SCHEMA:%.sql=$(B)/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(B)/%.o)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/tests/%)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(B)/fuzz/%)
TOOL_BIN := $(TOOL_SRC:tests/tools/%.c=$(B)/tools/%)

.PHONY: test-web all unit-bins tools fuzz-bins deps demo test lint fuzz bench metrics man \
	clean install uninstall check-unit check-cli check-san check-valgrind \
	check-clang test-crash test-custody
.SECONDARY:

all: $(B)/hrvault
unit-bins: $(UNIT_BIN)
tools: $(TOOL_BIN)
fuzz-bins: $(FUZZ_BIN)

# The flags are part of what an object is made from: SAN, CC and OPT changes
# rebuild instead of mixing.
$(B)/flags: FORCE
	@mkdir -p $(B)
	@echo '$(CC) $(OPT) $(WARN) $(SANFLAGS) $(CFLAGS)' | \
		cmp -s - $@ || echo '$(CC) $(OPT) $(WARN) $(SANFLAGS) $(CFLAGS)' > $@
FORCE:

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC $<")
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# A schema file becomes one C string named after it: schema_001, ...
$(B)/vault/store/schema/%.c: vault/store/schema/%.sql
	@mkdir -p $(@D)
	$(Q){ echo '#include "vault/store/schema.h"'; \
	  echo 'const char schema_$*[] ='; \
	  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^.*$$/"&\\n"/' $<; \
	  echo ';'; } > $@
$(B)/vault/store/schema/%.o: $(B)/vault/store/schema/%.c $(B)/flags
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -Wno-overlength-strings -c -o $@ $<

$(B)/libhrvault.a: $(LIB_OBJ)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(B)/hrvault: $(CLI_OBJ) $(B)/libhrvault.a
	$(if $(V),,@echo "  LD $@")
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread

$(B)/tests/%: tests/unit/%.c $(B)/libhrvault.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LD $@")
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -MMD -MP -o $@ $< \
		$(B)/libhrvault.a $(PKG_LIBS) -lcmocka -lpthread

$(B)/tools/%: tests/tools/%.c $(B)/libhrvault.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -MMD -MP -o $@ $< \
		$(B)/libhrvault.a $(PKG_LIBS) -lpthread

$(B)/fuzz/%: tests/fuzz/%.c $(B)/libhrvault.a
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LD $@")
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer \
		-MMD -MP -o $@ $< $(B)/libhrvault.a $(PKG_LIBS) -lpthread

-include $(FUZZ_BIN:%=%.d)
-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(UNIT_BIN:%=%.d) $(TOOL_BIN:%=%.d)

deps:
	@packaging/install-deps build

# Recursive, because the packages that the inner make needs (pkg-config
# among them) may be missing until the first line has run.
demo:
	@packaging/install-deps demo
	@$(MAKE) --no-print-directory all
	@tests/demo.sh
test:
	@packaging/install-deps test
	@tests/run.sh

lint:
	@packaging/install-deps test
	@HRV_TIDY=1 tests/run.sh lint
fuzz:
	@packaging/install-deps test
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) tests/run.sh fuzz

# One stage of `make test` each; what they build first is in tests/run.sh.
check-unit:
	@tests/run.sh unit
check-cli:
	@tests/run.sh cli
check-san:
	@tests/run.sh san
check-valgrind:
	@HRV_FULL=1 tests/run.sh valgrind
check-clang:
	@tests/run.sh clang

# A package for a person, made, opened, and looked at in a browser.
test-web:
	@packaging/install-deps web
	@$(MAKE) --no-print-directory all
	@HRV_B=$(B) tests/web/run.sh
	@HRV_B=$(B) SCAN_MIB=$(or $(SCAN_MIB),200) \
		tests/cli/t4730-a-big-scan-needs-little-memory.t

metrics:
	@tests/lint/metrics.sh

# What each role can do with its own keys alone, into docs/custody-matrix.md.
test-custody: $(B)/tests/test_custody_matrix
	@HRV_WRITE=1 $<
	@cat docs/custody-matrix.md

# SIGKILL at every system call that changes something, of every changing verb;
# POINTS=N for a sample, NAMES=EXPRESSION for some of the commands.
test-crash: all tools
	@HRV_B=$(B) tests/crash/run.sh $(or $(POINTS),0) '$(NAMES)'

# Ratios to raw SQLCipher; BENCH=full adds a million records.
bench: $(B)/hrvault $(B)/tools/mass
	@HRV_B=$(B) tests/bench/run.sh

# Policy data is found beside the program (build/../policy) or in DATADIR.
DATADIR := $(PREFIX)/share/hrvault
MAN_SRC := $(wildcard docs/man/*.scd)
MAN := $(MAN_SRC:docs/man/%.scd=$(B)/man/%)

man: $(MAN)
$(B)/man/%: docs/man/%.scd
	@mkdir -p $(@D)
	$(Q)scdoc < $< > $@ || { rm -f $@; exit 1; }

install: all man
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(B)/hrvault $(DESTDIR)$(PREFIX)/bin/hrvault
	@set -e; for f in policy/*/*.cfg policy/templates/*.html \
		policy/templates/*/*; do \
		echo "install $(DESTDIR)$(DATADIR)/$$f"; \
		install -D -m 644 $$f "$(DESTDIR)$(DATADIR)/$$f"; \
	done
	@set -e; for f in $(notdir $(MAN)); do \
		d="$(DESTDIR)$(PREFIX)/share/man/man$${f##*.}"; \
		echo "install $$d/$$f"; \
		install -D -m 644 "$(B)/man/$$f" "$$d/$$f"; \
	done
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/hrvault
	rm -rf $(DESTDIR)$(DATADIR)
	@for f in $(notdir $(MAN)); do \
		rm -f "$(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$$f"; \
	done

clean:
	rm -rf build build-*
