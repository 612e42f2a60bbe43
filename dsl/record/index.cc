/*
 * index.cc: the one place where simdjson is known.
 *
 * simdjson reads JSON in two stages. The first finds where tokens begin, 64
 * bytes at a time, and proves the text UTF-8 and its strings closed; this file
 * hands that index to C. The second stage, and the On-Demand interface that
 * stands in its stead, is not used: cursor.c walks the index itself, because
 * it knows from a key what the value must be, and says where a text is wrong.
 *
 * Must not know: facts. The index owns its marks.
 */
#include "internal.h"

#include <charconv>
#include <cmath>
#include <new>
#include <simdjson.h>

namespace {

#ifdef TIDU_TIGHT
constexpr size_t first_capacity = 64;
#else
constexpr size_t first_capacity = 16384;
#endif

constexpr size_t depth = 1; // of the second stage, which never runs

} // namespace

struct tidu_index {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
};

tidu_index *
tidu_index_open(void)
{
    tidu_index *index = new (std::nothrow) tidu_index;
    if (!index)
        return nullptr;
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(
            first_capacity, depth, index->parser))
        tidu_index_close(&index);
    return index;
}

void
tidu_index_close(tidu_index **index)
{
    delete *index;
    *index = nullptr;
}

static bool
make_room(tidu_index *index, size_t length)
{
    size_t capacity = index->parser->capacity();
    if (capacity >= length)
        return true;
    if (capacity < first_capacity)
        capacity = first_capacity;
    while (capacity < length)
        capacity *= 2;
    return index->parser->set_capacity(capacity) == simdjson::SUCCESS;
}

tidu_indexed
tidu_index_text(tidu_index *index, const char *text, size_t length, tidu_marks *ret_marks)
{
    if (!make_room(index, length))
        return TIDU_INDEX_MEMORY;
    auto bytes = reinterpret_cast<const uint8_t *>(text);
    if (index->parser->stage1(bytes, length, simdjson::stage1_mode::regular))
        return TIDU_INDEX_MALFORMED;

    /* The room behind the last mark is simdjson's own sentinel's. */
    uint32_t *marks = index->parser->structural_indexes.get();
    ret_marks->at = marks;
    ret_marks->count = index->parser->n_structural_indexes;
    marks[ret_marks->count] = static_cast<uint32_t>(length);
    return TIDU_INDEXED;
}

bool
tidu_index_is_utf8(const char *text, size_t length)
{
    return simdjson::validate_utf8(text, length);
}

/* What lies below the least normal double has lost digits already. */
bool
tidu_index_double(const char *text, size_t length, double *ret_value)
{
    double value = 0;
    auto result = std::from_chars(text, text + length, value);
    if (result.ec != std::errc() || (value != 0 && !std::isnormal(value)))
        return false;
    *ret_value = value;
    return true;
}
