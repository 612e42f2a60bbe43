# The doors of libtidu.
tiduincludedir = $(includedir)/tidu
tiduerrorsdir = $(includedir)/tidu/errors
tiduinclude_HEADERS = \
    include/tidu/arena.h \
    include/tidu/block.h \
    include/tidu/both.h \
    include/tidu/compile.h \
    include/tidu/decimal.h \
    include/tidu/declare.h \
    include/tidu/diff.h \
    include/tidu/error.h \
    include/tidu/evaluate.h \
    include/tidu/expr.h \
    include/tidu/functions.def \
    include/tidu/heap.h \
    include/tidu/inquiry.h \
    include/tidu/mutants.h \
    include/tidu/mutate.h \
    include/tidu/mutations.def \
    include/tidu/ops.def \
    include/tidu/overlay.h \
    include/tidu/path.h \
    include/tidu/places.h \
    include/tidu/population.h \
    include/tidu/program.h \
    include/tidu/record.h \
    include/tidu/review.h \
    include/tidu/routing.h \
    include/tidu/rules.h \
    include/tidu/run.h \
    include/tidu/sql.h \
    include/tidu/text.h \
    include/tidu/vocabulary.h \
    include/tidu/whatif.h
tiduerrors_HEADERS = \
    include/tidu/fairness.def \
    include/tidu/errors/all.def \
    include/tidu/errors/author.def \
    include/tidu/errors/base.def \
    include/tidu/errors/compile.def \
    include/tidu/errors/daemon.def \
    include/tidu/errors/inquiry.def \
    include/tidu/errors/lang.def \
    include/tidu/errors/record.def \
    include/tidu/errors/store.def \
    include/tidu/errors/support.def
