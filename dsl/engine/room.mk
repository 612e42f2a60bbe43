libwhole_la_SOURCES += \
    dsl/engine/beside.c \
    dsl/engine/beside.h \
    dsl/engine/block.c \
    dsl/engine/build.c \
    dsl/engine/exact.c \
    dsl/engine/explain.c \
    dsl/engine/find.c \
    dsl/engine/internal.h \
    dsl/engine/kernels.h \
    dsl/engine/print.c \
    dsl/engine/run.c \
    dsl/engine/same.c \
    dsl/engine/small.c \
    dsl/engine/steps.c \
    dsl/engine/variant.c \
    dsl/engine/vocabulary.c
EXTRA_DIST += dsl/engine/README.md

# The kernels once more for wider lanes: see variant.c.
if LANES
noinst_LTLIBRARIES += libv3.la libv4.la
libwhole_la_LIBADD += libv3.la libv4.la
libv3_la_SOURCES = dsl/engine/steps.c dsl/population/widen.c
libv3_la_CPPFLAGS = $(AM_CPPFLAGS) -DTIDU_VARIANT=tidu_kernels_v3 -DTIDU_WIDEN=tidu_widen_v3
libv3_la_CFLAGS = $(AM_CFLAGS) -march=x86-64-v3
libv4_la_SOURCES = dsl/engine/steps.c dsl/population/widen.c
libv4_la_CPPFLAGS = $(AM_CPPFLAGS) -DTIDU_VARIANT=tidu_kernels_v4 -DTIDU_WIDEN=tidu_widen_v4
libv4_la_CFLAGS = $(AM_CFLAGS) -march=x86-64-v4
endif
