libwhole_la_SOURCES += \
    dsl/lang/band.c \
    dsl/lang/call.c \
    dsl/lang/compare.c \
    dsl/lang/internal.h \
    dsl/lang/operand.c \
    dsl/lang/parse.c \
    dsl/lang/print.c \
    dsl/lang/say.c \
    dsl/lang/scan.c \
    dsl/lang/signatures.c \
    dsl/lang/types.c \
    dsl/lang/units.c \
    dsl/lang/words.c
EXTRA_DIST += dsl/lang/README.md dsl/lang/units.def dsl/lang/words.def
