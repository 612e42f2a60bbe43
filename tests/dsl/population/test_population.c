/*
 * test_population.c: what a snapshot says of a record is what the record says.
 *
 * Guards dsl/population/. The judge is the reader of records: every column of every row,
 * on several dates, has to be what it would have put there.
 */
#include "../../sparing.h"
#include "../record/fixture.h"
#include "tidu/population.h"

#include <sys/stat.h>
#include <unistd.h>

/* More than a group has, unless that takes too long. */
#ifdef TIDU_TIGHT
enum { MANY = 700, GROUP = 256 };
#else
enum { MANY = 70000 / SPARING, GROUP = 65536 };
#endif

static char path[64];

/* ---- records by chance ---- */

static uint64_t chance;

static uint32_t
draw(uint32_t below)
{
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(chance >> 33) % below;
}

/* Numbers of every width, whole and not, and longer than a double. */
static void
put_number(tidu_text *out)
{
    static const char *const odd[] = {"0",
                                      "-0",
                                      "0.1",
                                      "1e22",
                                      "4294967296",
                                      "0.30000000000000004",
                                      "123456789.123",
                                      "12345678901234567890.5",
                                      "70000",
                                      "-3",
                                      "255",
                                      "256",
                                      "65535",
                                      "65536",
                                      "0.000001",
                                      "1e-30",
                                      "999999999.999999999",
                                      "-129"};
    uint32_t kind = draw(8);
    if (kind == 0)
        tidu_text_puts(out, odd[draw(sizeof odd / sizeof *odd)]);
    else if (kind < 4)
        tidu_text_printf(out, "%u", draw(kind == 1 ? 200 : kind == 2 ? 60000 : 2000000));
    else
        tidu_text_printf(out, "%u.%02u", draw(100000), draw(100));
}

static void
put_whole(tidu_text *out)
{
    tidu_text_printf(out, "%u", draw(5000));
}

static void
put_percent(tidu_text *out)
{
    tidu_text_printf(out, "%u.%u", draw(100), draw(10));
}

static void
put_years(tidu_text *out, void (*put)(tidu_text *out))
{
    if (draw(5) == 0) {
        put(out);
        return;
    }
    tidu_text_putc(out, '{');
    for (int year = 2021 + (int)draw(3), first = year; year < 2028; year += 1 + (int)draw(2)) {
        tidu_text_printf(out, "%s\"%d\":", year == first ? "" : ",", year);
        if (draw(9))
            put(out);
        else
            tidu_text_puts(out, "null");
    }
    tidu_text_putc(out, '}');
}

static void
put_flag(tidu_text *out)
{
    tidu_text_puts(out, draw(2) ? "true" : "false");
}

static void
put_one(tidu_text *out, const char *const *words, uint32_t count)
{
    tidu_text_printf(out, "\"%s\"", words[draw(count)]);
}

static void
put_grade(tidu_text *out)
{
    static const char *const grades[] = {"AAA", "AA", "A"};
    put_one(out, grades, 3);
}

static void
put_some(tidu_text *out, const char *const *words, uint32_t count)
{
    tidu_text_putc(out, '[');
    for (uint32_t i = 0, many = draw(4); i < many; i++) {
        tidu_text_puts(out, i ? "," : "");
        put_one(out, words, count);
    }
    tidu_text_putc(out, ']');
}

static void
put_awards(tidu_text *out)
{
    static const char *const levels[] = {"none", "市级", "national"};
    tidu_text_putc(out, '[');
    for (uint32_t i = 0, many = draw(4); i < many; i++) {
        tidu_text_printf(out, "%s{\"rank\":%u", i ? "," : "", draw(9));
        if (draw(2)) {
            tidu_text_puts(out, ",\"level\":");
            put_one(out, levels, 3);
        }
        if (draw(2))
            tidu_text_printf(out, ",\"granted\":\"20%02u-0%u-11\"", draw(30), 1 + draw(9));
        if (draw(2))
            tidu_text_puts(out, ",\"shared\":true");
        if (draw(2)) {
            tidu_text_puts(out, ",\"score\":");
            put_number(out);
        }
        tidu_text_putc(out, '}');
    }
    tidu_text_putc(out, ']');
}

