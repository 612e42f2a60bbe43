/*
 * verdicts.c: how every criterion of every enterprise comes out, kept as columns.
 *
 *   blocks of rows ─► two bits a row: true, known ─┬─► counts, and what fails alone
 *                                                  └─► a line an enterprise
 *
 * Bits lie chunk by chunk, so that what a block of rows comes to is written in one place.
 * Each segment has chunks of its own, and threads never write into the same one.
 *
 * Must not know: files, sockets.
 */
#include "internal.h"
#include "tidu/heap.h"

#include <stdlib.h>
#include <string.h>

enum { MET, UNMET, UNDETERMINED, ALONE, FIGURES };
enum { TRUTH, KNOWN, BITS };
enum { CHUNK = 16 }; /* words: the rows of a block */

/* A designation, or a criterion of it. */
struct column {
    const char *id;
    const tidu_titles *title;
    const char *part_of; /* of a criterion inside another: that one's id */
    uint32_t told;
    bool criterion;
};

struct tidu_verdicts {
    tidu_inquiry inquiry;
    tidu_reform reform;
    struct lineup *lineup;
    struct groups *groups;
    struct scan scan;
    struct column *columns; /* a designation, then its criteria */
    uint32_t column_count;
    uint32_t *first_of; /* [told + 1] among them */
    tidu_step *steps;   /* [stand][side][column]: TIDU_NO_STEP where it is not told */
    size_t *word_of;    /* [segment]: its first word */
    size_t words;
    uint64_t *bits;          /* [chunk][column][BITS][word of the chunk] */
    uint32_t *keys;          /* [word][bit]; NULL without groups */
    uint32_t stand;          /* being scanned */
};

/* ---- columns ---- */

static bool
is_known(const tidu_verdicts *verdicts, uint32_t first, const char *id)
{
    for (uint32_t c = first; c < verdicts->column_count; c++)
        if (!strcmp(verdicts->columns[c].id, id))
            return true;
    return false;
}

/* Places differ in their criteria: those of all stands, in the order of the first. */
static void
list_criteria(tidu_verdicts *verdicts, uint32_t told)
{
    const struct lineup *lineup = verdicts->lineup;
    uint32_t first = verdicts->column_count;
    for (uint32_t i = 0; i < lineup->stand_count * SIDES; i++) {
        const tidu_program *program = lineup->stands[i / SIDES].programs[i % SIDES];
        const tidu_designation *designation = tidu_program_told(program, lineup->told[told].id);
        for (uint32_t c = 0; designation && c < designation->criterion_count; c++) {
            const tidu_criterion *criterion = &program->criteria[designation->first_criterion + c];
            const char *part_of =
                criterion->parent == TIDU_NONE ? NULL : program->criteria[criterion->parent].id;
            if (!is_known(verdicts, first, criterion->id))
                verdicts->columns[verdicts->column_count++] =
                    (struct column){criterion->id, &criterion->title, part_of, told, true};
        }
    }
}

static bool
list_columns(tidu_verdicts *verdicts)
{
    const struct lineup *lineup = verdicts->lineup;
    size_t most = lineup->told_count;
    for (uint32_t i = 0; i < lineup->stand_count * SIDES; i++) {
        const tidu_program *program = lineup->stands[i / SIDES].programs[i % SIDES];
        most += program ? program->criterion_count : 0;
    }
    verdicts->columns = calloc(most + 1, sizeof *verdicts->columns);
    verdicts->first_of = calloc((size_t)lineup->told_count + 1, sizeof *verdicts->first_of);
    if (!verdicts->columns || !verdicts->first_of)
        return false;
    for (uint32_t t = 0; t < lineup->told_count; t++) {
        const struct told *told = &lineup->told[t];
        verdicts->first_of[t] = verdicts->column_count;
        verdicts->columns[verdicts->column_count++] =
            (struct column){told->id, &told->title, NULL, t, false};
        list_criteria(verdicts, t);
    }
    verdicts->first_of[lineup->told_count] = verdicts->column_count;
    return true;
}

