# viva: one Makefile for everything (GNU make); `make help` lists the targets.
# Objects, programs and generated files go to build/<variant>/, nothing is written elsewhere.

VERSION = 0.1.0
PREFIX ?= /usr/local
BUILD ?= build
PYTHON ?= /usr/bin/python3
PKG_CONFIG ?= pkg-config
CLANG ?= clang
CLANG_FORMAT ?= clang-format

VARIANTS = release debug asan fuzz
LAYERS = base wire core deck store net os ui cmd
FETCH_LAYERS = base wire fetch

.DEFAULT_GOAL = all
.DELETE_ON_ERROR:
.SUFFIXES:

# V=1 shows the commands, -s nothing but warnings.
ifeq ($(V),)
Q = @
say = @$(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,echo "  $1 $@")
endif

# Flags. What the user gives comes last.

std = -std=c17 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
warnings = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wvla -Wmissing-prototypes \
	-Wstrict-prototypes -Wundef -Wno-overlength-strings -Wno-missing-field-initializers
ifneq ($(DEVELOPER),)
warnings += -Werror
endif
sanitize = -fsanitize=address,undefined -fno-sanitize-recover=all

cc_release = $(CC)
compile_release = -O2 -g -fstack-protector-strong -fPIE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
link_release = -pie -Wl,-z,relro,-z,now -Wl,--as-needed

cc_debug = $(CC)
compile_debug = -O0 -g3

cc_asan = $(CC)
compile_asan = -O1 -g -fno-omit-frame-pointer $(sanitize)
link_asan = $(sanitize)

cc_fuzz = $(CLANG)
compile_fuzz = -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link $(sanitize)
link_fuzz = -fsanitize=fuzzer $(sanitize)

# Libraries, as pkg-config names them, by the layer that uses them. libunistring has no .pc file.

modules_base = libsodium
modules_fetch = libcurl
modules_deck = md4c yaml-0.1
modules_store = sqlite3
modules_ui = md4c readline
MODULES = $(sort $(foreach l,$(LAYERS) $(FETCH_LAYERS),$(modules_$l)))

libs_of = $(foreach l,$1,$(if $(modules_$l),$(shell $(PKG_CONFIG) --libs $(modules_$l)))) -lunistring
includes := $(shell $(PKG_CONFIG) --cflags-only-I $(MODULES) 2>/dev/null)
preprocess = $(std) -Iinclude -Isrc $(includes)

# The layers above the doors know where the parts are installed. What is built for tests lets them
# shorten its time limits; what is installed does not.
config = -DVIVA_VERSION=\"$(VERSION)\" -DVIVA_DECKS=\"$(PREFIX)/share/viva/decks\" \
	-DVIVA_LIBEXEC=\"$(PREFIX)/libexec/viva\"
config_debug = -DVIVA_FETCH_TEST
config_asan = -DVIVA_FETCH_TEST

# Sources. The Markdown pages of a layer become objects of it; a main.c is of no layer.

