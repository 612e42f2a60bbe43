# The daemon, and the command line that speaks with it or stands alone. Both take the
# library in: one file to install, and calls into it cost less.

daemon_cppflags = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(LIBCONFIG_CFLAGS) $(SYSTEMD_CFLAGS) \
    $(CAPNG_CFLAGS) $(SECCOMP_CFLAGS) $(SQLITE_CFLAGS) $(ZSTD_CFLAGS) $(MICROHTTPD_CFLAGS)

# What both do.
noinst_LIBRARIES += daemon/libboth.a
daemon_libboth_a_SOURCES = \
    daemon/ask.c \
    daemon/ask.h \
    daemon/demand.c \
    daemon/differ.c \
    daemon/desk.c \
    daemon/desk.h \
    daemon/history.c \
    daemon/history.h \
    daemon/intake.c \
    daemon/inventory.c \
    daemon/inventory.h \
    daemon/library.c \
    daemon/look.c \
    daemon/look.h \
    daemon/params.c \
    daemon/params.h \
    daemon/poll.c \
    daemon/poll.h \
    daemon/receipt.c \
    daemon/receipt.h \
    daemon/replay.c \
    daemon/skim.c \
    daemon/sketch.c \
    daemon/sketch.h \
    daemon/survey.c \
    daemon/skim.h \
    daemon/tree.c \
    daemon/tree.h \
    daemon/walk.h \
    daemon/store/database.c \
    daemon/store/database.h \
    daemon/store/demands.c \
    daemon/store/demands.h \
    daemon/store/enterprises.c \
    daemon/store/enterprises.h \
    daemon/store/entry.c \
    daemon/store/entry.h \
    daemon/store/journal.c \
    daemon/store/journal.h \
    daemon/store/versions.c \
    daemon/store/versions.h

daemon_libboth_a_CPPFLAGS = $(daemon_cppflags)
daemon_libboth_a_CFLAGS = $(AM_CFLAGS)

# All of tidud but where it begins; tests/fuzz/ opens a server of its own.
noinst_LIBRARIES += daemon/libtidud.a
daemon_libtidud_a_SOURCES = \
    daemon/access.c \
    daemon/announce.c \
    daemon/answer.h \
    daemon/asked.c \
    daemon/census.c \
    daemon/census.h \
    daemon/charge.h \
    daemon/check.c \
    daemon/calls.def \
    daemon/confine.c \
    daemon/crowd.c \
    daemon/draft.c \
    daemon/defaults.h \
    daemon/entrance.c \
    daemon/errand.c \
    daemon/evaluate.c \
    daemon/fence.c \
    daemon/framing.c \
    daemon/framing.h \
    daemon/front.c \
    daemon/gallery.c \
    daemon/gate.c \
    daemon/health.c \
    daemon/http.c \
    daemon/http.h \
    daemon/inquiry.c \
    daemon/internal.h \
    daemon/job.c \
    daemon/lend.c \
    daemon/listener.c \
    daemon/load.c \
    daemon/load.h \
    daemon/log.c \
    daemon/log.h \
    daemon/loop.c \
    daemon/mailbox.c \
    daemon/metrics.c \
    daemon/metrics.def \
    daemon/operate.c \
    daemon/pilot.c \
    daemon/polled.c \
    daemon/question.c \
    daemon/records.c \
    daemon/relay.c \
    daemon/reload.c \
    daemon/requests.c \
    daemon/requests.def \
    daemon/restart.c \
    daemon/rpc.c \
    daemon/rpc.h \
    daemon/serve.h \
    daemon/session.c \
    daemon/settings.c \
    daemon/settings.def \
    daemon/settings.h \
    daemon/shadow.c \
    daemon/supervise.c \
    daemon/tally.c \
    daemon/tally.h \
    daemon/thread.c \
    daemon/threads.h \
    daemon/tokens.c \
    daemon/store/store.c \
    daemon/store/store.h \
    daemon/watch.c \
    daemon/witness.c \
    daemon/worker.c \
    daemon/world.c
daemon_libtidud_a_CPPFLAGS = $(daemon_cppflags)
daemon_libtidud_a_CFLAGS = $(AM_CFLAGS)
daemon_libs = daemon/libtidud.a daemon/libboth.a $(whole) -lstdc++ $(EV_LIBS) $(LIBCONFIG_LIBS) \
    $(JANSSON_LIBS) $(SYSTEMD_LIBS) $(CAPNG_LIBS) $(SECCOMP_LIBS) $(SQLITE_LIBS) $(ZSTD_LIBS) \
    $(MICROHTTPD_LIBS) $(whole_libs) -lpthread

sbin_PROGRAMS += daemon/tidud
daemon_tidud_SOURCES = daemon/main.c
daemon_tidud_CPPFLAGS = $(daemon_cppflags)
daemon_tidud_CFLAGS = $(AM_CFLAGS)
daemon_tidud_LDADD = $(daemon_libs)

bin_PROGRAMS += daemon/cli/tidu
daemon_cli_tidu_SOURCES = \
    daemon/cli/ask.c \
    daemon/cli/calendar.c \
    daemon/cli/calibrate.c \
    daemon/cli/check.c \
    daemon/cli/client.c \
    daemon/cli/cohort.c \
    daemon/cli/commands.def \
    daemon/cli/describe.c \
    daemon/cli/diff.c \
    daemon/cli/engine.c \
    daemon/cli/eval.c \
    daemon/cli/impact.c \
    daemon/cli/input.c \
    daemon/cli/inquiry.c \
    daemon/cli/internal.h \
    daemon/cli/journal.c \
    daemon/cli/judge.c \
    daemon/cli/kept.c \
    daemon/cli/kept.h \
    daemon/cli/kept_show.c \
    daemon/cli/local.c \
    daemon/cli/main.c \
    daemon/cli/matrix.c \
    daemon/cli/missing.c \
    daemon/cli/mutate.c \
    daemon/cli/options.c \
    daemon/cli/path.c \
    daemon/cli/plot.c \
    daemon/cli/population.c \
    daemon/cli/options.def \
    daemon/cli/reload.c \
    daemon/cli/review.c \
    daemon/cli/remote.c \
    daemon/cli/route.c \
    daemon/cli/rules.c \
    daemon/cli/show.c \
    daemon/cli/support.c \
    daemon/cli/sweep.c \
    daemon/cli/sink.c \
    daemon/cli/sql.c \
    daemon/cli/status.c \
    daemon/cli/stock.c \
    daemon/cli/table.c \
    daemon/cli/token.c \
    daemon/cli/verify.c \
    daemon/cli/watch.c \
    daemon/cli/whatif.c
daemon_cli_tidu_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(LIBICAL_CFLAGS) \
    $(SQLITE_CFLAGS) $(ZSTD_CFLAGS)
daemon_cli_tidu_CFLAGS = $(AM_CFLAGS)
daemon_cli_tidu_LDADD = daemon/libboth.a $(whole) -lstdc++ $(JANSSON_LIBS) $(LIBICAL_LIBS) \
    $(SQLITE_LIBS) $(ZSTD_LIBS) $(whole_libs)

EXTRA_DIST += daemon/README.md daemon/cli/README.md daemon/store/README.md
