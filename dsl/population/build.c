/*
 * build.c: records to a snapshot, group by group.
 *
 *   worker 1:  take 0 │ read 0 ............ │ merge 0 │ encode 0 .. │ write 0 │ take 2 …
 *   worker 2:         │ take 1 │ read 1 ............ │ merge 1 │ encode 1 .. │ write 1 …
 *
 * A worker takes the text of a group, and does all but two things by itself: merging its
 * dictionaries into those of the snapshot, and writing, which come in the order of the
 * groups. So the bytes do not depend on how many workers there are.
 *
 * Owns the workers, and the file until it has its name.
 */
#include "internal.h"
#include "tidu/both.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef TIDU_TIGHT
enum { MOST_WORKERS = 64, PIECE_SIZE = 1 << 16, REFUSALS_KEPT = 4 };
#else
enum { MOST_WORKERS = 64, PIECE_SIZE = 1 << 28, REFUSALS_KEPT = 200 };
#endif

struct refusal {
    uint64_t number;
    tidu_error error;
};

/* Things that happen in the order of the groups. */
struct turn {
    uint64_t next;
};

struct build {
    const tidu_build_options *options;
    const tidu_text_source *source;
    const tidu_build_watch *watch;
    const tidu_vocabulary *vocabulary;
    pthread_mutex_t lock; /* over all that follows */
    pthread_cond_t moved;
    bool failed;
    tidu_error error;

    /* what is yet to be read */
    tidu_text rest;
    tidu_text heading; /* of CSV */
    bool begun, ended;
    uint64_t piece_count, record_count;

    struct turn merging, writing;
    struct dictionary **dictionaries; /* of the snapshot, as in a keeping */
    uint32_t dictionary_count;

    /* the file */
    int fd;
    char *name; /* until it is renamed */
    uint64_t position, row_count, refused_count;
    struct kept_group *groups;
    struct kept_chunk *chunks; /* [group * columns + column], of all keeping columns */
    uint32_t *items;
    size_t group_count, group_room;
    uint32_t column_count, frame_count;
};

struct worker {
    struct build *build;
    struct keeping *keeping;
    tidu_reader *reader;
    tidu_csv *csv;
    tidu_block *block;
    struct group *group;
    tidu_text piece, out;
    uint64_t number, first_record; /* of the piece */
    uint32_t records[TIDU_BLOCK_ROWS];
    uint32_t record_count; /* in the piece */
    uint32_t **numbers;    /* [dictionary]: of the snapshot */
    struct refusal *refusals;
    uint32_t refusal_count, refused_count;
};