sources = $(filter-out %/main.c,$(foreach l,$1,$(wildcard src/$l/*.c)))
SOURCES := $(sort $(call sources,$(LAYERS) $(FETCH_LAYERS))) $(wildcard src/main.c src/fetch/main.c)
HEADERS := $(wildcard include/*/*.h src/*/*.h)
UNIT := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
TESTS := $(filter-out tool_%,$(UNIT))
FUZZ := $(patsubst tests/fuzz/%.c,%,$(filter-out %/replay.c,$(wildcard tests/fuzz/*.c)))
C_FILES := $(SOURCES) $(HEADERS) $(wildcard $(foreach d,unit fuzz bench faults,tests/$d/*.[ch]))
FAULT_LIBRARIES := $(patsubst tests/faults/%.c,$(BUILD)/faults/%.so,$(wildcard tests/faults/*.c))
PAGES := $(BUILD)/viva.1 $(BUILD)/viva-decks.5 $(BUILD)/viva-sharing.7
DECKS := $(filter-out %/README.md,$(wildcard decks/*.md))

# $(call objects,VARIANT,LAYERS...)
objects = $(patsubst %.c,$(BUILD)/$1/%.o,$(call sources,$2)) \
	$(foreach l,$2,$(patsubst src/$l/%.md,$(BUILD)/$1/gen/%_md.o,$(wildcard src/$l/*.md)))

# The layers that a unit test links: its own, which its name begins with, and those below. So a core
# test proves that the core stands alone. Fuzz targets link all but cmd, which slash needs too.
parts_base = base
parts_wire = base wire
parts_core = base core
$(foreach l,deck store os ui,$(eval parts_$l = base core $l))
parts_net = base wire core net
parts_fetch = $(FETCH_LAYERS)
parts_cmd = $(LAYERS)
parts_tool_fetch = base wire core net os
parts_tool_replay = base core
parts_tool_ui = base core os ui
parts = $(or $(parts_$1),$(parts_$(firstword $(subst _, ,$1))),$(error no layer in the name of $1))

# Programs.

.PHONY: all debug asan
all: $(BUILD)/release/viva $(BUILD)/release/viva-fetch $(PAGES) #: build/release/viva and its man pages (default)
debug: $(BUILD)/debug/viva $(BUILD)/debug/viva-fetch #: build/debug/viva, without optimization
asan: $(BUILD)/asan/viva $(BUILD)/asan/viva-fetch $(UNIT:%=$(BUILD)/asan/unit/%) $(FAULT_LIBRARIES) #: build/asan/viva and the unit tests, with sanitizers

# Files that change when the command line or the list of sources does, so that what is made follows.
define flags_rule
$(BUILD)/$1/$2: FORCE
	@mkdir -p $$(@D)
	@echo '$3' | cmp -s - $$@ || echo '$3' >$$@
endef

define variant_rules
$(call flags_rule,$1,flags,$(cc_$1) $(preprocess) $(warnings) $(compile_$1) $(CPPFLAGS) $(CFLAGS))
$(call flags_rule,$1,config,$(config) $(config_$1))
$(call flags_rule,$1,link,$(cc_$1) $(link_$1) $(LDFLAGS) $(LDLIBS) $(SOURCES))

$(BUILD)/$1/src/main.o $(BUILD)/$1/src/fetch/main.o $(call objects,$1,cmd): $(BUILD)/$1/config
$(BUILD)/$1/src/main.o $(BUILD)/$1/src/fetch/main.o $(call objects,$1,cmd): private defines = \
	$(config) $(config_$1)

$(BUILD)/$1/%.o: %.c $(BUILD)/$1/flags
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$(cc_$1) $(preprocess) $$(defines) $(warnings) $(compile_$1) -MMD -MP \
		$$(CPPFLAGS) $$(CFLAGS) -c -o $$@ $$<

$(BUILD)/$1/gen/%_md.o: $(BUILD)/gen/%_md.c $(BUILD)/$1/flags
	@mkdir -p $$(@D)
	$$(Q)$(cc_$1) $(preprocess) $(warnings) $(compile_$1) $$(CPPFLAGS) $$(CFLAGS) -c -o $$@ $$<

$(BUILD)/$1/viva: $(call objects,$1,$(LAYERS)) $(BUILD)/$1/src/main.o $(BUILD)/$1/link
	$$(call say,LD)
	$$(Q)$(cc_$1) $(compile_$1) $(link_$1) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) \
		$$(call libs_of,$(LAYERS)) $$(LDLIBS)

$(BUILD)/$1/viva-fetch: $(call objects,$1,$(FETCH_LAYERS)) $(BUILD)/$1/src/fetch/main.o $(BUILD)/$1/link
	$$(call say,LD)
	$$(Q)$(cc_$1) $(compile_$1) $(link_$1) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) \
		$$(call libs_of,$(FETCH_LAYERS)) $$(LDLIBS)
endef
$(foreach v,$(VARIANTS),$(eval $(call variant_rules,$v)))

vpath %.md src/deck src/cmd
.PRECIOUS: $(BUILD)/gen/%_md.c
$(BUILD)/gen/%_md.c: %.md Makefile
	@mkdir -p $(@D)
	@{ echo 'extern const char $*_md[];'; echo 'const char $*_md[] = {'; \
	od -An -v -t o1 $< | sed "s/ *\([0-7][0-7][0-7]\)/'\\\\\1',/g"; echo '0};'; } >$@

# The program prints its pages itself, from the tables that it works by.
$(BUILD)/viva.1: $(BUILD)/release/viva
	$(call say,MAN)
	$(Q)$< help manual --man >$@

$(BUILD)/viva-decks.5: $(BUILD)/release/viva
	$(call say,MAN)
	$(Q)$< help decks --man >$@

$(BUILD)/viva-sharing.7: $(BUILD)/release/viva
	$(call say,MAN)
	$(Q)$< help sharing --man >$@

# $(call test_rule,VARIANT,FOLDER,NAME,LAYERS,EXTRA OBJECTS)
define test_rule
$(BUILD)/$1/$2/$3: $(BUILD)/$1/tests/$2/$3.o $(call objects,$1,$4) $5 $(BUILD)/$1/link
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$(cc_$1) $(compile_$1) $(link_$1) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) \
		$$(call libs_of,$4) $(if $(filter unit,$2),-lcmocka) $$(LDLIBS)
endef
$(foreach t,$(UNIT),$(eval $(call test_rule,asan,unit,$t,$(call parts,$t))))
fuzzed = $(if $(filter slash,$1),$(LAYERS),$(filter-out cmd,$(LAYERS)))
$(foreach t,$(FUZZ),$(eval $(call test_rule,fuzz,fuzz,$t,$(call fuzzed,$t))))
$(foreach t,$(FUZZ),$(eval $(call test_rule,asan,fuzz,$t,$(call fuzzed,$t),$(BUILD)/asan/tests/fuzz/replay.o)))

-include $(foreach v,$(VARIANTS),$(patsubst %.c,$(BUILD)/$v/%.d,$(filter %.c,$(C_FILES))))

.PHONY: dependencies
dependencies: #: says which libraries pkg-config does not find
	@$(PKG_CONFIG) --print-errors --exists $(MODULES)

# Tests.

PYTEST = $(PYTHON) -B -m pytest -q -p no:cacheprovider
PROGRAMS = $(foreach v,release asan,$(BUILD)/$v/viva $(BUILD)/$v/viva-fetch) $(UNIT:%=$(BUILD)/asan/unit/%) \
	$(FAULT_LIBRARIES)

# Where a container forbids ptrace the leak check cannot work: then it says so and stays off.
$(BUILD)/asan/leak-probe: $(BUILD)/asan/link
	@echo 'int main(void) { return 0; }' | $(CC) -x c -fsanitize=address -o $@ -
TEST_ENV = leaks=1; $(BUILD)/asan/leak-probe 2>/dev/null || \
	{ leaks=0; echo "ptrace is not allowed here: memory leaks are not looked for"; }; \
	export VIVA="$${VIVA:-$(BUILD)/asan/viva}" \
	VIVA_TOOL_REPLAY=$(BUILD)/asan/unit/tool_replay VIVA_TOOL_UI=$(BUILD)/asan/unit/tool_ui \
	VIVA_TOOL_FETCH=$(BUILD)/asan/unit/tool_fetch \
	ASAN_OPTIONS=detect_leaks=$$leaks UBSAN_OPTIONS=print_stacktrace=1

.PHONY: test unit cli fuzz-replay checks
test: unit fuzz-replay checks $(PROGRAMS) $(BUILD)/asan/leak-probe #: all of the tests and checks below
	@$(TEST_ENV); $(PYTEST) tests/cli

unit: $(TESTS:%=$(BUILD)/asan/unit/%) $(BUILD)/asan/leak-probe #: the unit tests, under sanitizers
	@$(TEST_ENV); tests/checks/unit $(filter-out %/leak-probe,$^)

cli: $(PROGRAMS) $(BUILD)/asan/leak-probe #: the tests of the whole program, by pytest
	@$(TEST_ENV); $(PYTEST) $(or $(T),tests/cli)

# For LD_PRELOAD, into the release build.
$(BUILD)/faults/%.so: tests/faults/%.c $(BUILD)/release/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(cc_release) $(std) -D_GNU_SOURCE $(warnings) -O2 -g -fPIC -shared $(CFLAGS) -o $@ $<

FAULT_ROUNDS ?= 15
.PHONY: faults
faults: $(PROGRAMS) #: kills, power losses, failing calls: FAULT_ROUNDS (15) times as many as in test
	@FAULT_ROUNDS=$(FAULT_ROUNDS) $(PYTEST) -rPs tests/cli/test_faults.py tests/cli/test_sync_faults.py

fuzz-replay: $(FUZZ:%=$(BUILD)/asan/fuzz/%) $(BUILD)/asan/leak-probe #: the fuzz corpus once more
	@$(TEST_ENV); for t in $(FUZZ); do \
	$(BUILD)/asan/fuzz/$$t tests/fuzz/corpus/$$t/* || exit 1; done

checks: layers headers banned format-check cppcheck #: the next five

.PHONY: layers headers banned format-check format cppcheck fuzz
layers: #: includes go downwards only, libraries stay in their layer
	@tests/checks/layers src include

headers: #: every header compiles alone
	@tests/checks/headers $(CC) $(preprocess) $(warnings) -Werror -- $(HEADERS)

banned: #: no function that the project does without
	@tests/checks/banned $(C_FILES)

format-check: #: every C file is formatted as .clang-format says
	@tests/checks/format $(CLANG_FORMAT) $(C_FILES)

format: #: formats them
	$(CLANG_FORMAT) -i $(C_FILES)

# System headers are not read; readdir_r is deprecated and viva has one thread; an assert is not
# taken for a bound.
cppcheck_quiet = missingIncludeSystem readdirCalled getpwuidCalled arrayIndexOutOfBoundsCond
cppcheck: #: static analysis
	@mkdir -p $(BUILD)/cppcheck
	@cppcheck -q --error-exitcode=1 --inline-suppr --std=c11 --library=posix -Iinclude -Isrc \
		--cppcheck-build-dir=$(BUILD)/cppcheck $(cppcheck_quiet:%=--suppress=%) \
		--enable=warning,portability,performance $(config) $(SOURCES)

# Slow, and in its findings a matter of the version: not among the checks.
CLANG_TIDY ?= clang-tidy
.PHONY: tidy
tidy: #: clang-tidy's bugprone and analyzer checks (.clang-tidy)
	@$(CLANG_TIDY) -quiet $(SOURCES) -- $(preprocess) $(config) 2>/dev/null

FUZZ_SECONDS ?= 60
fuzz: #: each fuzz target for FUZZ_SECONDS, with clang, and NAME.dict where there is one
	@$(if $(FUZZ),,echo "there are no fuzz targets (tests/fuzz)" >&2; exit 1)
	@mkdir -p $(BUILD)/fuzz
	@echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' | \
	$(CLANG) -x c -fsanitize=fuzzer -o $(BUILD)/fuzz/probe - 2>/dev/null || { echo \
	"make fuzz needs clang with its runtime libraries (Debian: clang libclang-rt-dev)" >&2; exit 1; }
	@$(MAKE) --no-print-directory $(FUZZ:%=$(BUILD)/fuzz/fuzz/%)
	@for t in $(FUZZ); do mkdir -p $(BUILD)/fuzz/found/$$t && \
	dict=; [ ! -f tests/fuzz/$$t.dict ] || dict=-dict=tests/fuzz/$$t.dict; \
	$(BUILD)/fuzz/fuzz/$$t -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(BUILD)/fuzz/$$t- \
	$$dict $(BUILD)/fuzz/found/$$t tests/fuzz/corpus/$$t || exit 1; done

# Speed, measured against a bare program on SQLite (tests/bench/floor.c). Never part of a test.

bench_dir = $(BUILD)/release/bench
BENCH = floor floor-tty grade timer
bench_cc = $(cc_release) $(preprocess) $(warnings) $(compile_release) $(CFLAGS) $(link_release)

$(bench_dir)/%: tests/bench/%.c tests/bench/floor.h $(BUILD)/release/link
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(bench_cc) -o $@ $(filter %.c %.o,$^) $(bench_libs) $(LDLIBS)

$(bench_dir)/floor-tty: tests/bench/floor.c tests/bench/floor.h $(BUILD)/release/link
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(bench_cc) -DFLOOR_READLINE -o $@ $< $(bench_libs) $(LDLIBS)

$(bench_dir)/floor: private bench_libs = $(call libs_of,store)
$(bench_dir)/floor-tty: private bench_libs = $(call libs_of,store ui)
$(bench_dir)/grade: private bench_libs = $(call libs_of,base store)
$(bench_dir)/grade: $(call objects,release,base core store)

.PHONY: bench
bench: $(BUILD)/release/viva $(BUILD)/release/viva-fetch $(BENCH:%=$(bench_dir)/%) #: times viva with 1 000 to 100 000 cards (SIZES=...)
	@$(PYTHON) -B tests/bench/bench.py $< $(bench_dir) $(SIZES)
	@$(PYTHON) -B tests/bench/network.py $< $(bench_dir)

# Installation.

bindir = $(DESTDIR)$(PREFIX)/bin
libexecdir = $(DESTDIR)$(PREFIX)/libexec/viva
datadir = $(DESTDIR)$(PREFIX)/share/viva
docdir = $(DESTDIR)$(PREFIX)/share/doc/viva
mandir = $(DESTDIR)$(PREFIX)/share/man
bashdir = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
zshdir = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
fishdir = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

# The deck folder mirrors decks/: a deck that is gone is not asked from an old copy. The stamp tells
# the program in one small read whether the decks are those that it has taken in already.
.PHONY: install uninstall clean help FORCE
install: all #: puts the program and what belongs to it below PREFIX (/usr/local), DESTDIR first
	install -d -m 755 $(bindir) $(libexecdir) $(datadir)/decks $(docdir)
	install -m 755 $(BUILD)/release/viva $(bindir)/viva
	install -m 755 $(BUILD)/release/viva-fetch $(libexecdir)/viva-fetch
	rm -f $(datadir)/decks/*.md
	install -m 644 $(DECKS) decks/LICENSE $(datadir)/decks
	(cd decks && sha256sum $(notdir $(DECKS))) | sha256sum | cut -c 1-64 >$(BUILD)/stamp
	install -m 644 $(BUILD)/stamp $(datadir)/decks/.stamp
	install -m 644 README.md LICENSE $(docdir)
	install -d -m 755 $(mandir)/man1 $(mandir)/man5 $(mandir)/man7 $(bashdir) $(zshdir) $(fishdir)
	install -m 644 $(BUILD)/viva.1 $(mandir)/man1
	install -m 644 $(BUILD)/viva-decks.5 $(mandir)/man5
	install -m 644 $(BUILD)/viva-sharing.7 $(mandir)/man7
	install -m 644 src/completion/viva.bash $(bashdir)/viva
	install -m 644 src/completion/viva.zsh $(zshdir)/_viva
	install -m 644 src/completion/viva.fish $(fishdir)/viva.fish

uninstall: #: removes exactly that
	rm -f $(bindir)/viva $(libexecdir)/viva-fetch
	rm -f $(addprefix $(datadir)/,$(DECKS) decks/LICENSE decks/.stamp)
	rm -f $(docdir)/README.md $(docdir)/LICENSE
	rm -f $(mandir)/man1/viva.1 $(mandir)/man5/viva-decks.5 $(mandir)/man7/viva-sharing.7
	rm -f $(bashdir)/viva $(zshdir)/_viva $(fishdir)/viva.fish
	for d in $(libexecdir) $(datadir)/decks $(datadir) $(docdir); do rmdir $$d 2>/dev/null || :; done

clean: #: removes build/
	rm -rf $(BUILD)

help: #: this list
	@sed -n 's/^\([a-z-]*\):.*#: \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'
