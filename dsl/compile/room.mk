libtidu_la_SOURCES += \
    dsl/compile/compile.c \
    dsl/compile/conditions.c \
    dsl/compile/deviation.c \
    dsl/compile/events.c \
    dsl/compile/inputs.c \
    dsl/compile/internal.h \
    dsl/compile/lower.c \
    dsl/compile/mutants.c \
    dsl/compile/names.c \
    dsl/compile/money.c \
    dsl/compile/outline.c \
    dsl/compile/outline.h \
    dsl/compile/places.c \
    dsl/compile/routing.c \
    dsl/compile/overlay.c \
    dsl/compile/rules.c \
    dsl/compile/scenarios.c \
    dsl/compile/slots.c \
    dsl/compile/support.c \
    dsl/compile/words.c
EXTRA_DIST += dsl/compile/README.md