static bool
no_memory(tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- pieces of text ---- */

/* How far the next record reaches from `at`, its line end included; 0 when the text ends
 * before it does. */
static size_t
measure(const struct build *build, const tidu_text *text, size_t at, bool last)
{
    size_t length = text->length - at;
    if (!length)
        return 0;
    if (build->source->csv)
        return tidu_csv_measure(text->data + at, length, last);
    const char *end = memchr(text->data + at, '\n', length);
    return end ? (size_t)(end - (text->data + at)) + 1 : last ? length : 0;
}

static bool
is_blank(const char *text, size_t length)
{
    while (length && (text[length - 1] == '\n' || text[length - 1] == '\r' ||
                      text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return !length;
}

/* More text, at the end of `text`. */
static bool
read_more(struct build *build, tidu_text *text, tidu_error *reterr)
{
    size_t before = text->length;
    if (!build->source->read(build->source->context, text, reterr))
        return false;
    build->ended = text->length == before;
    return !text->failed || no_memory(reterr);
}

/* A byte order mark says nothing, and a table's first line names its columns. */
static bool
begin_text(struct build *build, tidu_error *reterr)
{
    tidu_text *rest = &build->rest;
    size_t length = 0, mark;
    while (!build->ended && !(length = measure(build, rest, 0, false)))
        if (!read_more(build, rest, reterr))
            return false;
    mark = rest->length >= 3 && !memcmp(rest->data, "\xef\xbb\xbf", 3) ? 3 : 0;
    if (build->source->csv) {
        length = length ? length : rest->length;
        tidu_text_add(&build->heading, rest->data, length);
        mark = length;
    }
    rest->length -= mark;
    if (rest->length)
        memmove(rest->data, rest->data + mark, rest->length);
    build->begun = true;
    return (!build->heading.failed && tidu_text_reserve(&build->heading, TIDU_RECORD_PADDING)) ||
           no_memory(reterr);
}

/* The text of the next group and the number of its first record; empty when there is
 * none left. */
static bool
take_piece(struct build *build, struct worker *worker, tidu_error *reterr)
{
    tidu_text *piece = &worker->piece;
    uint32_t records = 0;
    size_t at = 0;
    if (!build->begun && !begin_text(build, reterr))
        return false;
    piece->length = 0;
    tidu_text_add(piece, build->rest.data, build->rest.length);
    build->rest.length = 0;
    while (records < TIDU_GROUP_ROWS && at < PIECE_SIZE) {
        size_t length = measure(build, piece, at, build->ended);
        if (!length && build->ended)
            break;
        if (!length && piece->length > at + PIECE_SIZE)
            length = piece->length - at; /* no line ends so late: the reader refuses it */
        if (!length && !read_more(build, piece, reterr))
            return false;
        records += length && !is_blank(piece->data + at, length);
        at += length;
    }
    if (at < piece->length)
        tidu_text_add(&build->rest, piece->data + at, piece->length - at);
    piece->length = at;
    if (piece->failed || build->rest.failed || !tidu_text_reserve(piece, TIDU_RECORD_PADDING))
        return no_memory(reterr);
    worker->number = build->piece_count;
    worker->first_record = build->record_count + 1;
    build->piece_count += at > 0;
    build->record_count += records;
    return true;
}

/* ---- a group ---- */

static bool
note_refusal(struct worker *worker, const tidu_error *error)
{
    worker->refused_count++;
    if (worker->refusal_count == REFUSALS_KEPT)
        return true;
    struct refusal *wider = realloc(worker->refusals, (worker->refusal_count + 1) * sizeof *wider);
    if (!wider)
        return false;
    worker->refusals = wider;
    wider[worker->refusal_count++] =
        (struct refusal){worker->first_record + worker->record_count, *error};
    return true;
}

static bool
empty_block(struct worker *worker)
{
    bool good = tidu_group_add(worker->group, worker->block, worker->records);
    tidu_block_clear(worker->block, tidu_date_join(TIDU_BARE_YEAR + 1, 1, 1));
    return good;
}

static tidu_read
read_one(struct worker *worker, const char *text, size_t length, tidu_error *reterr)
{
    if (worker->csv)
        return tidu_csv_read(worker->csv, text, length, worker->block, reterr);
    return tidu_reader_json(worker->reader, text, length, worker->build->options->ignore_unknown,
                            worker->block, reterr);
}

/* False when memory ran out. */
static bool
read_record(struct worker *worker, const char *text, size_t length)
{
    tidu_error error = {.code = TIDU_OK};
    tidu_block *block = worker->block;
    if (block->row_count == block->row_capacity && !empty_block(worker))
        return false;
    tidu_read read = read_one(worker, text, length, &error);
    if (read == TIDU_READ_FULL)
        read = empty_block(worker) ? read_one(worker, text, length, &error) : TIDU_READ_FULL;
    if (read == TIDU_READ_ROW)
        worker->records[block->row_count - 1] = worker->record_count;
    else if (read == TIDU_READ_FULL || error.code == TIDU_MEMORY || !note_refusal(worker, &error))
        return false;
    worker->record_count++;
    return true;
}

static size_t
without_line_end(const char *text, size_t length)
{
    if (length && text[length - 1] == '\n')
        length--;
    return length && text[length - 1] == '\r' ? length - 1 : length;
}

static bool
read_piece(struct worker *worker)
{
    const tidu_text *piece = &worker->piece;
    size_t at = 0;
    worker->record_count = worker->refused_count = worker->refusal_count = 0;
    tidu_group_clear(worker->group);
    tidu_block_clear(worker->block, tidu_date_join(TIDU_BARE_YEAR + 1, 1, 1));
    while (at < piece->length) {
        const char *text = piece->data + at;
        size_t length = measure(worker->build, piece, at, true);
        at += length;
        if (!is_blank(text, length) &&
            !read_record(worker, text, worker->csv ? length : without_line_end(text, length)))
            return false;
    }
    return empty_block(worker) && tidu_group_sort(worker->group);
}

/* ---- turns ---- */

static bool
fail(struct build *build, const tidu_error *error)
{
    pthread_mutex_lock(&build->lock);
    if (!build->failed)
        build->error = *error;
    build->failed = true;
    pthread_cond_broadcast(&build->moved);
    pthread_mutex_unlock(&build->lock);
    return false;
}

/* With the lock held when true; false when the build has failed meanwhile. */
static bool
await(struct build *build, const struct turn *turn, uint64_t number)
{
    pthread_mutex_lock(&build->lock);
    while (!build->failed && turn->next != number)
        pthread_cond_wait(&build->moved, &build->lock);
    if (!build->failed)
        return true;
    pthread_mutex_unlock(&build->lock);
    return false;
}

static void
pass_on(struct build *build, struct turn *turn)
{
    turn->next++;
    pthread_cond_broadcast(&build->moved);
    pthread_mutex_unlock(&build->lock);
}

/* ---- merging ---- */

static bool
merge_one(struct worker *worker, uint32_t number)
{
    const struct dictionary *own = worker->keeping->dictionaries[number];
    uint32_t count = tidu_dictionary_count(own);
    uint32_t *numbers = realloc(worker->numbers[number], ((size_t)count + 1) * sizeof *numbers);
    if (!numbers)
        return false;
    worker->numbers[number] = numbers;
    for (uint32_t i = 0; i < count; i++)
        if (!tidu_dictionary_add(worker->build->dictionaries[number], tidu_dictionary_text(own, i),
                                 &numbers[i]))
            return false;
    return true;
}

static bool
merge(struct worker *worker)
{
    struct build *build = worker->build;
    bool good = true;
    if (!await(build, &build->merging, worker->number))
        return false;
    for (uint32_t d = 0; d < build->dictionary_count && good; d++)
        good = merge_one(worker, d);
    pass_on(build, &build->merging);
    return good || fail(build, &(tidu_error){.code = TIDU_MEMORY});
}

/* ---- writing ---- */

static bool
write_all(const struct build *build, const char *bytes, size_t size, uint64_t at,
          tidu_error *reterr)
{
    while (size) {
        ssize_t done = pwrite(build->fd, bytes, size, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return tidu_error_set(reterr, TIDU_FILE_WRITE, build->options->path,
                                  strerror(done ? errno : ENOSPC), NULL);
        bytes += done;
        at += (uint64_t)done;
        size -= (size_t)done;
    }
    return true;
}

static bool
grow(struct build *build)
{
    if (build->group_count < build->group_room)
        return true;
    size_t room = build->group_room ? build->group_room * 2 : 16;
    struct kept_group *groups = realloc(build->groups, room * sizeof *groups);
    build->groups = groups ? groups : build->groups;
    struct kept_chunk *chunks = realloc(build->chunks, room * build->column_count * sizeof *chunks);
    build->chunks = chunks ? chunks : build->chunks;
    uint32_t *items = realloc(build->items, room * build->frame_count * sizeof *items);
    build->items = items ? items : build->items;
    if (!groups || !chunks || !items)
        return false;
    build->group_room = room;
    return true;
}

static bool
encode(struct worker *worker, struct kept_chunk *chunks)
{
    const struct keeping *keeping = worker->keeping;
    worker->out.length = 0;
    for (uint32_t c = 0; c < keeping->column_count; c++) {
        int32_t dictionary = keeping->columns[c].dictionary;
        const uint32_t *numbers = dictionary == TIDU_NONE ? NULL : worker->numbers[dictionary];
        if (!tidu_chunk_encode(worker->group, c, numbers, &worker->out, &chunks[c]))
            return false;
    }
    return true;
}

static uint64_t
aligned(uint64_t size)
{
    return (size + TIDU_CHUNK_ALIGNMENT - 1) / TIDU_CHUNK_ALIGNMENT * TIDU_CHUNK_ALIGNMENT;
}

/* The group's rows are counted and its place in the file is known; with the lock held. */
static void
enter_group(struct worker *worker, const struct kept_chunk *chunks)
{
    struct build *build = worker->build;
    size_t g = build->group_count++;
    build->groups[g] =
        (struct kept_group){worker->first_record, build->row_count, worker->group->row_count, 0};
    build->row_count += worker->group->row_count;
    for (uint32_t c = 0; c < build->column_count; c++) {
        build->chunks[g * build->column_count + c] = chunks[c];
        build->chunks[g * build->column_count + c].offset += build->position;
    }
    memcpy(&build->items[g * build->frame_count], worker->group->item_count,
           build->frame_count * sizeof *build->items);
    build->position += aligned(worker->out.length);
}

static bool
tell(struct worker *worker)
{
    struct build *build = worker->build;
    const tidu_build_watch *watch = build->watch;
    build->refused_count += worker->refused_count;
    for (uint32_t i = 0; watch && watch->refuse && i < worker->refusal_count; i++)
        watch->refuse(watch->context, worker->refusals[i].number, &worker->refusals[i].error);
    return !watch || !watch->progress ||
           watch->progress(watch->context, worker->first_record - 1 + worker->record_count);
}

static bool
write_group(struct worker *worker, const struct kept_chunk *chunks)
{
    struct build *build = worker->build;
    tidu_error error = {.code = TIDU_MEMORY};
    if (!await(build, &build->writing, worker->number))
        return false;
    uint64_t at = build->position;
    bool good = grow(build);
    if (good && !tell(worker))
        good = tidu_error_set(&error, TIDU_POPULATION_STOPPED, NULL);
    if (good && worker->group->row_count)
        enter_group(worker, chunks);
    pass_on(build, &build->writing);
    good = good && write_all(build, worker->out.data, worker->out.length, at, &error);
    return good || fail(build, &error);
}

static bool
do_piece(struct worker *worker)
{
    struct build *build = worker->build;
    struct kept_chunk *chunks = calloc(build->column_count, sizeof *chunks);
    bool good = chunks && read_piece(worker);
    if (!good)
        fail(build, &(tidu_error){.code = TIDU_MEMORY});
    good = good && merge(worker);
    if (good && !encode(worker, chunks))
        good = fail(build, &(tidu_error){.code = TIDU_MEMORY});
    good = good && write_group(worker, chunks);
    free(chunks);
    return good;
}

static void
work(void *data)
{
    struct worker *worker = data;
    struct build *build = worker->build;
    for (bool more = true; more;) {
        tidu_error error = {.code = TIDU_OK};
        pthread_mutex_lock(&build->lock);
        more = !build->failed;
        bool taken = more && take_piece(build, worker, &error);
        pthread_mutex_unlock(&build->lock);
        if (more && !taken)
            fail(build, &error);
        more = taken && worker->piece.length && do_piece(worker);
    }
}

/* ---- workers ---- */

/* The heading is read by whoever needs it: all come to the same. */
static bool
open_csv(struct worker *worker, tidu_error *reterr)
{
    struct build *build = worker->build;
    if (!build->source->csv)
        return true;
    if (!build->begun && !begin_text(build, reterr))
        return false;
    worker->csv = tidu_csv_open(&worker->keeping->vocabulary, build->heading.data,
                                build->heading.length, build->options->ignore_unknown, reterr);
    return worker->csv != NULL;
}

static bool
open_worker(struct worker *worker, struct build *build, tidu_error *reterr)
{
    worker->build = build;
    worker->keeping = tidu_keeping_open(build->vocabulary);
    if (!worker->keeping)
        return no_memory(reterr);
    worker->reader = tidu_reader_open(&worker->keeping->vocabulary);
    worker->block = tidu_block_open(&worker->keeping->vocabulary.layout, TIDU_BLOCK_ROWS);
    worker->group = tidu_group_open(worker->keeping);
    worker->numbers = calloc(worker->keeping->dictionary_count, sizeof *worker->numbers);
    if (!worker->reader || !worker->block || !worker->group || !worker->numbers)
        return no_memory(reterr);
    return open_csv(worker, reterr);
}

static void
close_worker(struct worker *worker)
{
    for (uint32_t d = 0; worker->numbers && d < worker->keeping->dictionary_count; d++)
        free(worker->numbers[d]);
    free(worker->numbers);
    free(worker->refusals);
    tidu_text_free(&worker->piece);
    tidu_text_free(&worker->out);
    tidu_group_close(&worker->group);
    tidu_block_close(&worker->block);
    tidu_csv_close(&worker->csv);
    tidu_reader_close(&worker->reader);
    if (worker->keeping)
        tidu_keeping_close(&worker->keeping);
}

/* ---- the directory ---- */

/* Columns that say something, and what stands behind them. */
struct listing {
    struct build *build;
    const struct keeping *keeping;
    tidu_text out, strings;
    uint32_t *columns; /* of the keeping, kept */
    uint32_t column_count;
    int32_t *dictionary_of; /* [dictionary of the keeping]: of the file, or TIDU_NONE */
    uint32_t dictionary_count;
};

static uint32_t
put_string(struct listing *listing, const char *text, size_t length)
{
    uint32_t at = (uint32_t)listing->strings.length;
    tidu_text_add(&listing->strings, text, length);
    tidu_text_putc(&listing->strings, '\0');
    return at;
}

static void
align(tidu_text *out)
{
    while (out->length % 8 && !out->failed)
        tidu_text_putc(out, '\0');
}

static bool
says_something(const struct build *build, uint32_t column)
{
    for (size_t g = 0; g < build->group_count; g++)
        if (build->chunks[g * build->column_count + column].size)
            return true;
    return false;
}

static void
choose_columns(struct listing *listing)
{
    const struct keeping *keeping = listing->keeping;
    for (uint32_t d = 0; d < keeping->dictionary_count; d++)
        listing->dictionary_of[d] = TIDU_NONE;
    for (uint32_t c = 0; c < keeping->column_count; c++) {
        int32_t dictionary = keeping->columns[c].dictionary;
        if (!says_something(listing->build, c))
            continue;
        listing->columns[listing->column_count++] = c;
        if (dictionary != TIDU_NONE && listing->dictionary_of[dictionary] == TIDU_NONE)
            listing->dictionary_of[dictionary] = (int32_t)listing->dictionary_count++;
    }
}

static void
put_column(struct listing *listing, const struct keep_column *kept)
{
    struct kept_column made = {.year = kept->year, .kind = kept->kind, .frame = kept->frame};
    const tidu_fact *fact = kept->field ? kept->field : kept->fact;
    const char *unit = "";
    made.fact = put_string(listing, kept->name, strlen(kept->name));
    made.field = put_string(listing, kept->field_name, strlen(kept->field_name));
    made.scale_num = made.scale_den = 1;
    if (fact && kept->kind == KEPT_NUMBER) {
        const tidu_type *type = &fact->symbol.type;
        const int8_t dimension[5] = {type->money, type->count, type->years, type->days,
                                     type->score};
        memcpy(made.dimension, dimension, sizeof made.dimension);
        made.scale_num = type->scale.num;
        made.scale_den = type->scale.den;
        unit = type->unit ? tidu_unit_title(type->unit, TIDU_ZH) : "";
    }
    made.unit = put_string(listing, unit, strlen(unit));
    if (kept->items_of != TIDU_NONE)
        made.items_of = (uint32_t)kept->items_of;
    if (kept->dictionary != TIDU_NONE)
        made.dictionary = (uint32_t)listing->dictionary_of[kept->dictionary];
    tidu_text_add(&listing->out, (const char *)&made, sizeof made);
}

/* Dictionaries in the order of their first columns, then all their entries. */
static uint64_t
put_dictionaries(struct listing *listing, uint64_t *ret_entries)
{
    const struct keeping *keeping = listing->keeping;
    uint64_t begin = listing->out.length, first = 0;
    for (uint32_t n = 0; n < listing->dictionary_count; n++)
        for (uint32_t d = 0; d < keeping->dictionary_count; d++)
            if (listing->dictionary_of[d] == (int32_t)n) {
                uint32_t count = tidu_dictionary_count(listing->build->dictionaries[d]);
                struct kept_dictionary made = {first, count, 0};
                tidu_text_add(&listing->out, (const char *)&made, sizeof made);
                first += count;
            }
    *ret_entries = listing->out.length;
    for (uint32_t n = 0; n < listing->dictionary_count; n++)
        for (uint32_t d = 0; d < keeping->dictionary_count; d++) {
            const struct dictionary *from = listing->build->dictionaries[d];
            for (uint32_t i = 0;
                 listing->dictionary_of[d] == (int32_t)n && i < tidu_dictionary_count(from); i++) {
                tidu_slice text = tidu_dictionary_text(from, i);
                uint64_t at = put_string(listing, text.data, text.length);
                tidu_text_add(&listing->out, (const char *)&at, sizeof at);
            }
        }
    return begin;
}

static void
put_groups(struct listing *listing, struct directory *directory)
{
    const struct build *build = listing->build;
    tidu_text *out = &listing->out;
    directory->groups = out->length;
    tidu_text_add(out, (const char *)build->groups, build->group_count * sizeof *build->groups);
    directory->items = out->length;
    tidu_text_add(out, (const char *)build->items,
                  build->group_count * build->frame_count * sizeof *build->items);
    align(out);
    directory->chunks = out->length;
    for (size_t g = 0; g < build->group_count; g++)
        for (uint32_t c = 0; c < listing->column_count; c++)
            tidu_text_add(
                out, (const char *)&build->chunks[g * build->column_count + listing->columns[c]],
                sizeof *build->chunks);
}

static void
put_directory(struct listing *listing)
{
    struct build *build = listing->build;
    tidu_text *out = &listing->out;
    struct directory directory = {
        .row_count = build->row_count,
        .refused_count = build->refused_count,
        .frame_count = build->frame_count,
        .group_count = (uint32_t)build->group_count,
        .synthetic = build->options->synthetic,
        .seed_low = (uint32_t)build->options->seed,
        .seed_high = (uint32_t)(build->options->seed >> 32),
    };
    choose_columns(listing);
    tidu_text_add(out, (const char *)&directory, sizeof directory);
    directory.columns = out->length;
    for (uint32_t c = 0; c < listing->column_count; c++)
        put_column(listing, &listing->keeping->columns[listing->columns[c]]);
    directory.dictionaries = put_dictionaries(listing, &directory.entries);
    directory.entry_count = (out->length - directory.entries) / sizeof(uint64_t);
    put_groups(listing, &directory);
    directory.strings = out->length;
    directory.string_size = listing->strings.length;
    directory.column_count = listing->column_count;
    directory.dictionary_count = listing->dictionary_count;
    tidu_text_add(out, listing->strings.data, listing->strings.length);
    if (!out->failed)
        memcpy(out->data, &directory, sizeof directory);
}

static bool
write_directory(struct build *build, const struct keeping *keeping, tidu_error *reterr)
{
    struct listing listing = {.build = build, .keeping = keeping};
    listing.columns = calloc(keeping->column_count, sizeof *listing.columns);
    listing.dictionary_of = calloc(keeping->dictionary_count, sizeof *listing.dictionary_of);
    bool good = listing.columns && listing.dictionary_of;
    if (good)
        put_directory(&listing);
    good = good && !listing.out.failed && !listing.strings.failed;
    if (good) {
        struct header header = {.version = TIDU_SNAPSHOT_VERSION,
                                .byte_order = TIDU_SNAPSHOT_ORDER,
                                .size = build->position + listing.out.length,
                                .directory = build->position,
                                .directory_size = listing.out.length};
        memcpy(header.magic, TIDU_SNAPSHOT_MAGIC, sizeof header.magic);
        header.directory_sum = tidu_bytes_hash(listing.out.data, listing.out.length);
        header.sum = tidu_bytes_hash(&header, offsetof(struct header, sum));
        good = write_all(build, listing.out.data, listing.out.length, build->position, reterr) &&
               write_all(build, (const char *)&header, sizeof header, 0, reterr);
    } else
        no_memory(reterr);
    tidu_text_free(&listing.out);
    tidu_text_free(&listing.strings);
    free(listing.columns);
    free(listing.dictionary_of);
    return good;
}

/* ---- the file ---- */

static bool
open_file(struct build *build, tidu_error *reterr)
{
    size_t room = strlen(build->options->path) + 8;
    build->name = malloc(room);
    if (!build->name)
        return no_memory(reterr);
    snprintf(build->name, room, "%s.XXXXXX", build->options->path);
    build->fd = mkstemp(build->name);
    if (build->fd >= 0)
        return true;
    free(build->name);
    build->name = NULL;
    return tidu_error_set(reterr, TIDU_FILE_WRITE, build->options->path, strerror(errno), NULL);
}

/* Whoever may read what this process writes may read a snapshot. */
static bool
take_name(struct build *build, tidu_error *reterr)
{
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(build->fd, 0666 & ~mask) != 0 || fsync(build->fd) != 0 ||
        rename(build->name, build->options->path) != 0)
        return tidu_error_set(reterr, TIDU_FILE_WRITE, build->options->path, strerror(errno), NULL);
    free(build->name);
    build->name = NULL;
    return true;
}

static void
close_build(struct build *build)
{
    if (build->fd >= 0)
        close(build->fd);
    if (build->name)
        unlink(build->name);
    free(build->name);
    for (uint32_t d = 0; d < build->dictionary_count; d++)
        tidu_dictionary_close(&build->dictionaries[d]);
    free(build->dictionaries);
    tidu_text_free(&build->rest);
    tidu_text_free(&build->heading);
    free(build->groups);
    free(build->chunks);
    free(build->items);
    pthread_cond_destroy(&build->moved);
    pthread_mutex_destroy(&build->lock);
}

static bool
open_build(struct build *build, const struct keeping *keeping, tidu_error *reterr)
{
    build->column_count = keeping->column_count;
    build->frame_count = keeping->vocabulary.layout.frame_count;
    build->position = aligned(sizeof(struct header));
    build->dictionaries = calloc(keeping->dictionary_count, sizeof *build->dictionaries);
    for (uint32_t d = 0; build->dictionaries && d < keeping->dictionary_count; d++) {
        build->dictionaries[d] = tidu_dictionary_open();
        if (!build->dictionaries[d])
            return no_memory(reterr);
        build->dictionary_count++;
    }
    return build->dictionaries ? open_file(build, reterr) : no_memory(reterr);
}

static bool
run_workers(struct build *build, struct worker *workers, unsigned count, tidu_error *reterr)
{
    for (unsigned i = 0; i < count; i++)
        if (!open_worker(&workers[i], build, reterr))
            return false;
    if (!open_build(build, workers[0].keeping, reterr))
        return false;
    tidu_all(work, workers, sizeof *workers, count);
    if (build->failed) {
        *reterr = build->error;
        return false;
    }
    if (!build->row_count)
        return tidu_error_set(reterr, TIDU_POPULATION_EMPTY, NULL);
    return write_directory(build, workers[0].keeping, reterr) && take_name(build, reterr);
}

bool
tidu_population_build(const tidu_vocabulary *vocabulary, const tidu_text_source *source,
                      const tidu_build_options *options, const tidu_build_watch *watch,
                      tidu_error *reterr)
{
    struct build build = {.options = options,
                          .source = source,
                          .watch = watch,
                          .vocabulary = vocabulary,
                          .lock = PTHREAD_MUTEX_INITIALIZER,
                          .moved = PTHREAD_COND_INITIALIZER,
                          .fd = -1};
    unsigned count = options->threads ? options->threads : tidu_processor_count();
    count = count < MOST_WORKERS ? count : MOST_WORKERS;
    tidu_error error = {.code = TIDU_MEMORY}; /* reterr may be NULL */
    struct worker *workers = calloc(count, sizeof *workers);
    bool good = workers && run_workers(&build, workers, count, &error);
    for (unsigned i = 0; workers && i < count; i++)
        close_worker(&workers[i]);
    free(workers);
    close_build(&build);
    if (!good && reterr)
        *reterr = error;
    return good;
}
