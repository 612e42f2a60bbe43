# A real tidud on a socket of its own; see support.h, layers.h and web.h.

check_LIBRARIES += tests/daemon/libsupport.a
tests_daemon_libsupport_a_SOURCES = tests/daemon/layers.c tests/daemon/layers.h tests/daemon/support.c \
    tests/daemon/support.h tests/daemon/web.c tests/daemon/web.h
tests_daemon_libsupport_a_CPPFLAGS = $(tests_cppflags)

check_PROGRAMS += \
    tests/daemon/test_access \
    tests/daemon/test_ask \
    tests/daemon/test_calendar \
    tests/daemon/test_command \
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
    tests/daemon/test_population \
    tests/daemon/test_protocol \
    tests/daemon/test_reload \
    tests/daemon/test_rounds \
    tests/daemon/test_route \
    tests/daemon/test_skim \
    tests/daemon/test_store \
    tests/daemon/test_supervise \
    tests/daemon/test_tokens

tests_daemon_test_access_SOURCES = tests/daemon/test_access.c
tests_daemon_test_access_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_access_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_ask_SOURCES = tests/daemon/test_ask.c
tests_daemon_test_ask_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_ask_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_calendar_SOURCES = tests/daemon/test_calendar.c
tests_daemon_test_calendar_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_calendar_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_population_SOURCES = tests/daemon/test_population.c
tests_daemon_test_population_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_population_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_command_SOURCES = tests/daemon/test_command.c
tests_daemon_test_command_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_command_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_confine_SOURCES = tests/daemon/test_confine.c
tests_daemon_test_confine_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_confine_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_demand_SOURCES = tests/daemon/test_demand.c
tests_daemon_test_demand_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_demand_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_framing_SOURCES = tests/daemon/test_framing.c
tests_daemon_test_framing_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_framing_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_gate_SOURCES = tests/daemon/test_gate.c
tests_daemon_test_gate_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_gate_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_http_SOURCES = tests/daemon/test_http.c
tests_daemon_test_http_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_http_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_jobs_SOURCES = tests/daemon/test_jobs.c
tests_daemon_test_jobs_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_jobs_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_journal_SOURCES = tests/daemon/test_journal.c
tests_daemon_test_journal_CPPFLAGS = $(tests_cppflags) $(SQLITE_CFLAGS)
tests_daemon_test_journal_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS)
tests_daemon_test_library_SOURCES = tests/daemon/test_library.c
tests_daemon_test_library_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_library_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_life_SOURCES = tests/daemon/test_life.c
tests_daemon_test_life_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_life_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_limits_SOURCES = tests/daemon/test_limits.c
tests_daemon_test_limits_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_limits_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_metrics_SOURCES = tests/daemon/test_metrics.c
tests_daemon_test_metrics_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_metrics_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_poll_SOURCES = tests/daemon/test_poll.c
tests_daemon_test_poll_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_poll_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_pilot_SOURCES = tests/daemon/test_pilot.c
tests_daemon_test_pilot_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_pilot_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_protocol_SOURCES = tests/daemon/test_protocol.c
tests_daemon_test_protocol_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_protocol_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_reload_SOURCES = tests/daemon/test_reload.c
tests_daemon_test_reload_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_reload_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_rounds_SOURCES = tests/daemon/test_rounds.c
tests_daemon_test_rounds_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_rounds_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_route_SOURCES = tests/daemon/test_route.c
tests_daemon_test_route_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_route_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_supervise_SOURCES = tests/daemon/test_supervise.c
tests_daemon_test_supervise_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_supervise_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_daemon_test_tokens_SOURCES = tests/daemon/test_tokens.c
tests_daemon_test_tokens_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_tokens_LDADD = tests/daemon/libsupport.a $(CMOCKA_LIBS) $(JANSSON_LIBS)

tests_daemon_test_skim_SOURCES = tests/daemon/test_skim.c daemon/skim.c daemon/skim.h
tests_daemon_test_skim_CPPFLAGS = $(tests_cppflags)
tests_daemon_test_skim_LDADD = $(tests_ldadd)

tests_daemon_test_store_SOURCES = tests/daemon/test_store.c tests/daemon/faulty.c tests/daemon/faulty.h \
    daemon/store/database.c daemon/store/entry.c daemon/store/journal.c daemon/store/store.c daemon/store/versions.c \
    daemon/thread.c
# Tight, so that a disk that refuses is tried again soon.
tests_daemon_test_store_CPPFLAGS = $(tests_cppflags) -DTIDU_TIGHT $(SQLITE_CFLAGS) $(ZSTD_CFLAGS)
tests_daemon_test_store_LDADD = $(tests_ldadd) $(SQLITE_LIBS) $(ZSTD_LIBS) -lpthread
