# Fuzz targets: fuzz_<subject>.c, see fuzz.h. With --enable-fuzzing they are
# libFuzzer's and `make fuzz` runs them; else main.c feeds each what is known of its
# subject, as a test. To add one: a line in each of the two lists, and its four.

fuzz_subjects = skim record csv expression declaration document protocol http
fuzz_programs = \
    tests/fuzz/fuzz_csv \
    tests/fuzz/fuzz_declaration \
    tests/fuzz/fuzz_document \
    tests/fuzz/fuzz_expression \
    tests/fuzz/fuzz_http \
    tests/fuzz/fuzz_protocol \
    tests/fuzz/fuzz_record \
    tests/fuzz/fuzz_skim

if FUZZING
EXTRA_PROGRAMS += $(fuzz_programs)
EXTRA_LIBRARIES = tests/fuzz/libfuzz.a tests/fuzz/libmain.a
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
fuzz_main =
fuzz_json = tests/fuzz/mutate_json.c
else
check_PROGRAMS += $(fuzz_programs)
check_LIBRARIES += tests/fuzz/libfuzz.a tests/fuzz/libmain.a
check_DATA += tests/fuzz/corpus/made
fuzz_ldflags = $(AM_LDFLAGS)
fuzz_main = tests/fuzz/libmain.a
fuzz_json =
endif

tests_fuzz_libmain_a_SOURCES = tests/fuzz/main.c

tests_fuzz_libfuzz_a_SOURCES = tests/fuzz/fuzz.c tests/fuzz/fuzz.h \
    tests/fuzz/ask.c tests/fuzz/author.c tests/fuzz/block.c tests/fuzz/block.h
tests_fuzz_libfuzz_a_CPPFLAGS = $(tests_cppflags) $(LUA_CFLAGS) $(CMARK_CFLAGS)
# Linked statically: author.c stands in for what libtidu has.
fuzz_ldadd = tests/fuzz/libfuzz.a $(fuzz_main)

tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz_csv.c
tests_fuzz_fuzz_csv_CPPFLAGS = $(tests_cppflags)
tests_fuzz_fuzz_csv_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_csv_LDADD = $(fuzz_ldadd) tests/dsl/record/libfixture.a $(tests_ldadd)
tests_fuzz_fuzz_declaration_SOURCES = tests/fuzz/fuzz_declaration.c $(fuzz_json)
tests_fuzz_fuzz_declaration_CPPFLAGS = $(tests_cppflags)
tests_fuzz_fuzz_declaration_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_declaration_LDADD = $(fuzz_ldadd) $(tests_ldadd)
tests_fuzz_fuzz_document_SOURCES = tests/fuzz/fuzz_document.c
tests_fuzz_fuzz_document_CPPFLAGS = $(tests_cppflags)
tests_fuzz_fuzz_document_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_document_LDADD = $(fuzz_ldadd) $(author_libs) $(tests_ldadd)
tests_fuzz_fuzz_expression_SOURCES = tests/fuzz/fuzz_expression.c
tests_fuzz_fuzz_expression_CPPFLAGS = $(tests_cppflags)
tests_fuzz_fuzz_expression_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_expression_LDADD = $(fuzz_ldadd) tests/dsl/lang/libscope.a $(tests_ldadd)
tests_fuzz_fuzz_http_SOURCES = tests/fuzz/fuzz_http.c tests/fuzz/server.c tests/fuzz/server.h
tests_fuzz_fuzz_http_CPPFLAGS = $(tests_cppflags)
tests_fuzz_fuzz_http_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_http_LDADD = $(fuzz_ldadd) $(author_libs) $(daemon_libs)
tests_fuzz_fuzz_protocol_SOURCES = tests/fuzz/fuzz_protocol.c tests/fuzz/server.c \
    tests/fuzz/server.h $(fuzz_json)
tests_fuzz_fuzz_protocol_CPPFLAGS = $(tests_cppflags)
tests_fuzz_fuzz_protocol_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_protocol_LDADD = $(fuzz_ldadd) $(author_libs) $(daemon_libs)
tests_fuzz_fuzz_record_SOURCES = tests/fuzz/fuzz_record.c $(fuzz_json)
tests_fuzz_fuzz_record_CPPFLAGS = $(tests_cppflags)
tests_fuzz_fuzz_record_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_record_LDADD = $(fuzz_ldadd) tests/dsl/record/libfixture.a daemon/libboth.a $(tests_ldadd)
tests_fuzz_fuzz_skim_SOURCES = tests/fuzz/fuzz_skim.c $(fuzz_json)
tests_fuzz_fuzz_skim_CPPFLAGS = $(tests_cppflags)
tests_fuzz_fuzz_skim_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_skim_LDADD = $(fuzz_ldadd) daemon/libboth.a $(tests_ldadd)

tests/fuzz/corpus/made: $(srcdir)/tests/fuzz/seeds.sh $(srcdir)/tests/fuzz/room.mk dsl/author/tidu-author$(EXEEXT)
	$(AM_V_GEN)sh $(srcdir)/tests/fuzz/seeds.sh $(srcdir) dsl/author/tidu-author$(EXEEXT) tests/fuzz/corpus && \
	touch $@

# Each target for FUZZ_SECONDS, FUZZ_AT_ONCE of them at once, from FUZZ_SEED on (0: from
# anywhere); new inputs are kept in the build folder. Fails with the path of the input that broke something.
FUZZ_SECONDS = 60
FUZZ_AT_ONCE = 2
FUZZ_SEED = 1
fuzz-targets: $(fuzz_programs) tests/fuzz/corpus/made
fuzz: fuzz-targets
	@$(AM_TESTS_ENVIRONMENT) \
	sh $(srcdir)/tests/fuzz/fuzz.sh $(FUZZ_SECONDS) $(FUZZ_AT_ONCE) $(FUZZ_SEED) $(fuzz_subjects)
.PHONY: fuzz fuzz-targets

fuzz-clean:
	rm -rf tests/fuzz/corpus tests/fuzz/found
clean-local: fuzz-clean
.PHONY: fuzz-clean

EXTRA_DIST += tests/fuzz/README.md tests/fuzz/fuzz.sh tests/fuzz/seeds.sh tests/fuzz/seeds \
    tests/fuzz/regressions tests/fuzz/dictionaries
