libwhole_la_SOURCES += \
    dsl/record/cells.c \
    dsl/record/complain.c \
    dsl/record/csv.c \
    dsl/record/cursor.c \
    dsl/record/held.c \
    dsl/record/index.cc \
    dsl/record/internal.h \
    dsl/record/number.c \
    dsl/record/reader.c \
    dsl/record/restate.c \
    dsl/record/sinks.c \
    dsl/record/filing.c \
    dsl/record/titles.c
libwhole_la_CXXFLAGS = $(AM_CXXFLAGS) -fno-exceptions -fno-rtti
EXTRA_DIST += dsl/record/README.md
