libwhole_la_SOURCES += \
    dsl/author/apart.c \
    dsl/author/attr.c \
    dsl/author/decode.c \
    dsl/author/internal.h \
    dsl/author/load.c \
    dsl/author/reuse.c \
    dsl/author/run.c

# What the helper does with documents; without the process that does it, it can be
# fed by tests/fuzz/.
noinst_LIBRARIES += dsl/author/libauthor.a
dsl_author_libauthor_a_SOURCES = \
    dsl/author/bind.c \
    dsl/author/declare.c \
    dsl/author/document.c \
    dsl/author/encode.c \
    dsl/author/helper.c \
    dsl/author/internal.h \
    dsl/author/keys.c \
    dsl/author/marks.c \
    dsl/author/pieces.c \
    dsl/author/sandbox.c \
    dsl/author/values.c \
    dsl/author/words.c
nodist_dsl_author_libauthor_a_SOURCES = dsl/author/prelude.inc
dsl_author_libauthor_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(builddir)/dsl/author \
    $(LUA_CFLAGS) $(CMARK_CFLAGS)
dsl_author_libauthor_a_CFLAGS = $(AM_CFLAGS)
author_libs = dsl/author/libauthor.a $(LUA_LIBS) $(CMARK_LIBS) $(CMARK_EXTENSION_LIBS)

# The helper takes what it needs of base/ by itself: it starts faster without
# the rest of libtidu, and has less to give away.
pkglibexec_PROGRAMS = dsl/author/tidu-author
dsl_author_tidu_author_SOURCES = \
    dsl/author/attr.c \
    dsl/author/author_main.c \
    dsl/author/confine.c \
    dsl/author/internal.h \
    dsl/author/tell.c \
    dsl/base/arena.c \
    dsl/base/error.c \
    dsl/base/heap.c \
    dsl/base/text.c
dsl_author_tidu_author_CPPFLAGS = $(AM_CPPFLAGS) $(CMARK_CFLAGS) $(SECCOMP_CFLAGS)
dsl_author_tidu_author_CFLAGS = $(AM_CFLAGS)
dsl_author_tidu_author_LDADD = $(author_libs) $(SECCOMP_LIBS) -lm

# prelude.lua as the inside of a C array.
BUILT_SOURCES += dsl/author/prelude.inc
dsl/author/libauthor_a-sandbox.$(OBJEXT): dsl/author/prelude.inc
CLEANFILES += dsl/author/prelude.inc
dsl/author/prelude.inc: $(srcdir)/dsl/author/prelude.lua
	$(AM_V_GEN)$(MKDIR_P) dsl/author && \
	od -An -v -tx1 $(srcdir)/dsl/author/prelude.lua | \
	sed 's/\([0-9a-f][0-9a-f]\)/0x\1,/g' > $@.new && mv $@.new $@

EXTRA_DIST += dsl/author/README.md dsl/author/prelude.lua

# The helper takes no options: only its parent starts it.
AM_INSTALLCHECK_STD_OPTIONS_EXEMPT = dsl/author/tidu-author