static void
put_titles(tidu_text *out)
{
    static const char *const ids[] = {"hnte", "lg", "srdi"};
    static const char *const days[] = {"granted", "reviewed", "cancelled"};
    tidu_text_putc(out, '[');
    for (uint32_t i = 0, many = draw(4); i < many; i++) {
        tidu_text_puts(out, i ? ",{\"id\":" : "{\"id\":");
        put_one(out, ids, 3);
        for (int d = 0; d < 3; d++)
            if (draw(3) == 0)
                tidu_text_printf(out, ",\"%s\":\"20%02u-0%u-01\"", days[d], 18 + draw(9),
                                 1 + draw(9));
        if (draw(3) == 0)
            tidu_text_printf(out, ",\"expires\":\"20%02u-12-31\"", 27 + draw(4));
        tidu_text_putc(out, '}');
    }
    tidu_text_putc(out, ']');
}

/* Each fact with its name before it, one time in four left out. */
#define SAY(name, ...)                                                   \
    if (draw(4)) {                                                       \
        tidu_text_puts(out, first ? "\"" name "\":" : ",\"" name "\":"); \
        first = false;                                                   \
        __VA_ARGS__;                                                     \
    }

static void
put_random(tidu_text *out, uint32_t number)
{
    static const char *const industries[] = {"3489", "C34", "6510", "C3973", "0111"};
    static const char *const levels[] = {"none", "city", "国家级"};
    static const char *const certs[] = {"CE", "CE-RED", "ISO9001", "ISO14001", "UL"};
    static const char *const factories[] = {"smart", "绿色工厂"};
    bool first = true;
    chance = number * UINT64_C(0x9e3779b97f4a7c15) + 1;
    tidu_text_putc(out, '{');
    SAY("uscc", tidu_text_printf(out, "\"91310000%010u\"", number));
    SAY("企业名称", tidu_text_printf(out, "\"第\\u4e00%u\\\"家\"", number));
    SAY("region_code", tidu_text_printf(out, "\"%u\"", 110000 + draw(3000)));
    SAY("industry_code", put_one(out, industries, 5));
    SAY("营收", put_years(out, put_whole));
    SAY("净利润", put_years(out, put_number));
    SAY("employees", put_years(out, put_whole));
    SAY("share_national", put_years(out, put_percent));
    SAY("niche_years", put_number(out));
    SAY("established_date", tidu_text_printf(out, "\"19%02u-0%u-28\"", draw(100), 1 + draw(9)));
    SAY("is_private", put_flag(out));
    SAY("energy_advanced", put_years(out, put_flag));
    SAY("rd_institution_level", put_one(out, levels, 3));
    SAY("credit_grade", put_years(out, put_grade));
    SAY("management_certs", put_some(out, certs, 5));
    SAY("factory_titles", put_some(out, factories, 2));
    SAY("science_awards", put_awards(out));
    SAY("titles", put_titles(out));
    SAY("tax_paid", put_years(out, put_whole));
    tidu_text_putc(out, '}');
}

/* ---- building ---- */

/* Text handed out a little at a time. */
struct text {
    const char *data;
    size_t length, at, step;
};

static bool
read_text(void *context, tidu_text *out, tidu_error *reterr)
{
    struct text *text = context;
    size_t rest = text->length - text->at;
    size_t count = rest < text->step ? rest : text->step;
    (void)reterr;
    tidu_text_add(out, text->data + text->at, count);
    text->at += count;
    return true;
}

struct watch {
    uint64_t refused[8];
    char ids[8][8];
    size_t count;
    uint64_t records, stop_at; /* 0: never */
};

static void
note_refusal(void *context, uint64_t number, const tidu_error *error)
{
    struct watch *watch = context;
    if (watch->count < 8) {
        watch->refused[watch->count] = number;
        strcpy(watch->ids[watch->count], tidu_error_id(error->code));
    }
    watch->count++;
}

static bool
note_progress(void *context, uint64_t records)
{
    struct watch *watch = context;
    assert_true(records >= watch->records);
    watch->records = records;
    return !watch->stop_at || records < watch->stop_at;
}

