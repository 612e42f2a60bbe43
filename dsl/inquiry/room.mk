libwhole_la_SOURCES += \
    dsl/inquiry/axis.c \
    dsl/inquiry/calibrate.c \
    dsl/inquiry/cohort.c \
    dsl/inquiry/gate.c \
    dsl/inquiry/gates.c \
    dsl/inquiry/grid.c \
    dsl/inquiry/groups.c \
    dsl/inquiry/impact.c \
    dsl/inquiry/internal.h \
    dsl/inquiry/lineup.c \
    dsl/inquiry/scan.c \
    dsl/inquiry/seer.c \
    dsl/inquiry/sieve.c \
    dsl/inquiry/sweep.c \
    dsl/inquiry/sweep.h \
    dsl/inquiry/tell.c \
    dsl/inquiry/verdicts.c
EXTRA_DIST += dsl/inquiry/README.md
