libwhole_la_SOURCES += \
    dsl/path/alike.c \
    dsl/path/between.c \
    dsl/path/bounds.c \
    dsl/path/boxes.c \
    dsl/path/cones.c \
    dsl/path/diff.c \
    dsl/path/differ.h \
    dsl/path/forms.c \
    dsl/path/internal.h \
    dsl/path/invent.c \
    dsl/path/joint.c \
    dsl/path/joint.h \
    dsl/path/leeway.c \
    dsl/path/levels.c \
    dsl/path/missing.c \
    dsl/path/numbers.c \
    dsl/path/parts.c \
    dsl/path/path.c \
    dsl/path/prices.c \
    dsl/path/regions.c \
    dsl/path/search.c \
    dsl/path/seek.c \
    dsl/path/simplex.c \
    dsl/path/sums.c \
    dsl/path/sums.h \
    dsl/path/tell.c \
    dsl/path/unknowns.c
EXTRA_DIST += dsl/path/README.md
