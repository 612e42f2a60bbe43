libtidu_la_SOURCES += \
    dsl/engine/beside.c \
    dsl/engine/beside.h \
    dsl/engine/block.c \
    dsl/engine/build.c \
    dsl/engine/exact.c \
    dsl/engine/explain.c \
    dsl/engine/internal.h \
    dsl/engine/kernels.h \
    dsl/engine/print.c \
    dsl/engine/run.c \
    dsl/engine/same.c \
    dsl/engine/small.c \
    dsl/engine/steps.c \
    dsl/engine/vocabulary.c
EXTRA_DIST += dsl/engine/README.md
