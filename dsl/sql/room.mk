libwhole_la_SOURCES += \
    dsl/sql/dialects.c \
    dsl/sql/express.c \
    dsl/sql/inputs.c \
    dsl/sql/internal.h \
    dsl/sql/nodes.c \
    dsl/sql/rows.c \
    dsl/sql/tables.c \
    dsl/sql/tables.h \
    dsl/sql/view.c
EXTRA_DIST += dsl/sql/README.md