static tidu_step *
steps_of(const tidu_verdicts *verdicts, uint32_t stand, int side)
{
    return verdicts->steps + ((size_t)stand * SIDES + (size_t)side) * verdicts->column_count;
}

/* A designation that both sides tell of is the country's, with its criteria. */
static void
find_steps(tidu_verdicts *verdicts, uint32_t s)
{
    const struct stand *stand = &verdicts->lineup->stands[s];
    for (uint32_t c = 0; c < verdicts->column_count; c++) {
        const struct column *column = &verdicts->columns[c];
        int side = stand->status[0][column->told] != TIDU_NO_STEP ? 0 : 1;
        const tidu_program *program = stand->programs[side];
        const tidu_designation *designation =
            tidu_program_told(program, verdicts->lineup->told[column->told].id);
        steps_of(verdicts, s, !side)[c] = TIDU_NO_STEP;
        tidu_step *step = &steps_of(verdicts, s, side)[c];
        *step = column->criterion ? TIDU_NO_STEP : stand->status[side][column->told];
        for (uint32_t i = 0; column->criterion && designation && i < designation->criterion_count;
             i++) {
            const tidu_criterion *criterion = &program->criteria[designation->first_criterion + i];
            if (!strcmp(criterion->id, column->id))
                *step = criterion->status;
        }
    }
}

static bool
is_told(const tidu_verdicts *verdicts, uint32_t stand, uint32_t column)
{
    return steps_of(verdicts, stand, 0)[column] != TIDU_NO_STEP ||
           steps_of(verdicts, stand, 1)[column] != TIDU_NO_STEP;
}

/* ---- scanning ---- */

struct seer {
    tidu_run *runs[SIDES];
    size_t segment; /* of the rows at hand */
};

static bool
open_run(const tidu_verdicts *verdicts, struct scanner *scanner, int side, bool *columns)
{
    struct seer *seer = scanner->own;
    const tidu_program *program = verdicts->lineup->stands[verdicts->stand].programs[side];
    tidu_step *steps = calloc((size_t)verdicts->column_count + 1, sizeof *steps);
    if (program && steps) {
        memcpy(steps, steps_of(verdicts, verdicts->stand, side),
               verdicts->column_count * sizeof *steps);
        steps[verdicts->column_count] =
            side ? TIDU_NO_STEP : tidu_groups_step(verdicts->groups, program);
        seer->runs[side] =
            tidu_run_open_for(program, scanner->block, steps, verdicts->column_count + 1);
        if (seer->runs[side])
            tidu_run_reads(seer->runs[side], columns);
    }
    free(steps);
    return steps && (!program || seer->runs[side]);
}

static bool
open_seer(void *context, struct scanner *scanner)
{
    const tidu_verdicts *verdicts = context;
    struct seer *seer = scanner->own = calloc(1, sizeof *seer);
    bool *columns = calloc((size_t)scanner->block->layout->column_count + 1, sizeof *columns);
    bool good = seer && columns && open_run(verdicts, scanner, 0, columns) &&
                open_run(verdicts, scanner, 1, columns);
    if (good) {
        seer->segment = verdicts->scan.first_of[verdicts->stand];
        tidu_binding_want(scanner->binding, columns);
    }
    free(columns);
    return good || tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
}

static void
close_seer(void *context, struct scanner *scanner)
{
    (void)context;
    struct seer *seer = scanner->own;
    for (int s = 0; s < SIDES; s++)
        tidu_run_close(&seer->runs[s]);
    free(seer);
    scanner->own = NULL;
}

/* Where the bits of a word of rows are. */
static uint64_t *
bits_at(const tidu_verdicts *verdicts, uint32_t column, int which, size_t word)
{
    size_t chunk = word / CHUNK * verdicts->column_count + column;
    return verdicts->bits + (chunk * BITS + (size_t)which) * CHUNK + word % CHUNK;
}

