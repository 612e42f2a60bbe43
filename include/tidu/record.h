/*
 * record.h: enterprise records, from JSON or CSV text into a block.
 *
 * The format is that of a record in the protocol: facts by name, title or
 * alias, numbers in the unit the vocabulary declares, annual facts as objects
 * keyed by year. Everything a client may get wrong is an error that names the
 * fact, what it got and what it takes.
 *
 * Must not know: programs, sockets.
 *
 * Ownership: a reader owns its parser. Slices kept in the block point into
 * the text given, or into the block's arena.
 */
#ifndef TIDU_RECORD_H
#define TIDU_RECORD_H

#include "tidu/block.h"
#include "tidu/text.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TIDU_RECORD_PADDING = 64,        /* readable bytes needed behind a record's text */
    TIDU_RECORD_SIZE = 1 << 20,      /* a longer record is refused */
    TIDU_RECORD_DEPTH = 16,          /* and one nested deeper */
    TIDU_NUMBER_DIGITS = 40          /* and a number with more digits */
};

typedef struct tidu_reader tidu_reader;

/* `vocabulary` is borrowed. NULL when memory ran out. */
tidu_reader *tidu_reader_open(const tidu_vocabulary *vocabulary);
void tidu_reader_close(tidu_reader **reader);

typedef enum tidu_read {
    TIDU_READ_ROW,   /* the record is the block's new last row */
    TIDU_READ_ERROR, /* *reterr says why; the block is as before */
    TIDU_READ_FULL   /* no room for its list items: run the block, clear it, read again */
} tidu_read;

/* Read one JSON object of `length` bytes; TIDU_RECORD_PADDING more bytes must
 * be readable behind it (their values do not matter). The block must have a
 * free row. With `ignore_unknown` facts the vocabulary lacks are skipped. */
tidu_read tidu_reader_json(tidu_reader *reader, const char *text, size_t length,
                           bool ignore_unknown, tidu_block *block, tidu_error *reterr);

/* CSV after RFC 4180, UTF-8 with or without a byte order mark; the first line
 * names the facts (identifier, title or alias). An annual fact's heading may
 * carry a year: "revenue 2025", "营业收入2025", "revenue[2025]"; without one it
 * is the last full year. Sets are separated by ';'. A title's heading is
 * "holds lg" or "持有小巨人" style: "titles" with ids separated by ';', each
 * "id", "id:granted..expires", or that with ":reviewed=DATE" or ":cancelled=DATE"
 * behind it. List facts cannot be given in CSV. */
typedef struct tidu_csv tidu_csv;

/* Read the heading line; NULL with *reterr when it names an unknown fact. */
tidu_csv *tidu_csv_open(const tidu_vocabulary *vocabulary, const char *heading, size_t length,
                        bool ignore_unknown, tidu_error *reterr);
void tidu_csv_close(tidu_csv **csv);

/* Length of the record at `text` with its line end, which quoted line ends do
 * not end; 0 when the text ends before the record does. `last` says that no
 * more text will come: then the rest is the record. */
size_t tidu_csv_measure(const char *text, size_t length, bool last);

/* Read one record as measured. Empty cells are unknown. */
tidu_read tidu_csv_read(tidu_csv *csv, const char *text, size_t length, tidu_block *block,
                        tidu_error *reterr);

/* Append a record that can be read as a JSON object that says the same: facts by their
 * identifiers, annual ones by year (`year` is the last full one). False with *reterr when
 * memory ran out. */
bool tidu_csv_restate(tidu_csv *csv, const char *text, size_t length, int year, tidu_text *out,
                      tidu_error *reterr);

/* One entry of a record's titles: held if the block's date is one of its days,
 * unknown if it may have run out since. */
typedef struct tidu_title_entry {
    int32_t title;             /* in the layout */
    int32_t granted, reviewed; /* INT32_MIN when not stated */
    int32_t expires;           /* INT32_MAX when not stated */
    int32_t cancelled;         /* from this day on; INT32_MAX when not stated */
} tidu_title_entry;

/* What it comes to, into a row of a block of the layout. Another entry of the same title
 * may already be there. */
void tidu_title_file(const tidu_layout *layout, const tidu_title_entry *entry, tidu_block *block,
                     uint32_t row);

/* The same for a title of which only that is said. */
void tidu_title_hold(const tidu_layout *layout, int32_t title, bool held, tidu_block *block,
                     uint32_t row);

#ifdef __cplusplus
}
#endif

#endif
