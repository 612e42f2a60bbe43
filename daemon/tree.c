/*
 * tree.c: JSON trees as text; see tree.h.
 */
#include "tree.h"

#include "skim.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing ----------------------------------------------------------------------------- */

static void
write_object(const json_t *object, tidu_text *out)
{
    const char *name;
    json_t *value;
    bool first = true;
    tidu_text_putc(out, '{');
    json_object_foreach ((json_t *)object, name, value) {
        tidu_text_puts(out, first ? "" : ",");
        first = false;
        tidu_text_json(out, name, strlen(name));
        tidu_text_putc(out, ':');
        tidu_tree_write(value, out);
    }
    tidu_text_putc(out, '}');
}

static void
write_array(const json_t *array, tidu_text *out)
{
    json_t *item;
    size_t index;
    tidu_text_putc(out, '[');
    json_array_foreach ((json_t *)array, index, item) {
        tidu_text_puts(out, index ? "," : "");
        tidu_tree_write(item, out);
    }
    tidu_text_putc(out, ']');
}

void
tidu_tree_write(const json_t *tree, tidu_text *out)
{
    switch (json_typeof(tree)) {
    case JSON_OBJECT:
        write_object(tree, out);
        break;
    case JSON_ARRAY:
        write_array(tree, out);
        break;
    case JSON_STRING:
        tidu_text_json(out, json_string_value(tree), json_string_length(tree));
        break;
    case JSON_INTEGER:
        tidu_text_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(tree));
        break;
    case JSON_REAL:
        tidu_text_number(out, json_real_value(tree));
        break;
    default:
        tidu_text_puts(out, json_is_true(tree) ? "true" : json_is_false(tree) ? "false" : "null");
    }
}

/* ---- changing ---------------------------------------------------------------------------- */

/* `object` with its member `name` replaced by `value`, or added. A name with a dot
 * goes one level down: "revenue.2025". */
static void
put_member(tidu_slice object, const char *name, const char *value, tidu_text *out)
{
    const char *dot = strchr(name, '.');
    size_t length = dot ? (size_t)(dot - name) : strlen(name);
    char *head = strndup(name, length);
    tidu_text inner = {0};
    if (!head) {
        out->failed = true;
        return;
    }
    tidu_slice old = tidu_skim_member(object, head);
    if (dot && old.length && old.data[0] == '{') {
        put_member(old, dot + 1, value, &inner);
    } else if (dot) {
        tidu_text_putc(&inner, '{');
        tidu_text_json(&inner, dot + 1, strlen(dot + 1));
        tidu_text_printf(&inner, ":%s}", value);
    } else {
        tidu_text_puts(&inner, value);
    }
    const char *end = object.data + object.length;
    if (old.length) {
        tidu_text_add(out, object.data, (size_t)(old.data - object.data));
        tidu_text_add(out, inner.data, inner.length);
        tidu_text_add(out, old.data + old.length, (size_t)(end - old.data) - old.length);
    } else {
        tidu_skim skim;
        tidu_skim_item item;
        bool empty = !tidu_skim_open(&skim, object, TIDU_SKIM_DEPTH) ||
                     tidu_skim_next(&skim, &item) != TIDU_SKIM_ITEM;
        const char *brace = end;
        while (brace > object.data && brace[-1] != '}')
            brace--;
        tidu_text_add(out, object.data, (size_t)(brace - 1 - object.data));
        tidu_text_puts(out, empty ? "" : ",");
        tidu_text_json(out, head, length);
        tidu_text_putc(out, ':');
        tidu_text_add(out, inner.data, inner.length);
        tidu_text_putc(out, '}');
    }
    out->failed |= inner.failed;
    tidu_text_free(&inner);
    free(head);
}

bool
tidu_tree_amend(const json_t *changes, tidu_slice facts, tidu_text *out)
{
    const char *name;
    json_t *value;
    tidu_text now = {0};
    tidu_text_add(&now, facts.data, facts.length);
    json_object_foreach ((json_t *)changes, name, value) {
        tidu_text next = {0}, text = {0};
        tidu_tree_write(value, &text);
        tidu_text_putc(&text, '\0');
        if (text.failed)
            next.failed = true;
        else
            put_member((tidu_slice){now.data, now.length}, name, text.data, &next);
        tidu_text_free(&text);
        tidu_text_free(&now);
        now = next;
    }
    tidu_text_add(out, now.data, now.length);
    bool good = !now.failed && !out->failed;
    tidu_text_free(&now);
    return good;
}