/* Bits of a column of the run, from the row `at` of all words on. */
static void
put_bits(const tidu_verdicts *verdicts, uint32_t column, int which, size_t at,
         const uint64_t *from, uint32_t mask, uint32_t rows)
{
    uint32_t shift = at % 64;
    if (rows == CHUNK * 64 && at % (CHUNK * 64) == 0 && mask >> 6 >= CHUNK - 1) {
        memcpy(bits_at(verdicts, column, which, at / 64), from, CHUNK * sizeof *from);
        return;
    }
    for (uint32_t w = 0; w < (rows + 63) / 64; w++) {
        uint32_t rest = rows - w * 64;
        uint64_t bits =
            from[w & mask >> 6] & (rest >= 64 ? UINT64_MAX : (UINT64_C(1) << rest) - 1);
        *bits_at(verdicts, column, which, at / 64 + w) |= bits << shift;
        if (shift && rest > 64 - shift)
            *bits_at(verdicts, column, which, at / 64 + w + 1) |= bits >> (64 - shift);
    }
}

static bool
see(void *context, struct scanner *scanner)
{
    const tidu_verdicts *verdicts = context;
    struct seer *seer = scanner->own;
    const struct segment *segments = verdicts->scan.segments;
    uint32_t rows = scanner->block->row_count;
    /* Segments come to a thread in their order. */
    while (segments[seer->segment].group != scanner->group ||
           scanner->first - segments[seer->segment].first >= segments[seer->segment].count)
        seer->segment++;
    size_t at = verdicts->word_of[seer->segment] * 64 + scanner->first -
                segments[seer->segment].first;
    for (int s = 0; s < SIDES; s++) {
        const tidu_step *steps = steps_of(verdicts, verdicts->stand, s);
        if (!seer->runs[s])
            continue;
        tidu_eval_all(seer->runs[s]);
        for (uint32_t c = 0; c < verdicts->column_count; c++) {
            if (steps[c] == TIDU_NO_STEP)
                continue;
            tidu_view view = tidu_run_view(seer->runs[s], steps[c]);
            put_bits(verdicts, c, TRUTH, at, view.truth, view.mask, rows);
            put_bits(verdicts, c, KNOWN, at, view.known, view.mask, rows);
        }
    }
    if (verdicts->keys)
        tidu_groups_keys(verdicts->groups, scanner, seer->runs[0], verdicts->keys + at);
    return true;
}

/* ---- judging ---- */

static bool
open_columns(tidu_verdicts *verdicts)
{
    const struct scan *scan = &verdicts->scan;
    verdicts->steps = calloc((size_t)verdicts->lineup->stand_count * SIDES *
                                     verdicts->column_count + 1,
                             sizeof *verdicts->steps);
    verdicts->word_of = calloc(scan->segment_count + 1, sizeof *verdicts->word_of);
    if (!verdicts->steps || !verdicts->word_of)
        return false;
    for (uint32_t s = 0; s < verdicts->lineup->stand_count; s++)
        find_steps(verdicts, s);
    for (size_t i = 0; i < scan->segment_count; i++) {
        verdicts->word_of[i] = verdicts->words;
        verdicts->words +=
            (scan->segments[i].count + (size_t)CHUNK * 64 - 1) / (CHUNK * 64) * CHUNK;
    }
    verdicts->bits =
        tidu_large_array(verdicts->words * verdicts->column_count * BITS, sizeof *verdicts->bits);
    if (verdicts->inquiry.by)
        verdicts->keys = calloc(verdicts->words * 64 + 1, sizeof *verdicts->keys);
    return verdicts->bits && (verdicts->keys || !verdicts->inquiry.by);
}

