libwhole_la_SOURCES += \
    dsl/answer/answer.c \
    dsl/answer/brief.c \
    dsl/answer/calendar.c \
    dsl/answer/cases.c \
    dsl/answer/coverage.c \
    dsl/answer/describe.c \
    dsl/answer/evaluation.c \
    dsl/answer/internal.h \
    dsl/answer/lists.c \
    dsl/answer/matrix.c \
    dsl/answer/missing.c \
    dsl/answer/mutation.c \
    dsl/answer/moved.c \
    dsl/answer/notes.c \
    dsl/answer/pieces.c \
    dsl/answer/report.c \
    dsl/answer/route.c \
    dsl/answer/says.c \
    dsl/answer/scenarios.c \
    dsl/answer/show.c \
    dsl/answer/support.c \
    dsl/answer/whatif.c
EXTRA_DIST += dsl/answer/README.md