static bool
build(struct fixture *f, const char *data, size_t length, bool csv, unsigned threads,
      struct watch *watch, tidu_error *reterr)
{
    struct text text = {data, length, 0, 100003};
    const tidu_text_source source = {&text, read_text, csv};
    const tidu_build_options options = {.path = path, .threads = threads, .seed = 7};
    const tidu_build_watch watcher = {watch, note_refusal, note_progress};
    return tidu_population_build(&f->vocabulary, &source, &options, watch ? &watcher : NULL,
                                 reterr);
}

static tidu_population *
built(struct fixture *f, const tidu_text *records, unsigned threads)
{
    tidu_error error = {0};
    if (!build(f, records->data, records->length, false, threads, NULL, &error))
        fail_msg("%s", tidu_error_id(error.code));
    tidu_population *population = tidu_population_open(path, &error);
    if (!population)
        fail_msg("%s", tidu_error_id(error.code));
    assert_true(tidu_population_verify(population, &error));
    return population;
}

/* All records, a line each; *ret_starts[i] is where record i begins. */
static tidu_text
random_records(uint32_t count, size_t **ret_starts)
{
    tidu_text out = {0};
    *ret_starts = calloc(count + 1, sizeof **ret_starts);
    for (uint32_t i = 0; i < count; i++) {
        (*ret_starts)[i] = out.length;
        put_random(&out, i);
        tidu_text_puts(&out, i % 3 ? "\n" : "\r\n");
    }
    (*ret_starts)[count] = out.length;
    assert_false(out.failed);
    return out;
}

static tidu_text
file_bytes(void)
{
    tidu_text out = {0};
    struct stat found;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &found), 0);
    assert_true(tidu_text_reserve(&out, (size_t)found.st_size + 1));
    out.length = fread(out.data, 1, (size_t)found.st_size, file);
    assert_int_equal(out.length, found.st_size);
    fclose(file);
    return out;
}

