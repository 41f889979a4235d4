# hrvault: `make` builds build/hrvault; `make demo` shows it; `make test`
# proves it. The last two install what they need first and say so.
#
# B=DIR     build folder (default build)
# CC=clang  the other compiler
# SAN=1     address and undefined-behaviour sanitizers, into build-san
# V=1       show the commands

.DEFAULT_GOAL := all
ifdef SAN
B ?= build-san
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
else
B ?= build
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
	$(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
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
TOOL_BIN := $(TOOL_SRC:tests/tools/%.c=$(B)/tools/%)

.PHONY: all unit-bins tools demo test check lint clean install uninstall \
	check-unit check-cli check-san check-valgrind check-clang deps
.SECONDARY:

all: $(B)/hrvault
unit-bins: $(UNIT_BIN)
tools: $(TOOL_BIN)

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

check-unit: unit-bins
	prove -j2 --exec '' $(UNIT_BIN)
check-cli: all tools
	prove -j2 $(wildcard tests/cli/*.t)
lint:
	@packaging/install-deps test
	@tests/lint/run.sh

clean:
	rm -rf build build-*