static bool
judge(tidu_verdicts *verdicts, tidu_error *reterr)
{
    const struct seeing seeing = {verdicts, open_seer, see, close_seer, NULL, NULL};
    struct stands stands = {.find = tidu_lineup_find};
    verdicts->lineup = tidu_lineup_open(&verdicts->inquiry, &verdicts->reform, reterr);
    if (!verdicts->lineup ||
        !tidu_lineup_knows(verdicts->lineup, verdicts->lineup, &verdicts->inquiry, reterr))
        return false;
    stands.context = verdicts->lineup;
    stands.count = verdicts->lineup->stand_count;
    verdicts->groups = tidu_groups_open(&verdicts->inquiry, verdicts->lineup, reterr);
    if (!verdicts->groups ||
        !tidu_scan_open(&verdicts->scan, &verdicts->inquiry,
                        tidu_ruleset_vocabulary(verdicts->reform.ruleset), &stands, reterr))
        return false;
    if (!list_columns(verdicts) || !open_columns(verdicts))
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    for (verdicts->stand = 0; verdicts->stand < stands.count; verdicts->stand++)
        if (!tidu_scan_stand(&verdicts->scan, verdicts->stand, &seeing, reterr))
            return false;
    return true;
}

tidu_verdicts *
tidu_judge(const tidu_inquiry *inquiry, const tidu_reform *reform, tidu_error *reterr)
{
    tidu_verdicts *verdicts = calloc(1, sizeof *verdicts);
    tidu_error error = {.code = TIDU_MEMORY};
    if (verdicts) {
        verdicts->inquiry = *inquiry;
        verdicts->inquiry.money = false;
        verdicts->reform = *reform;
        if (!judge(verdicts, &error))
            tidu_verdicts_close(&verdicts);
    }
    if (!verdicts && reterr)
        *reterr = error;
    return verdicts;
}

void
tidu_verdicts_close(tidu_verdicts **verdicts)
{
    tidu_verdicts *old = *verdicts;
    if (!old)
        return;
    free(old->keys);
    tidu_large_free(old->bits, old->words * old->column_count * BITS, sizeof *old->bits);
    free(old->word_of);
    free(old->steps);
    free(old->first_of);
    free(old->columns);
    tidu_scan_close(&old->scan);
    tidu_groups_close(&old->groups);
    tidu_lineup_close(&old->lineup);
    free(old);
    *verdicts = NULL;
}

/* ---- counting ---- */

/* [group][column][figure] */
struct counts {
    const tidu_verdicts *verdicts;
    uint64_t *figures;
    uint32_t groups;
};

static void
add(const struct counts *counts, uint32_t column, int figure, size_t word, uint64_t rows)
{
    const tidu_verdicts *verdicts = counts->verdicts;
    uint64_t *figures = counts->figures + (size_t)column * FIGURES + figure;
    size_t group = (size_t)verdicts->column_count * FIGURES;
    if (!verdicts->keys) {
        *figures += (uint64_t)__builtin_popcountll(rows);
        return;
    }
    for (; rows; rows &= rows - 1)
        figures[group * verdicts->keys[word * 64 + (size_t)__builtin_ctzll(rows)]]++;
}

static bool
fails_by_itself(const struct column *column)
{
    return column->criterion && !column->part_of;
}

/* The rows of a word in which a designation is not met and only one of its criteria does
 * not hold; what is not known does not hold either. */
static uint64_t
find_alone(const tidu_verdicts *verdicts, uint32_t stand, uint32_t told, size_t word, uint64_t rows)
{
    uint64_t once = 0, twice = 0;
    uint32_t title = verdicts->first_of[told];
    for (uint32_t c = title + 1; c < verdicts->first_of[told + 1]; c++) {
        if (!fails_by_itself(&verdicts->columns[c]) || !is_told(verdicts, stand, c))
            continue;
        uint64_t failing = ~*bits_at(verdicts, c, TRUTH, word);
        twice |= once & failing;
        once |= failing;
    }
    return rows & once & ~twice & ~*bits_at(verdicts, title, TRUTH, word);
}

static void
count_word(const struct counts *counts, uint32_t stand, size_t word, uint64_t rows)
{
    const tidu_verdicts *verdicts = counts->verdicts;
    uint64_t alone = 0;
    for (uint32_t c = 0; c < verdicts->column_count; c++) {
        const struct column *column = &verdicts->columns[c];
        uint64_t truth = *bits_at(verdicts, c, TRUTH, word);
        uint64_t known = *bits_at(verdicts, c, KNOWN, word);
        if (!column->criterion)
            alone = find_alone(verdicts, stand, column->told, word, rows);
        if (!is_told(verdicts, stand, c))
            continue;
        add(counts, c, MET, word, truth & rows);
        add(counts, c, UNMET, word, known & ~truth & rows);
        add(counts, c, UNDETERMINED, word, ~known & rows);
        if (fails_by_itself(column))
            add(counts, c, ALONE, word, alone & ~truth);
    }
}