static void
write_bytes(const char *data, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* ---- blocks are the same ---- */

static bool
bit(const uint64_t *bits, uint32_t index)
{
    return bits[index / 64] >> index % 64 & 1;
}

static void
same_column(const tidu_block *a, const tidu_block *b, uint32_t column, uint32_t i, uint32_t j)
{
    const tidu_column *input = &a->layout->columns[column];
    bool flag = input->kind == TIDU_COLUMN_FLAG;
    uint64_t *const *known_a = flag ? a->flag_known : a->number_known;
    uint64_t *const *known_b = flag ? b->flag_known : b->number_known;
    bool known = bit(known_a[input->place], i);
    assert_int_equal(known, bit(known_b[input->place], j));
    if (flag) {
        assert_int_equal(bit(a->flag[input->place], i), bit(b->flag[input->place], j));
        return;
    }
    assert_memory_equal(&a->number[input->place][i], &b->number[input->place][j], sizeof(double));
    assert_true(known || a->number[input->place][i] == 0);
    const tidu_spelling *x = tidu_block_spelling(a, column, i);
    const tidu_spelling *y = tidu_block_spelling(b, column, j);
    assert_int_equal(x != NULL, y != NULL);
    if (x) {
        assert_int_equal(x->text.length, y->text.length);
        assert_memory_equal(x->text.data, y->text.data, x->text.length);
    }
}

static void
same_words(const tidu_block *a, const tidu_block *b, uint32_t i, uint32_t j)
{
    uint32_t words = a->layout->word_count;
    for (uint32_t w = 0; w < words; w++) {
        tidu_slice x = a->words[i * words + w], y = b->words[j * words + w];
        assert_int_equal(x.length, y.length);
        if (x.length)
            assert_memory_equal(x.data, y.data, x.length);
    }
}

/* Row i of one block is row j of the other, with its items. */
static void
same_row(const tidu_block *a, const tidu_block *b, uint32_t i, uint32_t j)
{
    const tidu_layout *layout = a->layout;
    for (uint32_t f = 1; f < layout->frame_count; f++) {
        assert_int_equal(bit(a->list_known[f], i), bit(b->list_known[f], j));
        assert_int_equal(a->item_start[f][i + 1] - a->item_start[f][i],
                         b->item_start[f][j + 1] - b->item_start[f][j]);
    }
    for (uint32_t c = 0; c < layout->column_count; c++) {
        uint32_t frame = layout->columns[c].frame;
        if (!frame)
            same_column(a, b, c, i, j);
        for (uint32_t n = frame ? a->item_start[frame][i] : 0;
             frame && n < a->item_start[frame][i + 1]; n++) {
            assert_int_equal(a->item_row[frame][n], i);
            same_column(a, b, c, n, b->item_start[frame][j] + n - a->item_start[frame][i]);
        }
    }
}

/* What the reader makes of one record on a date. */
static void
read_alone(struct fixture *f, const char *text, size_t length, int32_t as_of, tidu_block *block)
{
    tidu_error error = {0};
    tidu_block_clear(block, as_of);
    while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    assert_int_equal(tidu_reader_json(f->reader, text, length, false, block, &error),
                     TIDU_READ_ROW);
}

/* Every row on a date, or rows here and there, in blocks of so many. */
static uint64_t
compare_rows(struct fixture *f, const tidu_population *population, const tidu_text *records,
             const size_t *starts, int32_t as_of, uint32_t rows, bool scattered)
{
    tidu_error error = {0};
    tidu_binding *binding = tidu_binding_open(population, &f->vocabulary, as_of, &error);
    tidu_block *block = tidu_block_open(&f->vocabulary.layout, rows);
    tidu_block *alone = tidu_block_open(&f->vocabulary.layout, 1);
    uint32_t *picks = calloc(MANY, sizeof *picks);
    uint64_t seen = 0;
    assert_non_null(binding);
    for (uint32_t g = 0; g < tidu_population_about(population).groups; g++) {
        uint32_t picked = 0;
        for (uint32_t r = 0; r < tidu_population_group_rows(population, g); r++)
            if (!scattered || r * UINT32_C(2654435761) >> 30 != 1)
                picks[picked++] = r;
        for (uint32_t at = 0, count; at < picked; at += count) {
            count = scattered ? tidu_binding_pick(binding, g, picks + at, picked - at, block)
                              : tidu_binding_load(binding, g, at, picked - at, true, block);
            assert_true(count > 0 && count <= picked - at);
            for (uint32_t r = 0; r < count; r++, seen++) {
                uint64_t number = tidu_population_record(population, g, picks[at + r]) - 1;
                read_alone(f, records->data + starts[number], starts[number + 1] - starts[number],
                           as_of, alone);
                same_row(block, alone, r, 0);
                if (!scattered)
                    same_words(block, alone, r, 0);
            }
        }
    }
    free(picks);
    tidu_block_close(&alone);
    tidu_block_close(&block);
    tidu_binding_close(&binding);
    return seen;
}

static void
test_every_row_on_every_date_is_what_its_record_says(void **state)
{
    struct fixture *f = *state;
    size_t *starts;
    tidu_text records = random_records(MANY, &starts);
    assert_true(tidu_text_reserve(&records, TIDU_RECORD_PADDING));
    tidu_population *population = built(f, &records, 2);
    assert_int_equal(tidu_population_about(population).rows, MANY);
    assert_int_equal(tidu_population_about(population).groups > 1, MANY > GROUP);
    const int32_t dates[] = {tidu_date_join(2026, 11, 23), tidu_date_join(2023, 2, 28),
                             tidu_date_join(2035, 1, 1)};
    for (int d = 0; d < 3; d += STRIDE) {
        uint32_t rows = 37 + (uint32_t)d;
        assert_int_equal(compare_rows(f, population, &records, starts, dates[d], rows, false),
                         MANY);
        assert_in_range(compare_rows(f, population, &records, starts, dates[d], rows, true),
                        MANY / 2, MANY - 1);
    }
    tidu_population_close(&population);
    tidu_text_free(&records);
    free(starts);
}

static void
test_the_bytes_do_not_depend_on_the_number_of_threads(void **state)
{
    struct fixture *f = *state;
    size_t *starts;
    tidu_text records = random_records(MANY, &starts);
    tidu_population *population = built(f, &records, 1);
    tidu_text one = file_bytes();
    tidu_population_close(&population);
    for (unsigned threads = ONLY_THREADS ? 5 : 2; threads < 6; threads += 3) {
        population = built(f, &records, threads);
        tidu_text more = file_bytes();
        assert_int_equal(one.length, more.length);
        assert_memory_equal(one.data, more.data, one.length);
        tidu_text_free(&more);
        tidu_population_close(&population);
    }
    tidu_text_free(&one);
    tidu_text_free(&records);
    free(starts);
}

static void
test_refused_records_are_told_by_number_and_left_out(void **state)
{
    struct fixture *f = *state;
    static const char records[] = "\xef\xbb\xbf{\"niche_years\":1}\n"
                                  "\n  \n"
                                  "{\"niche_years\":true}\n"
                                  "{\"niche_years\":3}\n"
                                  "{\"nonsense\":3}\n"
                                  "{\"niche_years\":5}";
    struct watch watch = {.count = 0};
    tidu_error error = {0};
    assert_true(build(f, records, sizeof records - 1, false, 2, &watch, &error));
    assert_int_equal(watch.count, 2);
    assert_int_equal(watch.refused[0], 2);
    assert_int_equal(watch.refused[1], 4);
    assert_string_equal(watch.ids[1], "E310");
    assert_int_equal(watch.records, 5);
    tidu_population *population = tidu_population_open(path, &error);
    assert_non_null(population);
    assert_int_equal(tidu_population_about(population).rows, 3);
    assert_int_equal(tidu_population_about(population).refused, 2);
    assert_int_equal(tidu_population_record(population, 0, 0), 1);
    assert_int_equal(tidu_population_record(population, 0, 1), 3);
    assert_int_equal(tidu_population_record(population, 0, 2), 5);
    tidu_population_close(&population);
}

/* The rows of a table, and what the same would be in JSON. */
static void
same_table(struct fixture *f, const char *table, const char *const *same, uint32_t count)
{
    tidu_error error = {0};
    if (!build(f, table, strlen(table), true, 2, NULL, &error))
        fail_msg("%s", tidu_error_id(error.code));
    tidu_population *population = tidu_population_open(path, &error);
    assert_non_null(population);
    assert_int_equal(tidu_population_about(population).rows, count);
    int32_t as_of = tidu_date_join(2026, 11, 23);
    tidu_binding *binding = tidu_binding_open(population, &f->vocabulary, as_of, &error);
    tidu_block *block = tidu_block_open(&f->vocabulary.layout, count);
    assert_int_equal(tidu_binding_load(binding, 0, 0, count, true, block), count);
    fixture_reopen_block(f, 1);
    for (uint32_t r = 0; r < count; r++) {
        fixture_clear(f);
        if (same[r])
            accepted(f, same[r]);
        else
            assert_int_equal(read_table(f, "holds lg\nfalse\n"), TIDU_READ_ROW);
        same_row(block, f->block, r, 0);
        same_words(block, f->block, r, 0);
    }
    tidu_block_close(&block);
    tidu_binding_close(&binding);
    tidu_population_close(&population);
}

static void
test_a_table_comes_to_the_same_as_json(void **state)
{
    static const char *const same[3] = {
        "{\"uscc\":\"91310000MA1K00001A\",\"revenue\":{\"2025\":5,\"2024\":7},"
        "\"management_certs\":[\"CE\",\"UL\"],\"titles\":[{\"id\":\"hnte\"}]}",
        "{\"uscc\":\"91310000MA1K00002A\",\"revenue\":{\"2024\":8}}",
        "{\"uscc\":\"91310000MA1K00003A\",\"revenue\":{\"2025\":6,\"2024\":9},"
        "\"management_certs\":[\"ISO9001\"],\"titles\":[{\"id\":\"lg\",\"granted\":\"2024-01-01\","
        "\"expires\":\"2030-01-01\"}]}"};
    same_table(*state,
               "uscc,营收 2025,revenue 2024,management_certs,titles\r\n"
               "91310000MA1K00001A,5,\"7\",CE;UL,hnte\r\n"
               "\r\n"
               "91310000MA1K00002A,,8,,\r\n"
               "91310000MA1K00003A,6,9,ISO9001,lg:2024-01-01..2030-01-01",
               same, 3);
}

/* JSON cannot say of one title alone that it is not held. */
static void
test_a_table_may_say_of_one_title_whether_it_is_held(void **state)
{
    same_table(*state, "holds lg,uscc\nfalse,\n,91310000MA1K00001A\nfalse,\n",
               (const char *const[]){NULL, "{\"uscc\":\"91310000MA1K00001A\"}", NULL}, 3);
}

/* ---- files ---- */

static void
refuses(const char *id)
{
    tidu_error error = {0};
    tidu_population *population = tidu_population_open(path, &error);
    assert_null(population);
    assert_string_equal(tidu_error_id(error.code), id);
}

static void
test_what_is_no_whole_snapshot_is_refused(void **state)
{
    struct fixture *f = *state;
    size_t *starts;
    tidu_text records = random_records(300, &starts);
    tidu_population *population = built(f, &records, 1);
    tidu_population_close(&population);
    tidu_text whole = file_bytes();
    for (size_t length = 0; length < whole.length; length += 1 + whole.length / 97) {
        write_bytes(whole.data, length);
        refuses(length < 56 ? "E801" : "E803");
    }
    write_bytes("no snapshot at all, but long enough to be one, if only somebody had built one",
                77);
    refuses("E801");
    whole.data[8]++;
    write_bytes(whole.data, whole.length);
    refuses("E802");
    whole.data[8]--;
    unlink(path);
    refuses("E002");
    tidu_text_free(&whole);
    tidu_text_free(&records);
    free(starts);
}

/* Whichever byte is not as it was written, it is noticed: in the header and the
 * directory when the file is opened, in a column when that is looked at. */
static void
test_a_changed_byte_is_noticed_wherever_it_is(void **state)
{
    struct fixture *f = *state;
    size_t *starts;
    tidu_text records = random_records(60, &starts);
    tidu_population *population = built(f, &records, 1);
    tidu_population_close(&population);
    tidu_text whole = file_bytes();
    unsigned unnoticed = 0, opened = 0;
    for (size_t at = 0; at < whole.length; at += 7 * SPARING) {
        tidu_error error = {0};
        whole.data[at] ^= 0x10;
        write_bytes(whole.data, whole.length);
        whole.data[at] ^= 0x10;
        population = tidu_population_open(path, &error);
        opened += population != NULL;
        /* only zeros between columns are in no sum */
        if (population && tidu_population_verify(population, &error))
            unnoticed += whole.data[at] != 0;
        tidu_population_close(&population);
    }
    assert_true(opened > 0);
    assert_int_equal(unnoticed, 0);
    tidu_text_free(&whole);
    tidu_text_free(&records);
    free(starts);
}

/* A damaged column gives wrong figures, but nothing outside of a block is touched. */
static void
test_damaged_columns_do_no_harm(void **state)
{
    struct fixture *f = *state;
    size_t *starts;
    tidu_text records = random_records(200, &starts);
    tidu_population *population = built(f, &records, 1);
    tidu_population_close(&population);
    tidu_text whole = file_bytes();
    for (int round = 0; round < 200; round++) {
        tidu_error error = {0};
        tidu_text copy = {0};
        tidu_text_add(&copy, whole.data, whole.length);
        chance = (uint64_t)round + 1;
        for (int i = 0; i < 40; i++)
            copy.data[64 + draw((uint32_t)whole.length - 64)] = (char)draw(256);
        write_bytes(copy.data, copy.length);
        tidu_text_free(&copy);
        population = tidu_population_open(path, &error);
        if (!population)
            continue;
        tidu_binding *binding =
            tidu_binding_open(population, &f->vocabulary, tidu_date_join(2026, 1, 1), &error);
        tidu_block *block = tidu_block_open(&f->vocabulary.layout, 50);
        for (uint32_t at = 0, count; at < 200; at += count)
            assert_true((count = tidu_binding_load(binding, 0, at, 200 - at, true, block)) > 0);
        tidu_block_close(&block);
        tidu_binding_close(&binding);
        tidu_population_close(&population);
    }
    tidu_text_free(&whole);
    tidu_text_free(&records);
    free(starts);
}

static void
test_a_build_that_fails_leaves_the_old_snapshot(void **state)
{
    struct fixture *f = *state;
    size_t *starts;
    tidu_text records = random_records(MANY, &starts);
    static const char one[] = "{\"niche_years\":1}\n";
    tidu_error error = {0};
    assert_true(build(f, one, sizeof one - 1, false, 1, NULL, &error));
    tidu_text before = file_bytes();
    struct watch watch = {.stop_at = 10};
    assert_false(build(f, records.data, records.length, false, 2, &watch, &error));
    assert_string_equal(tidu_error_id(error.code), "E807");
    assert_false(build(f, "\n \n", 3, false, 2, NULL, &error));
    assert_string_equal(tidu_error_id(error.code), "E806");
    assert_false(build(f, "uscc,nonsense\n1,2\n", 18, true, 2, NULL, &error));
    assert_string_equal(tidu_error_id(error.code), "E310");
    tidu_text after = file_bytes();
    assert_int_equal(before.length, after.length);
    assert_memory_equal(before.data, after.data, before.length);
    tidu_text_free(&before);
    tidu_text_free(&after);
    tidu_text_free(&records);
    free(starts);
}

static void
test_rules_that_take_a_fact_for_something_else_are_told(void **state)
{
    struct fixture *f = *state;
    static const char one[] = "{\"niche_years\":1,\"revenue\":{\"2025\":3}}\n";
    tidu_error error = {0};
    assert_true(build(f, one, sizeof one - 1, false, 1, NULL, &error));
    tidu_population *population = tidu_population_open(path, &error);
    tidu_fact *facts = (tidu_fact *)(uintptr_t)f->vocabulary.facts;
    tidu_type was = facts[REVENUE].symbol.type;
    int32_t as_of = tidu_date_join(2026, 11, 23);
    tidu_unit_type(tidu_unit_find("人", strlen("人")), &facts[REVENUE].symbol.type);
    facts[REVENUE].symbol.type.annual = true;
    assert_null(tidu_binding_open(population, &f->vocabulary, as_of, &error));
    assert_string_equal(tidu_error_id(error.code), "E805");
    assert_string_equal(error.argument[0], "revenue");
    facts[REVENUE].symbol.type = was;
    facts[NICHE_YEARS].symbol.type.kind = TIDU_DATE;
    assert_null(tidu_binding_open(population, &f->vocabulary, as_of, &error));
    assert_string_equal(error.argument[0], "niche_years");
    facts[NICHE_YEARS].symbol.type.kind = TIDU_NUMBER;
    tidu_population_close(&population);
}

/* ---- inventing ---- */

/* Record i is the same however many there are; another seed makes others. */
static void
test_what_is_invented_can_be_invented_again(void **state)
{
    tidu_text all[3] = {{0}};
    static const uint64_t seeds[] = {7, 7, 8}, counts[] = {2000, 900, 900};
    (void)state;
    for (int i = 0; i < 3; i++) {
        tidu_synth *synth = tidu_synth_open(seeds[i], counts[i], 2025);
        size_t before;
        do {
            before = all[i].length;
            assert_true(tidu_synth_read(synth, &all[i], NULL));
        } while (all[i].length > before);
        tidu_synth_close(&synth);
    }
    assert_true(all[0].length > all[1].length);
    assert_memory_equal(all[0].data, all[1].data, all[1].length);
    size_t shorter = all[1].length < all[2].length ? all[1].length : all[2].length;
    assert_int_not_equal(memcmp(all[1].data, all[2].data, shorter), 0);
    for (int i = 0; i < 3; i++)
        tidu_text_free(&all[i]);
}

/* How many of so many invented records say something. */
static unsigned
count_saying(const char *text, const char *words)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, words)); at++)
        count++;
    return count;
}

