libwhole_la_SOURCES += \
    dsl/base/arena.c \
    dsl/base/both.c \
    dsl/base/decimal.c \
    dsl/base/digest.c \
    dsl/base/error.c \
    dsl/base/heap.c \
    dsl/base/places.c \
    dsl/base/text.c
EXTRA_DIST += dsl/base/README.md