static void
count_all(const struct counts *counts)
{
    const tidu_verdicts *verdicts = counts->verdicts;
    for (size_t i = 0; i < verdicts->scan.segment_count; i++) {
        const struct segment *segment = &verdicts->scan.segments[i];
        for (uint32_t at = 0; at < segment->count; at += 64) {
            uint32_t rest = segment->count - at;
            count_word(counts, segment->stand, verdicts->word_of[i] + at / 64,
                       rest >= 64 ? UINT64_MAX : (UINT64_C(1) << rest) - 1);
        }
    }
}

/* ---- telling ---- */

static void
put_figures(const struct counts *counts, uint32_t group, uint32_t column, tidu_text *out)
{
    static const char *const names[FIGURES] = {"met", "unmet", "undetermined", "alone"};
    const tidu_verdicts *verdicts = counts->verdicts;
    const struct column *of = &verdicts->columns[column];
    const uint64_t *figures =
        counts->figures + ((size_t)group * verdicts->column_count + column) * FIGURES;
    tidu_text_printf(out, "\"id\":\"%s\",\"title\":", of->id);
    tidu_inquiry_words(of->title, verdicts->inquiry.lang, out);
    if (of->part_of)
        tidu_text_printf(out, ",\"part_of\":\"%s\"", of->part_of);
    for (int f = 0; f < (fails_by_itself(of) ? FIGURES : ALONE); f++)
        tidu_text_printf(out, ",\"%s\":%llu", names[f], (unsigned long long)figures[f]);
}

static void
put_designations(const struct counts *counts, uint32_t group, tidu_text *out)
{
    const tidu_verdicts *verdicts = counts->verdicts;
    tidu_text_puts(out, "\"designations\":[");
    for (uint32_t t = 0; t < verdicts->lineup->told_count; t++) {
        uint32_t first = verdicts->first_of[t];
        tidu_text_puts(out, t ? ",{" : "{");
        put_figures(counts, group, first, out);
        tidu_text_puts(out, ",\"criteria\":[");
        for (uint32_t c = first + 1; c < verdicts->first_of[t + 1]; c++) {
            tidu_text_puts(out, c > first + 1 ? ",{" : "{");
            put_figures(counts, group, c, out);
            tidu_text_putc(out, '}');
        }
        tidu_text_puts(out, "]}");
    }
    tidu_text_putc(out, ']');
}

static void
put_groups(const struct counts *counts, tidu_text *out)
{
    const tidu_verdicts *verdicts = counts->verdicts;
    tidu_text_printf(out, ",\"by\":\"%s\",\"groups\":[", verdicts->inquiry.by);
    for (uint32_t g = 0; g < counts->groups; g++) {
        tidu_text_puts(out, g ? ",{" : "{");
        tidu_groups_put(verdicts->groups, g, out);
        tidu_text_putc(out, ',');
        put_designations(counts, g, out);
        tidu_text_putc(out, '}');
    }
    tidu_text_putc(out, ']');
}

/* All together stand behind the groups. */
static void
add_groups_up(struct counts *counts)
{
    size_t size = (size_t)counts->verdicts->column_count * FIGURES;
    uint64_t *all = counts->figures + counts->groups * size;
    for (uint32_t g = 0; g < counts->groups; g++)
        for (size_t i = 0; i < size; i++)
            all[i] += counts->figures[g * size + i];
}