/* As many records are wrong in each way as the generator says. */
static void
test_a_few_of_what_is_invented_are_wrong(void **state)
{
    static const struct {
        const char *words;
        unsigned low, high; /* of 20,000 */
    } kinds[] = {
        {"\"region_code\":\"320503\"", 20, 60},
        {"\"moved_in\":[{", 240, 360},
        {"\"expires\":\"2023", 320, 480},
        {"\"granted\":\"2027", 8, 40},
    };
    if (ONLY_THREADS)
        skip();
    tidu_text all = {0};
    tidu_synth *synth = tidu_synth_open(42, 20000, 2025);
    size_t before;
    (void)state;
    do {
        before = all.length;
        assert_true(tidu_synth_read(synth, &all, NULL));
    } while (all.length > before);
    tidu_text_putc(&all, '\0');
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        unsigned count = count_saying(all.data, kinds[i].words);
        if (count < kinds[i].low || count > kinds[i].high)
            fail_msg("%u records say %s", count, kinds[i].words);
    }
    tidu_text_free(&all);
    tidu_synth_close(&synth);
}

/* ---- distributions ---- */

static void
check_column(void *context, const tidu_distribution *column)
{
    unsigned *seen = context;
    if (!strcmp(column->fact, "niche_years")) {
        *seen |= 1;
        assert_int_equal(column->count, 102);
        assert_int_equal(column->known, 101);
        assert_true(column->low == 0 && column->high == 100 && column->quantile[0] == 5 &&
                    column->quantile[1] == 25 && column->quantile[2] == 50 &&
                    column->quantile[3] == 75 && column->quantile[4] == 95);
        assert_true(fabs(column->mean - 50) < 1e-9);
    } else if (!strcmp(column->fact, "management_certs")) {
        *seen |= 2;
        assert_int_equal(column->code_count, 2);
        assert_string_equal(column->codes[0].code, "UL");
        assert_int_equal(column->codes[0].count, 202);
        assert_int_equal(column->codes[1].count, 101);
    } else if (!strcmp(column->fact, "is_private")) {
        *seen |= 4;
        assert_int_equal(column->yes, 51);
    } else if (!strcmp(column->fact, "revenue")) {
        *seen |= 8;
        assert_int_equal(column->year, 2025);
        assert_string_equal(column->unit, "万元");
    } else if (!strcmp(column->fact, "titles") && !strcmp(column->field, "id")) {
        *seen |= 16;
        assert_string_equal(column->codes[0].code, "lg");
    }
}

