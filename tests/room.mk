# The tests mirror the rooms. They take the library in as the programs do.

# Under AddressSanitizer, quicker than by default and hardly less watchful.
# The programs that stand beside the daemon may be another build's; so may the helper
# alone, but where it is what is tested.
beside = $(abs_builddir)
helpers = $(beside)
AM_TESTS_ENVIRONMENT = \
    export ASAN_OPTIONS="$${ASAN_OPTIONS-quarantine_size_mb=16:max_malloc_fill_size=0:malloc_context_size=5}"; \
    export srcdir="$(srcdir)"; \
    case $@ in tests/dsl/author/*) helpers="$(beside)" ;; *) helpers="$(helpers)" ;; esac; \
    export TIDU_AUTHOR="$$helpers/dsl/author/tidu-author$(EXEEXT)"; \
    export TIDU="$(beside)/daemon/cli/tidu$(EXEEXT)"; \
    export TIDUD="$(abs_builddir)/daemon/tidud$(EXEEXT)"; \
    export TIDU_RULES="$(abs_srcdir)/rules";

# How tests themselves are compiled is of little interest: see contrib/start.
tests/dsl/%.$(OBJEXT) tests/daemon/%.$(OBJEXT): CFLAGS += $(TESTS_CFLAGS)

tests_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)
tests_ldadd = $(whole) -lstdc++ $(CMOCKA_LIBS) $(JANSSON_LIBS) $(whole_libs)

# What tests of one room share.
check_LIBRARIES += tests/dsl/lang/libscope.a
tests_dsl_lang_libscope_a_SOURCES = tests/dsl/lang/scope.c tests/dsl/lang/scope.h
tests_dsl_lang_libscope_a_CPPFLAGS = $(tests_cppflags)
check_LIBRARIES += tests/dsl/author/libsupport.a
tests_dsl_author_libsupport_a_SOURCES = tests/dsl/author/support.c tests/dsl/author/support.h
tests_dsl_author_libsupport_a_CPPFLAGS = $(tests_cppflags)
check_LIBRARIES += tests/dsl/record/libfixture.a
tests_dsl_record_libfixture_a_SOURCES = tests/dsl/record/fixture.c tests/dsl/record/fixture.h
tests_dsl_record_libfixture_a_CPPFLAGS = $(tests_cppflags)
check_LIBRARIES += tests/dsl/answer/libsupport.a
tests_dsl_answer_libsupport_a_SOURCES = tests/dsl/answer/answers.c tests/dsl/answer/answers.h \
    tests/dsl/answer/asking.c tests/dsl/answer/asking.h tests/dsl/answer/support.c tests/dsl/answer/support.h
tests_dsl_answer_libsupport_a_CPPFLAGS = $(tests_cppflags)

check_PROGRAMS += \
    tests/dsl/base/test_base \
    tests/dsl/compile/test_boxes \
    tests/dsl/engine/test_run \
    tests/dsl/lang/test_bad_expressions \
    tests/dsl/lang/test_bands \
    tests/dsl/lang/test_good_expressions \
    tests/dsl/lang/test_mutations \
    tests/dsl/lang/test_trees \
    tests/dsl/lang/test_units \
    tests/dsl/author/test_bad \
    tests/dsl/author/test_bind \
    tests/dsl/author/test_document \
    tests/dsl/author/test_limits \
    tests/dsl/author/test_reuse \
    tests/dsl/author/test_run \
    tests/dsl/author/test_sandbox \
    tests/dsl/record/test_block \
    tests/dsl/record/test_csv \
    tests/dsl/record/test_lists \
    tests/dsl/record/test_refusals \
    tests/dsl/record/test_values \
    tests/dsl/record/test_vocabulary \
    tests/dsl/inquiry/test_calibrate \
    tests/dsl/inquiry/test_cohort \
    tests/dsl/inquiry/test_impact \
    tests/dsl/inquiry/test_sweep \
    tests/dsl/inquiry/test_verdicts \
    tests/dsl/path/test_diff \
    tests/dsl/path/test_path \
    tests/dsl/sql/test_sql \
    tests/dsl/population/test_population \
    tests/dsl/compile/test_places \
    tests/dsl/compile/test_routing \
    tests/dsl/answer/test_answer \
    tests/dsl/answer/test_describe \
    tests/dsl/answer/test_documents \
    tests/dsl/answer/test_evaluation \
    tests/dsl/answer/test_money \
    tests/dsl/answer/test_mutation \
    tests/dsl/answer/test_overlay \
    tests/dsl/answer/test_places \
    tests/dsl/answer/test_route \
    tests/dsl/answer/test_stacks \
    tests/dsl/answer/test_transition \
    tests/dsl/answer/test_whatif \
    tests/dsl/answer/test_starve \
    tests/dsl/answer/test_starve_doors

TESTS += $(check_PROGRAMS)
EXTRA_DIST += tests/sparing.h

tests_dsl_base_test_base_SOURCES = tests/dsl/base/test_base.c
tests_dsl_base_test_base_CPPFLAGS = $(tests_cppflags)
tests_dsl_base_test_base_LDADD = $(tests_ldadd)
tests_dsl_compile_test_boxes_SOURCES = tests/dsl/compile/test_boxes.c
tests_dsl_compile_test_boxes_CPPFLAGS = $(tests_cppflags)
tests_dsl_compile_test_boxes_LDADD = $(tests_ldadd)
tests_dsl_engine_test_run_SOURCES = tests/dsl/engine/test_run.c tests/dsl/engine/fixture.c tests/dsl/engine/fixture.h
tests_dsl_engine_test_run_CPPFLAGS = $(tests_cppflags)
tests_dsl_engine_test_run_LDADD = $(tests_ldadd)
tests_dsl_lang_test_bad_expressions_SOURCES = tests/dsl/lang/test_bad_expressions.c
tests_dsl_lang_test_bad_expressions_CPPFLAGS = $(tests_cppflags)
tests_dsl_lang_test_bad_expressions_LDADD = tests/dsl/lang/libscope.a $(tests_ldadd)
tests_dsl_lang_test_bands_SOURCES = tests/dsl/lang/test_bands.c
tests_dsl_lang_test_bands_CPPFLAGS = $(tests_cppflags)
tests_dsl_lang_test_bands_LDADD = tests/dsl/lang/libscope.a $(tests_ldadd)
tests_dsl_lang_test_good_expressions_SOURCES = tests/dsl/lang/test_good_expressions.c
tests_dsl_lang_test_good_expressions_CPPFLAGS = $(tests_cppflags)
tests_dsl_lang_test_good_expressions_LDADD = tests/dsl/lang/libscope.a $(tests_ldadd)
tests_dsl_lang_test_mutations_SOURCES = tests/dsl/lang/test_mutations.c
tests_dsl_lang_test_mutations_CPPFLAGS = $(tests_cppflags)
tests_dsl_lang_test_mutations_LDADD = tests/dsl/lang/libscope.a $(tests_ldadd)
tests_dsl_lang_test_trees_SOURCES = tests/dsl/lang/test_trees.c
tests_dsl_lang_test_trees_CPPFLAGS = $(tests_cppflags)
tests_dsl_lang_test_trees_LDADD = tests/dsl/lang/libscope.a $(tests_ldadd)
tests_dsl_lang_test_units_SOURCES = tests/dsl/lang/test_units.c
tests_dsl_lang_test_units_CPPFLAGS = $(tests_cppflags)
tests_dsl_lang_test_units_LDADD = tests/dsl/lang/libscope.a $(tests_ldadd)
tests_dsl_author_test_bad_SOURCES = tests/dsl/author/test_bad.c
tests_dsl_author_test_bad_CPPFLAGS = $(tests_cppflags)
tests_dsl_author_test_bad_LDADD = tests/dsl/author/libsupport.a $(tests_ldadd)
tests_dsl_author_test_bind_SOURCES = tests/dsl/author/test_bind.c
tests_dsl_author_test_bind_CPPFLAGS = $(tests_cppflags)
tests_dsl_author_test_bind_LDADD = tests/dsl/author/libsupport.a $(tests_ldadd)
tests_dsl_author_test_document_SOURCES = tests/dsl/author/test_document.c
tests_dsl_author_test_document_CPPFLAGS = $(tests_cppflags)
tests_dsl_author_test_document_LDADD = tests/dsl/author/libsupport.a $(tests_ldadd)
tests_dsl_author_test_limits_SOURCES = tests/dsl/author/test_limits.c
tests_dsl_author_test_limits_CPPFLAGS = $(tests_cppflags)
tests_dsl_author_test_limits_LDADD = tests/dsl/author/libsupport.a $(tests_ldadd)
tests_dsl_author_test_run_SOURCES = tests/dsl/author/test_run.c
tests_dsl_author_test_run_CPPFLAGS = $(tests_cppflags)
tests_dsl_author_test_run_LDADD = tests/dsl/author/libsupport.a $(tests_ldadd)
tests_dsl_author_test_reuse_SOURCES = tests/dsl/author/test_reuse.c
tests_dsl_author_test_reuse_CPPFLAGS = $(tests_cppflags)
tests_dsl_author_test_reuse_LDADD = tests/dsl/author/libsupport.a $(tests_ldadd)
tests_dsl_author_test_sandbox_SOURCES = tests/dsl/author/test_sandbox.c
tests_dsl_author_test_sandbox_CPPFLAGS = $(tests_cppflags)
tests_dsl_author_test_sandbox_LDADD = tests/dsl/author/libsupport.a $(tests_ldadd)
tests_dsl_record_test_block_SOURCES = tests/dsl/record/test_block.c
tests_dsl_record_test_block_CPPFLAGS = $(tests_cppflags)
tests_dsl_record_test_block_LDADD = tests/dsl/record/libfixture.a $(tests_ldadd)
tests_dsl_record_test_csv_SOURCES = tests/dsl/record/test_csv.c
tests_dsl_record_test_csv_CPPFLAGS = $(tests_cppflags)
tests_dsl_record_test_csv_LDADD = tests/dsl/record/libfixture.a $(tests_ldadd)
tests_dsl_record_test_lists_SOURCES = tests/dsl/record/test_lists.c
tests_dsl_record_test_lists_CPPFLAGS = $(tests_cppflags)
tests_dsl_record_test_lists_LDADD = tests/dsl/record/libfixture.a $(tests_ldadd)
tests_dsl_record_test_refusals_SOURCES = tests/dsl/record/test_refusals.c
tests_dsl_record_test_refusals_CPPFLAGS = $(tests_cppflags)
tests_dsl_record_test_refusals_LDADD = tests/dsl/record/libfixture.a $(tests_ldadd)
tests_dsl_record_test_values_SOURCES = tests/dsl/record/test_values.c
tests_dsl_record_test_values_CPPFLAGS = $(tests_cppflags)
tests_dsl_record_test_values_LDADD = tests/dsl/record/libfixture.a $(tests_ldadd)
tests_dsl_record_test_vocabulary_SOURCES = tests/dsl/record/test_vocabulary.c
tests_dsl_record_test_vocabulary_CPPFLAGS = $(tests_cppflags)
tests_dsl_record_test_vocabulary_LDADD = tests/dsl/record/libfixture.a $(tests_ldadd)
tests_dsl_answer_test_answer_SOURCES = tests/dsl/answer/test_answer.c
tests_dsl_answer_test_answer_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_answer_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_describe_SOURCES = tests/dsl/answer/test_describe.c
tests_dsl_answer_test_describe_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_describe_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_documents_SOURCES = tests/dsl/answer/test_documents.c
tests_dsl_answer_test_documents_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_documents_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_evaluation_SOURCES = tests/dsl/answer/test_evaluation.c
tests_dsl_answer_test_evaluation_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_evaluation_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_mutation_SOURCES = tests/dsl/answer/test_mutation.c
tests_dsl_answer_test_mutation_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_mutation_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
check_LIBRARIES += tests/dsl/inquiry/libpeople.a
tests_dsl_inquiry_libpeople_a_SOURCES = tests/dsl/inquiry/support.c tests/dsl/inquiry/support.h
tests_dsl_inquiry_libpeople_a_CPPFLAGS = $(tests_cppflags)
tests_dsl_inquiry_test_calibrate_SOURCES = tests/dsl/inquiry/test_calibrate.c
tests_dsl_inquiry_test_calibrate_CPPFLAGS = $(tests_cppflags)
tests_dsl_inquiry_test_calibrate_LDADD = tests/dsl/inquiry/libpeople.a tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_inquiry_test_verdicts_SOURCES = tests/dsl/inquiry/test_verdicts.c
tests_dsl_inquiry_test_verdicts_CPPFLAGS = $(tests_cppflags)
tests_dsl_inquiry_test_verdicts_LDADD = tests/dsl/inquiry/libpeople.a tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_inquiry_test_cohort_SOURCES = tests/dsl/inquiry/test_cohort.c
tests_dsl_inquiry_test_cohort_CPPFLAGS = $(tests_cppflags)
tests_dsl_inquiry_test_cohort_LDADD = tests/dsl/inquiry/libpeople.a tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_inquiry_test_impact_SOURCES = tests/dsl/inquiry/test_impact.c
tests_dsl_inquiry_test_impact_CPPFLAGS = $(tests_cppflags)
tests_dsl_inquiry_test_impact_LDADD = tests/dsl/inquiry/libpeople.a tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_inquiry_test_sweep_SOURCES = tests/dsl/inquiry/test_sweep.c
tests_dsl_inquiry_test_sweep_CPPFLAGS = $(tests_cppflags)
tests_dsl_inquiry_test_sweep_LDADD = tests/dsl/inquiry/libpeople.a tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_path_test_path_SOURCES = tests/dsl/path/test_path.c
tests_dsl_path_test_path_CPPFLAGS = $(tests_cppflags)
tests_dsl_path_test_path_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_path_test_diff_SOURCES = tests/dsl/path/test_diff.c
tests_dsl_path_test_diff_CPPFLAGS = $(tests_cppflags)
tests_dsl_path_test_diff_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_sql_test_sql_SOURCES = tests/dsl/sql/test_sql.c
tests_dsl_sql_test_sql_CPPFLAGS = $(tests_cppflags)
tests_dsl_sql_test_sql_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_population_test_population_SOURCES = tests/dsl/population/test_population.c
tests_dsl_population_test_population_CPPFLAGS = $(tests_cppflags)
tests_dsl_population_test_population_LDADD = tests/dsl/record/libfixture.a $(tests_ldadd)
tests_dsl_answer_test_whatif_SOURCES = tests/dsl/answer/test_whatif.c
tests_dsl_answer_test_whatif_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_whatif_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_overlay_SOURCES = tests/dsl/answer/test_overlay.c
tests_dsl_answer_test_overlay_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_overlay_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_compile_test_places_SOURCES = tests/dsl/compile/test_places.c
tests_dsl_compile_test_places_CPPFLAGS = $(tests_cppflags)
tests_dsl_compile_test_places_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_compile_test_routing_SOURCES = tests/dsl/compile/test_routing.c
tests_dsl_compile_test_routing_CPPFLAGS = $(tests_cppflags)
tests_dsl_compile_test_routing_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_money_SOURCES = tests/dsl/answer/test_money.c
tests_dsl_answer_test_money_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_money_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_places_SOURCES = tests/dsl/answer/test_places.c
tests_dsl_answer_test_places_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_places_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_route_SOURCES = tests/dsl/answer/test_route.c
tests_dsl_answer_test_route_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_route_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_stacks_SOURCES = tests/dsl/answer/test_stacks.c
tests_dsl_answer_test_stacks_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_stacks_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_transition_SOURCES = tests/dsl/answer/test_transition.c
tests_dsl_answer_test_transition_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_transition_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
# The library's requests for memory go to hunger.c, which refuses them in turn.
hunger_ldflags = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
    -Wl,--wrap=strdup,--wrap=tidu_arena_alloc,--wrap=tidu_arena_array,--wrap=tidu_arena_grow \
    -Wl,--wrap=tidu_arena_copy,--wrap=tidu_arena_copy_n,--wrap=tidu_arena_printf,--wrap=tidu_large_array
hunger_sources = tests/dsl/answer/hunger.c tests/dsl/answer/hunger.h
tests_dsl_answer_test_starve_SOURCES = tests/dsl/answer/test_starve.c $(hunger_sources)
tests_dsl_answer_test_starve_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_starve_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_starve_LDFLAGS = $(hunger_ldflags)
tests_dsl_answer_test_starve_doors_SOURCES = tests/dsl/answer/test_starve_doors.c $(hunger_sources)
tests_dsl_answer_test_starve_doors_CPPFLAGS = $(tests_cppflags)
tests_dsl_answer_test_starve_doors_LDADD = tests/dsl/answer/libsupport.a $(tests_ldadd)
tests_dsl_answer_test_starve_doors_LDFLAGS = $(hunger_ldflags)

EXTRA_DIST += tests/policy tests/agree tests/bench tests/soak tests/dsl/lang/bad_expressions.txt \
    tests/dsl/lang/bands.txt tests/dsl/lang/good_expressions.txt

# What has threads.
threaded_tests = \
    tests/dsl/inquiry/test_calibrate \
    tests/dsl/inquiry/test_cohort \
    tests/dsl/inquiry/test_impact \
    tests/dsl/inquiry/test_sweep \
    tests/dsl/inquiry/test_verdicts \
    tests/dsl/population/test_population \
    tests/daemon/test_access \
    tests/daemon/test_ask \
    tests/daemon/test_confine \
    tests/daemon/test_demand \
    tests/daemon/test_framing \
    tests/daemon/test_gate \
    tests/daemon/test_http \
    tests/daemon/test_jobs \
    tests/daemon/test_journal \
    tests/daemon/test_library \
    tests/daemon/test_life \
    tests/daemon/test_limits \
    tests/daemon/test_metrics \
    tests/daemon/test_pilot \
    tests/daemon/test_poll \
    tests/daemon/test_protocol \
    tests/daemon/test_reload \
    tests/daemon/test_rounds \
    tests/daemon/test_store \
    tests/daemon/test_supervise \
    tests/daemon/test_tokens
check-threads: daemon/tidud $(threaded_tests)
	$(MAKE) check-TESTS check_PROGRAMS="$(threaded_tests)" check_LIBRARIES= check_DATA=
.PHONY: check-threads

EXTRA_PROGRAMS += tests/agree/rows
tests_agree_rows_SOURCES = tests/agree/rows.c
tests_agree_rows_LDADD = libtidu.la -lstdc++ -lm
tests_agree_rows_LINK = $(SHARED_LINK)
EXTRA_PROGRAMS += tests/agree/titles
tests_agree_titles_SOURCES = tests/agree/titles.c
tests_agree_titles_LDADD = libtidu.la -lstdc++ -lm
tests_agree_titles_LINK = $(SHARED_LINK)

# The engine against a judge of its own, in exact fractions, over 20,000 random
# records; random decision tables and conditions against counting; and real companies through a real daemon.
agree_parts = rows sql judge decisions conditions regions import
agree: $(agree_parts:%=agree-%)
$(agree_parts:%=agree-%): daemon/tidud daemon/cli/tidu dsl/author/tidu-author tests/agree/rows tests/agree/titles
agree_part = @$(AM_TESTS_ENVIRONMENT)
agree-rows:
	$(agree_part) sh $(srcdir)/tests/agree/rows.sh
agree-sql:
	$(agree_part) python3 $(srcdir)/tests/agree/sql.py "$$TIDU" tests/agree/titles "$$TIDU_RULES"
agree-judge:
	$(agree_part) python3 $(srcdir)/tests/agree/agree.py "$$TIDU" --rules "$$TIDU_RULES"
agree-decisions:
	$(agree_part) python3 $(srcdir)/tests/agree/decisions.py "$$TIDU"
agree-conditions:
	$(agree_part) python3 $(srcdir)/tests/agree/conditions.py "$$TIDU"
agree-regions:
	$(agree_part) python3 $(srcdir)/tests/agree/regions.py "$$TIDU"
agree-import:
	$(agree_part) python3 $(srcdir)/tests/agree/import_test.py
.PHONY: agree $(agree_parts:%=agree-%)

# Every figure the README gives; BENCHFLAGS="--quick" shows in a minute that all works.
bench: all
	@$(AM_TESTS_ENVIRONMENT) \
	TIDU_LIBRARY="$(abs_builddir)/.libs/libwhole.a $(SIMDJSON_LIBS) $(NETTLE_LIBS) $(XXHASH_LIBS) $(GMP_LIBS) -lm -lstdc++" \
	bash $(srcdir)/tests/bench/bench.sh $(BENCHFLAGS)
.PHONY: bench

# A daemon under mixed load, whose memory has to stay flat.
SOAK_SECONDS = 900
soak: all
	@$(AM_TESTS_ENVIRONMENT) \
	python3 $(srcdir)/tests/soak/soak.py $(SOAK_SECONDS)
.PHONY: soak
