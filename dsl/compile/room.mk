libtidu_la_SOURCES += \
    dsl/compile/bands.c \
    dsl/compile/boxes.c \
    dsl/compile/boxes.h \
    dsl/compile/cases.c \
    dsl/compile/cases.h \
    dsl/compile/choose.c \
    dsl/compile/compile.c \
    dsl/compile/conditions.c \
    dsl/compile/decision.c \
    dsl/compile/deviation.c \
    dsl/compile/events.c \
    dsl/compile/inputs.c \
    dsl/compile/internal.h \
    dsl/compile/findings.c \
    dsl/compile/lint.c \
    dsl/compile/lint.h \
    dsl/compile/lower.c \
    dsl/compile/mutants.c \
    dsl/compile/names.c \
    dsl/compile/money.c \
    dsl/compile/operands.c \
    dsl/compile/outline.c \
    dsl/compile/outline.h \
    dsl/compile/overlay.c \
    dsl/compile/places.c \
    dsl/compile/points.c \
    dsl/compile/prove.c \
    dsl/compile/review.c \
    dsl/compile/routing.c \
    dsl/compile/rules.c \
    dsl/compile/samples.c \
    dsl/compile/says.c \
    dsl/compile/scenarios.c \
    dsl/compile/slots.c \
    dsl/compile/support.c \
    dsl/compile/words.c
EXTRA_DIST += dsl/compile/README.md