static void
test_distributions_are_exact(void **state)
{
    struct fixture *f = *state;
    tidu_text records = {0};
    unsigned seen = 0;
    tidu_error error;
    tidu_text_puts(&records, "{}\n");
    for (int i = 0; i < 101; i++)
        tidu_text_printf(&records,
                         "{\"niche_years\":%d,\"is_private\":%s,\"management_certs\":[\"UL\","
                         "\"CE\",\"UL\"],\"revenue\":{\"2025\":7},\"titles\":[{\"id\":\"lg\"}]}\n",
                         i * 37 % 101, i % 2 ? "false" : "true");
    tidu_population *population = built(f, &records, 1);
    assert_true(tidu_population_describe(population, check_column, &seen, &error));
    assert_int_equal(seen, 31);
    tidu_population_close(&population);
    tidu_text_free(&records);
}

static int
make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/tidu-population-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int
drop_path(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
    const struct CMUnitTest tests[] = {
        TEST(test_every_row_on_every_date_is_what_its_record_says),
        TEST(test_the_bytes_do_not_depend_on_the_number_of_threads),
        TEST(test_refused_records_are_told_by_number_and_left_out),
        TEST(test_a_table_comes_to_the_same_as_json),
        TEST(test_a_table_may_say_of_one_title_whether_it_is_held),
        TEST(test_what_is_no_whole_snapshot_is_refused),
        TEST(test_a_changed_byte_is_noticed_wherever_it_is),
        TEST(test_damaged_columns_do_no_harm),
        TEST(test_a_build_that_fails_leaves_the_old_snapshot),
        TEST(test_rules_that_take_a_fact_for_something_else_are_told),
        TEST(test_what_is_invented_can_be_invented_again),
        TEST(test_a_few_of_what_is_invented_are_wrong),
        TEST(test_distributions_are_exact),
    };
    return cmocka_run_group_tests(tests, make_path, drop_path);
}
