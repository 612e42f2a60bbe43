libwhole_la_SOURCES += \
    dsl/population/binding.c \
    dsl/population/binding.h \
    dsl/population/build.c \
    dsl/population/decode.c \
    dsl/population/describe.c \
    dsl/population/dictionary.c \
    dsl/population/encode.c \
    dsl/population/filling.c \
    dsl/population/gather.c \
    dsl/population/hash.c \
    dsl/population/internal.h \
    dsl/population/keeping.c \
    dsl/population/snapshot.c \
    dsl/population/synth.c \
    dsl/population/widen.c
EXTRA_DIST += dsl/population/README.md
