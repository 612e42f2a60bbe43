/*
 * print.c: a program as readable text, a step a line.
 *
 *      12  div       5 8             ratio of two earlier steps
 *      13  le        11 12  near     30%, guarded at the border
 */
#include "internal.h"

static const char *const near_words[] = {"", " spelled", " near", " near"};

static void
print_operands(const tidu_program *program, const tidu_instruction *step, tidu_text *out)
{
    if (step->op == TIDU_DO_SELECT)
        tidu_text_printf(out, " %u", step->c);
    if (step->a != TIDU_NO_STEP)
        tidu_text_printf(out, " %u", step->a);
    if (step->b != TIDU_NO_STEP)
        tidu_text_printf(out, " %u", step->b);
    for (uint32_t i = 0; i < step->count; i++)
        tidu_text_printf(out, " %u", program->pool[step->first + i]);
    if (step->near == TIDU_NEAR_MAGNITUDE)
        tidu_text_printf(out, " within %u", step->c);
}

static void
print_points(const tidu_program *program, const tidu_instruction *step, tidu_text *out)
{
    const uint32_t *points = program->pool + step->first + step->count;
    tidu_text_puts(out, " :");
    for (uint32_t i = 0; i <= step->count; i++) {
        tidu_text_putc(out, ' ');
        tidu_text_number(out, program->constants[points[i]].value);
    }
}

static void
print_input(const tidu_program *program, uint32_t number, tidu_text *out)
{
    const tidu_column *column = &program->layout->columns[number];
    if (column->fact == TIDU_NONE) {
        for (uint32_t t = 0; t < program->layout->title_count; t++)
            if (program->layout->titles[t].column == (int32_t)number)
                tidu_text_printf(out, " holds %s", program->layout->titles[t].id);
        return;
    }
    const tidu_fact *fact = &program->vocabulary->facts[column->fact];
    tidu_text_printf(out, " %s", fact->symbol.name);
    if (column->field != TIDU_NONE)
        tidu_text_printf(out, ".%s", fact->fields[column->field].symbol.name);
    if (column->lag)
        tidu_text_printf(out, "[-%u]", column->lag);
}

static void
print_number(const tidu_program *program, const tidu_instruction *step, tidu_text *out)
{
    switch (step->op) {
    case TIDU_DO_FACT:
    case TIDU_DO_FLAG:
        print_input(program, step->number, out);
        break;
    case TIDU_DO_CONST:
    case TIDU_DO_FILL:
        tidu_text_putc(out, ' ');
        tidu_text_number(out, program->constants[step->number].value);
        break;
    case TIDU_DO_IN:
    case TIDU_DO_TRUTH:
    case TIDU_DO_ROOT:
    case TIDU_DO_SHIFT:
    case TIDU_DO_AT_LEAST:
        tidu_text_printf(out, " #%d", (int)step->number);
        break;
    default:
        break;
    }
}

/* Names of criteria, by their status step, at the end of the line. */
static void
print_names(const tidu_program *program, tidu_step step, tidu_text *out)
{
    for (uint32_t i = 0; i < program->criterion_count; i++)
        if (program->criteria[i].status == step)
            tidu_text_printf(out, "  ; %s", program->criteria[i].id);
    for (uint32_t i = 0; i < program->designation_count; i++)
        if (program->designations[i].status == step)
            tidu_text_printf(out, "  ; = %s", program->designations[i].id);
    for (uint32_t i = 0; i < program->indicator_count; i++)
        if (program->indicators[i].low == step)
            tidu_text_printf(out, "  ; points %s", program->indicators[i].id);
}

void
tidu_program_print(const tidu_program *program, tidu_text *out)
{
    for (uint32_t s = 0; s < program->step_count; s++) {
        const tidu_instruction *step = &program->steps[s];
        tidu_text_printf(out, "%6u  %-12s", s, tidu_op_spelling((tidu_op)step->op));
        print_number(program, step, out);
        print_operands(program, step, out);
        if (tidu_gives_points(step))
            print_points(program, step, out);
        tidu_text_puts(out, near_words[step->near]);
        print_names(program, s, out);
        tidu_text_putc(out, '\n');
    }
}