bool
tidu_verdicts_tell(const tidu_verdicts *verdicts, tidu_text *out, tidu_error *reterr)
{
    size_t begin = out->length;
    struct counts counts = {.verdicts = verdicts, .groups = tidu_groups_count(verdicts->groups)};
    counts.figures = calloc(((size_t)counts.groups + 1) * verdicts->column_count * FIGURES + 1,
                            sizeof *counts.figures);
    if (counts.figures) {
        count_all(&counts);
        add_groups_up(&counts);
        tidu_text_putc(out, '{');
        tidu_inquiry_head(&verdicts->inquiry, &verdicts->reform, out);
        tidu_text_putc(out, ',');
        put_designations(&counts, counts.groups, out);
        if (verdicts->inquiry.by)
            put_groups(&counts, out);
        tidu_text_putc(out, '}');
    }
    bool good = counts.figures && !out->failed;
    free(counts.figures);
    if (good)
        return true;
    out->length = begin;
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- a line an enterprise ---- */

static bool
is_synthetic(const tidu_verdicts *verdicts)
{
    return tidu_population_about(verdicts->inquiry.population).synthetic;
}

static void
put_heading(const tidu_verdicts *verdicts, tidu_text *out)
{
    tidu_text_puts(out, "record,uscc,enterprise_name");
    if (is_synthetic(verdicts))
        tidu_text_puts(out, ",synthetic");
    for (uint32_t c = 0; c < verdicts->column_count; c++)
        tidu_text_printf(out, ",%s", verdicts->columns[c].id);
    tidu_text_putc(out, '\n');
}

/* CSV has nothing where NDJSON has null, or no member. */
static void
put_verdicts(const tidu_verdicts *verdicts, uint32_t stand, size_t word, uint32_t bit, bool csv,
             tidu_text *out)
{
    for (uint32_t c = 0; c < verdicts->column_count; c++) {
        bool truth = *bits_at(verdicts, c, TRUTH, word) >> bit & 1;
        bool known = *bits_at(verdicts, c, KNOWN, word) >> bit & 1;
        if (csv)
            tidu_text_puts(out, !known ? "," : truth ? ",1" : ",0");
        else if (is_told(verdicts, stand, c))
            tidu_text_printf(out, ",\"%s\":%s", verdicts->columns[c].id,
                             !known  ? "null"
                             : truth ? "true"
                                     : "false");
    }
}

static bool
put_segment(const tidu_verdicts *verdicts, size_t number, struct witness *witness,
            const tidu_verdicts_lines *lines, tidu_text *line)
{
    enum { AT_ONCE = 1 << 16 };
    const struct segment *segment = &verdicts->scan.segments[number];
    bool good = true;
    for (uint32_t r = 0; r < segment->count && good; r++) {
        tidu_text_puts(line, lines->csv ? "" : "{");
        good = lines->csv
                   ? tidu_witness_csv(witness, segment->group, segment->first + r, line)
                   : tidu_witness_put(witness, segment->group, segment->first + r, line);
        if (is_synthetic(verdicts))
            tidu_text_puts(line, lines->csv ? ",1" : ",\"synthetic\":true");
        put_verdicts(verdicts, segment->stand, verdicts->word_of[number] + r / 64, r % 64,
                     lines->csv, line);
        tidu_text_puts(line, lines->csv ? "\n" : "}\n");
        good = good && !line->failed;
        if (good && line->length > AT_ONCE) {
            good = lines->put(lines->context, line->data, line->length);
            line->length = 0;
        }
    }
    return good;
}

bool
tidu_verdicts_write(const tidu_verdicts *verdicts, const tidu_verdicts_lines *lines,
                    tidu_error *reterr)
{
    struct witness witness;
    tidu_text line = {0};
    bool good = tidu_witness_open(&witness, &verdicts->inquiry,
                                  tidu_ruleset_vocabulary(verdicts->reform.ruleset), reterr);
    if (good && lines->csv)
        put_heading(verdicts, &line);
    for (size_t i = 0; i < verdicts->scan.segment_count && good; i++)
        good = put_segment(verdicts, i, &witness, lines, &line) ||
               tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (good && line.length)
        good = lines->put(lines->context, line.data, line.length) ||
               tidu_error_set(reterr, TIDU_MEMORY, NULL);
    tidu_text_free(&line);
    tidu_witness_close(&witness);
    return good;
}
