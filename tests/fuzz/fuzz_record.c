/*
 * fuzz_record.c: whatever bytes come as a record, they are read alike each time.
 *
 * What is accepted is a JSON object to jansson too, comes to the same with its
 * facts in the opposite order, and when unknown facts are ignored. What is
 * refused leaves nothing in the block and is told why.
 */
#include "block.h"

#include "../../daemon/skim.h"

#include <jansson.h>

/* The same members from the last to the first; false when it is no object. */
static bool
turn_round(tidu_slice record, tidu_text *out)
{
    enum { MOST = 256 };
    tidu_slice members[MOST];
    size_t count = 0;
    tidu_skim skim;
    tidu_skim_item item;
    if (!tidu_skim_open(&skim, record, TIDU_SKIM_DEPTH))
        return false;
    while (count < MOST && tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM) {
        /* With escapes the key is a copy. */
        if (item.key.data < record.data || item.key.data > record.data + record.length)
            return false;
        members[count++] = (tidu_slice){
            item.key.data - 1, (size_t)(item.value.data + item.value.length - item.key.data) + 1};
    }
    tidu_text_putc(out, '{');
    for (size_t i = count; i-- > 0;) {
        tidu_text_add(out, members[i].data, members[i].length);
        tidu_text_puts(out, i ? "," : "");
    }
    tidu_text_putc(out, '}');
    return count < MOST;
}

/* jansson refuses numbers that no double holds, NUL in keys, and the mark that some
 * editors put at a file's beginning, which RFC 8259 (8.1) lets us pass over. */
static void
check_is_json(tidu_slice record)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (record.length > 3 && !memcmp(record.data, mark, 3))
        record = (tidu_slice){record.data + 3, record.length - 3};
    json_error_t error;
    json_t *tree = json_loadb(record.data, record.length, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
                              &error);
    enum json_error_code code = json_error_code(&error);
    if (!json_is_object(tree) &&
        (tree || (code != json_error_numeric_overflow && code != json_error_null_byte_in_key)))
        fuzz_fail("what is accepted is a JSON object", error.text, strlen(error.text));
    json_decref(tree);
}

static void
check_same(const tidu_text *a, const tidu_text *b, const char *promise)
{
    if (!fuzz_same(a, b))
        fuzz_fail(promise, b->data, b->length);
}

static void
check_accepted(struct fixture *fixture, tidu_slice record, bool ignore, const tidu_text *once)
{
    tidu_text other = {0}, turned = {0};
    check_is_json(record);
    fuzz_must(fuzz_read(fixture, record, true, &other) == TIDU_READ_ROW,
              "to ignore unknown facts refuses nothing");
    check_same(once, &other, "unknown facts are all that is ignored");
    other.length = 0;
    if (turn_round(record, &turned)) {
        fuzz_must(fuzz_read(fixture, (tidu_slice){turned.data, turned.length}, ignore, &other) ==
                      TIDU_READ_ROW,
                  "the order of facts refuses nothing");
        check_same(once, &other, "the order of facts changes nothing");
    }
    tidu_text_free(&turned);
    tidu_text_free(&other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fixture *fixture = fuzz_fixture();
    char *copy = fuzz_copy(data, size, 0);
    tidu_slice record = {copy, size};
    tidu_text once = {0}, again = {0};
    tidu_read read = fuzz_read(fixture, record, false, &once);
    fuzz_must(fuzz_read(fixture, record, false, &again) == read, "read twice, judged twice alike");
    check_same(&once, &again, "read twice, the same twice");
    bool ignore = read != TIDU_READ_ROW;
    if (ignore) {
        once.length = 0;
        read = fuzz_read(fixture, record, true, &once);
    }
    if (read == TIDU_READ_ROW)
        check_accepted(fixture, record, ignore, &once);
    tidu_text_free(&once);
    tidu_text_free(&again);
    free(copy);
    return 0;
}
