/*
 * demand.c: demands of enterprises (企业直通车), from filed to settled.
 *
 *   file ─► routed ─┬─► accepted ─► settled
 *      (proposed by │      │
 *       the rules)  └─► handed_over ─► accepted …        any but settled ─► withdrawn
 *
 * The rules propose who is to handle a demand and, where a locality has set
 * deadlines, by when. An official may overrule the proposal, with a reason.
 * Days are counted Monday to Friday; public holidays are not known here.
 *
 * Must not know: sockets.
 */
#include "desk.h"

#include "store/demands.h"
#include "store/enterprises.h"

#include "tidu/places.h"

#include <stdio.h>
#include <stdlib.h>

enum { USUAL_LIMIT = 100, MOST_LIMIT = 10000, MOST_TEXT = 20000 };

/* ---- what may follow what --------------------------------------------------------------- */

enum { FILED = 1, ROUTED = 2, HANDED_OVER = 4, ACCEPTED = 8, SETTLED = 16, WITHDRAWN = 32 };

static const char *const state_names[] = {"filed",   "routed",    "handed_over", "accepted",
                                          "settled", "withdrawn", NULL};

static const struct step {
    const char *what;
    unsigned from;
    const char *state; /* it leads to */
    const char *needs; /* a text that has to be given, or NULL */
    bool moves;        /* to another body or place */
} steps[] = {
    {"accept", FILED | ROUTED | HANDED_OVER, "accepted", NULL, false},
    {"hand_over", ROUTED | HANDED_OVER | ACCEPTED, "handed_over", "reason", true},
    {"reroute", FILED | ROUTED | HANDED_OVER, "routed", "reason", true},
    {"settle", ACCEPTED, "settled", "result", false},
    {"withdraw", FILED | ROUTED | HANDED_OVER | ACCEPTED, "withdrawn", "reason", false},
};

static unsigned
state_bit(tidu_slice state)
{
    for (unsigned i = 0; state_names[i]; i++)
        if (strlen(state_names[i]) == state.length &&
            memcmp(state_names[i], state.data, state.length) == 0)
            return 1u << i;
    return 0;
}

static void
list_states(unsigned states, char *buffer, size_t size)
{
    size_t length = 0;
    buffer[0] = '\0';
    for (unsigned i = 0; state_names[i] && length < size; i++)
        if (states >> i & 1)
            length += (size_t)snprintf(buffer + length, size - length, "%s%s", length ? ", " : "",
                                       state_names[i]);
}

/* ---- who is to handle it, by when ------------------------------------------------------------ */

static int64_t
after_working_days(int32_t day, json_int_t days)
{
    int64_t at = day;
    if (days <= 0)
        return INT64_MAX;
    while (days) {
        at++;
        int64_t weekday = (at + 3) % 7; /* 1970-01-01 was a Thursday; 0 is Monday */
        days -= weekday < 5;
    }
    return at;
}

/* Where a demand is, or is to go; what it points to lives in `tree` and `office`. */
struct handling {
    json_t *tree; /* what the rules say of its route */
    json_t *link; /* of the chain; NULL: nobody is known */
    const char *body, *place;
    tidu_text office;
    int64_t accept_by, settle_by;
};

static void
close_handling(struct handling *handling)
{
    json_decref(handling->tree);
    tidu_text_free(&handling->office);
}

static const char *
text_in(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static bool
ask_route(const struct desk *desk, const char *kind, uint32_t region, struct handling *handling,
          tidu_error *reterr)
{
    tidu_text text = {0};
    tidu_route_question question = {
        .duty = kind, .region = region, .as_of = desk->today, .lang = TIDU_BOTH};
    bool asked = tidu_ruleset_route(desk->rules, &question, &text, reterr);
    handling->tree = asked ? json_loadb(text.data, text.length, 0, NULL) : NULL;
    tidu_text_free(&text);
    if (asked && !json_object_get(handling->tree, "demand"))
        return tidu_error_set(reterr, TIDU_DEMAND_NOT_ONE, kind, NULL);
    return asked;
}

/* The link of the chain that settles it, or the one of a place. */
static void
choose_link(struct handling *handling, const char *place)
{
    json_t *link;
    size_t index;
    json_array_foreach (json_object_get(handling->tree, "chain"), index, link) {
        const char *code = text_in(json_object_get(link, "region"), "code");
        bool chosen = place ? strcmp(code, place) == 0
                            : json_is_true(json_object_get(link, "settles")) &&
                                  json_is_object(json_object_get(link, "lead"));
        if (chosen && !handling->link)
            handling->link = link;
    }
}

static void
take_deadlines(const struct desk *desk, struct handling *handling)
{
    const json_t *days = json_object_get(handling->link, "working_days");
    handling->accept_by =
        after_working_days(desk->today, json_integer_value(json_object_get(days, "acknowledge")));
    handling->settle_by =
        after_working_days(desk->today, json_integer_value(json_object_get(days, "settle")));
}

static void
take_office(struct handling *handling, const json_t *office)
{
    char *text = json_dumps(office, JSON_COMPACT);
    handling->body = text_in(office, "body");
    tidu_text_puts(&handling->office, text ? text : "{}");
    free(text);
}

/* What the rules propose. */
static bool
propose(const struct desk *desk, const char *kind, uint32_t region, struct handling *handling,
        tidu_error *reterr)
{
    if (!ask_route(desk, kind, region, handling, reterr))
        return false;
    choose_link(handling, NULL);
    take_deadlines(desk, handling);
    handling->body = handling->place = "";
    if (!handling->link) {
        tidu_text_puts(&handling->office, "null");
        return true;
    }
    handling->place = text_in(json_object_get(handling->link, "region"), "code");
    take_office(handling, json_object_get(handling->link, "lead"));
    return true;
}

/* ---- demands, told ------------------------------------------------------------------------------ */

static void
put_day(tidu_text *out, const char *name, int64_t day)
{
    char date[11];
    if (day != INT64_MAX)
        tidu_text_printf(out, ",\"%s\":\"%s\"", name, tidu_date_format((int32_t)day, date));
}

static const char *
overdue(const struct demand *demand, int32_t today)
{
    unsigned state = state_bit(demand->state);
    if (!(state & (SETTLED | WITHDRAWN)) && demand->settle_by < today)
        return "\"settle\"";
    if ((state & (FILED | ROUTED | HANDED_OVER)) && demand->accept_by < today)
        return "\"accept\"";
    return "null";
}

static void
put_demand(const struct demand *demand, int32_t today, tidu_text *out)
{
    tidu_text_printf(out, "{\"id\":%lld", (long long)demand->id);
    tidu_desk_put(out, "demand", demand->kind);
    tidu_desk_put(out, "state", demand->state);
    tidu_desk_put(out, "uscc", demand->uscc);
    tidu_desk_put(out, "enterprise_name", demand->name);
    tidu_desk_put(out, "region_code", demand->region);
    tidu_desk_put(out, "text", demand->text);
    tidu_desk_put(out, "place", demand->place);
    tidu_text_puts(out, ",\"office\":");
    tidu_text_add(out, demand->office.data, demand->office.length);
    put_day(out, "accept_by", demand->accept_by);
    put_day(out, "settle_by", demand->settle_by);
    tidu_text_printf(out, ",\"overdue\":%s", overdue(demand, today));
    tidu_desk_put_time(out, "filed", demand->filed_s);
    tidu_desk_put_time(out, "changed", demand->changed_s);
}

/* What a listing is about. */
struct listing {
    const struct desk *desk;
    struct database *database;
    uint64_t limit, count;
    int64_t last;
    bool more, with_changes;
    tidu_text *out;
};

static bool
put_change(void *context, const struct demand_change *change)
{
    struct listing *listing = context;
    tidu_text *out = listing->out;
    tidu_text_printf(out, "%s{\"number\":%lld", change->number > 1 ? "," : "",
                     (long long)change->number);
    tidu_desk_put(out, "action", change->action);
    tidu_desk_put(out, "state", change->state);
    tidu_desk_put_time(out, "time", change->time_s);
    tidu_text_printf(out, ",\"user\":%u", change->user);
    tidu_desk_put(out, "ruleset", change->rules);
    if (change->detail.length > 2) {
        tidu_text_putc(out, ',');
        tidu_text_add(out, change->detail.data + 1, change->detail.length - 1);
    } else {
        tidu_text_putc(out, '}');
    }
    return true;
}

static bool
tell_demand(void *context, const struct demand *demand)
{
    struct listing *listing = context;
    if (listing->count == listing->limit) {
        listing->more = true;
        return false;
    }
    tidu_text_puts(listing->out, listing->count++ ? "," : "");
    put_demand(demand, listing->desk->today, listing->out);
    listing->last = demand->id;
    if (listing->with_changes) {
        tidu_text_puts(listing->out, ",\"changes\":[");
        tidu_demand_changes(listing->database, demand->id, put_change, listing);
        tidu_text_putc(listing->out, ']');
    }
    tidu_text_putc(listing->out, '}');
    return true;
}

/* One demand with its changes. */
static bool
tell_one(const struct desk *desk, int64_t id, tidu_text *out, tidu_error *reterr)
{
    char number[32];
    struct listing listing = {.desk = desk, .limit = 1, .with_changes = true, .out = out};
    struct demand_filter filter = {.id = id, .overdue_on = INT64_MIN};
    listing.database = tidu_desk_open(desk, reterr);
    if (!listing.database)
        return false;
    bool walked = tidu_demands_walk(listing.database, &filter, tell_demand, &listing);
    if (!walked)
        tidu_error_set(reterr, TIDU_STORE_OPEN, desk->folder, tidu_database_why(listing.database),
                       NULL);
    tidu_database_close(&listing.database);
    snprintf(number, sizeof number, "%lld", (long long)id);
    return walked && (listing.count || tidu_error_set(reterr, TIDU_DEMAND_NONE, number, NULL));
}

/* ---- file ------------------------------------------------------------------------------------------ */

struct filing {
    const struct desk *desk;
    struct demand demand;
    struct demand_change change;
    char region[7], name[256];
};

static bool
keep_place(void *context, const struct enterprise *enterprise)
{
    struct filing *filing = context;
    if (!*filing->region)
        snprintf(filing->region, sizeof filing->region, "%.*s", (int)enterprise->region.length,
                 enterprise->region.data);
    snprintf(filing->name, sizeof filing->name, "%.*s", (int)enterprise->name.length,
             enterprise->name.data);
    return false;
}

/* What the library knows of the enterprise. */
static bool
look_up(struct filing *filing, const char *uscc, tidu_error *reterr)
{
    struct database *database = tidu_desk_open(filing->desk, reterr);
    if (!database)
        return false;
    tidu_enterprises_walk(database, &(struct enterprise_filter){.uscc = uscc}, keep_place, filing);
    tidu_database_close(&database);
    return true;
}

static bool
put_filing(struct database *database, void *context)
{
    struct filing *filing = context;
    filing->demand.id = tidu_demand_add(database, &filing->demand);
    filing->change.demand = filing->demand.id;
    return filing->demand.id && tidu_demand_note(database, &filing->change);
}

static tidu_slice
slice_of(const char *text)
{
    return (tidu_slice){text, strlen(text)};
}

static struct demand_change
change_of(const struct desk *desk, const char *action, const char *state, const char *detail)
{
    return (struct demand_change){.time_s = desk->now_s,
                                  .user = (uint32_t)desk->user,
                                  .action = slice_of(action),
                                  .state = slice_of(state),
                                  .rules = slice_of(tidu_ruleset_digest(desk->rules)),
                                  .detail = slice_of(detail)};
}

static void
note_step(const struct desk *desk, const char *what, int64_t id)
{
    char action[32], members[64];
    snprintf(action, sizeof action, "demand.%s", what);
    snprintf(members, sizeof members, "\"demand\":%lld", (long long)id);
    tidu_desk_note(desk, action, members);
}

static bool
keep_filing(struct filing *filing, const struct handling *handling, tidu_error *reterr)
{
    const struct desk *desk = filing->desk;
    const char *state = handling->link ? "routed" : "filed";
    json_t *detail = json_object();
    if (handling->link)
        json_object_set(detail, "proposed", handling->link);
    char *text = json_dumps(detail, JSON_COMPACT);
    json_decref(detail);
    filing->demand.state = slice_of(state);
    filing->demand.body = slice_of(handling->body);
    filing->demand.place = slice_of(handling->place);
    filing->demand.office = (tidu_slice){handling->office.data, handling->office.length};
    filing->demand.accept_by = handling->accept_by;
    filing->demand.settle_by = handling->settle_by;
    filing->change = change_of(desk, "file", state, text ? text : "{}");
    bool kept = tidu_desk_write(desk, put_filing, filing, reterr);
    free(text);
    if (kept)
        note_step(desk, "file", filing->demand.id);
    return kept;
}

static bool
file(const struct desk *desk, const json_t *params, tidu_text *out,
     tidu_error *reterr)
{
    const char *kind = NULL, *text = NULL, *uscc = "", *region = NULL, *name = NULL;
    struct filing filing = {.desk = desk};
    struct handling handling = {0};
    uint32_t code;
    if (!tidu_desk_text(params, "demand", &kind, reterr) ||
        !tidu_desk_text(params, "text", &text, reterr) ||
        !tidu_desk_text(params, "uscc", &uscc, reterr) ||
        !tidu_desk_text(params, "enterprise_name", &name, reterr) ||
        !tidu_desk_text(params, "region_code", &region, reterr))
        return false;
    if (!kind || !text || !*text)
        return tidu_desk_lacks("demand.file", kind ? "text" : "demand", reterr);
    if (strlen(text) > MOST_TEXT)
        return tidu_desk_bad(params, "text", "≤ 20000 bytes", reterr);
    if (*uscc && strlen(uscc) != TIDU_USCC_LENGTH)
        return tidu_desk_bad(params, "uscc", "\"91440300MA5EXAMPL0\"", reterr);
    snprintf(filing.region, sizeof filing.region, "%.6s", region ? region : "");
    if (*uscc && !look_up(&filing, uscc, reterr))
        return false;
    if (!*filing.region)
        return tidu_error_set(reterr, TIDU_DEMAND_NO_PLACE, NULL);
    if (!tidu_region_parse(region ? region : filing.region, strlen(region ? region : filing.region), &code))
        return tidu_desk_bad(params, "region_code", "\"440305\"", reterr);
    bool good = propose(desk, kind, code, &handling, reterr);
    filing.demand = (struct demand){.uscc = slice_of(uscc),
                                    .name = slice_of(name ? name : filing.name),
                                    .region = slice_of(filing.region),
                                    .kind = slice_of(text_in(handling.tree, "demand")),
                                    .text = slice_of(text),
                                    .filed_s = desk->now_s};
    good = good && keep_filing(&filing, &handling, reterr);
    close_handling(&handling);
    return good && tell_one(desk, filing.demand.id, out, reterr);
}

/* ---- steps ---------------------------------------------------------------------------------------------- */

/* A step that one demand takes, on the writer's thread. */
struct stride {
    const struct desk *desk;
    const struct step *step;
    int64_t id;
    struct handling *to; /* NULL: it stays where it is */
    const char *detail;
    bool found, allowed;
    char state[16];      /* it was in */
};

static bool
take_step(void *context, const struct demand *demand)
{
    void **pair = context;
    struct stride *stride = pair[0];
    struct demand next = *demand;
    const struct step *step = stride->step;
    struct demand_change change = change_of(stride->desk, step->what, step->state, stride->detail);
    stride->found = true;
    snprintf(stride->state, sizeof stride->state, "%.*s", (int)demand->state.length,
             demand->state.data);
    stride->allowed = step->from & state_bit(demand->state);
    if (!stride->allowed)
        return false;
    next.state = slice_of(step->state);
    next.changed_s = stride->desk->now_s;
    if (stride->to) {
        next.body = slice_of(stride->to->body);
        next.place = slice_of(stride->to->place);
        next.office = (tidu_slice){stride->to->office.data, stride->to->office.length};
        next.accept_by = stride->to->accept_by;
        if (demand->settle_by == INT64_MAX) /* the enterprise's clock is not wound back */
            next.settle_by = stride->to->settle_by;
    }
    change.demand = demand->id;
    *(bool *)pair[2] = tidu_demand_move(pair[1], &next) && tidu_demand_note(pair[1], &change);
    return false;
}

static bool
put_step(struct database *database, void *context)
{
    struct stride *stride = context;
    bool kept = true;
    void *pair[] = {stride, database, &kept};
    struct demand_filter filter = {.id = stride->id, .overdue_on = INT64_MIN};
    return tidu_demands_walk(database, &filter, take_step, pair) && kept;
}

static bool
keep_step(struct stride *stride, tidu_error *reterr)
{
    char number[32], states[128];
    snprintf(number, sizeof number, "%lld", (long long)stride->id);
    if (!tidu_desk_write(stride->desk, put_step, stride, reterr))
        return false;
    if (!stride->found)
        return tidu_error_set(reterr, TIDU_DEMAND_NONE, number, NULL);
    list_states(stride->step->from, states, sizeof states);
    if (!stride->allowed)
        return tidu_error_set(reterr, TIDU_DEMAND_STATE, number, stride->state, stride->step->what,
                              states, NULL);
    note_step(stride->desk, stride->step->what, stride->id);
    return true;
}

/* Where it stands now, copied. */
struct standing {
    char kind[32], region[7], body[64], place[7];
    bool found;
};

static bool
keep_standing(void *context, const struct demand *demand)
{
    struct standing *standing = context;
    standing->found = true;
    snprintf(standing->kind, sizeof standing->kind, "%.*s", (int)demand->kind.length,
             demand->kind.data);
    snprintf(standing->region, sizeof standing->region, "%.*s", (int)demand->region.length,
             demand->region.data);
    snprintf(standing->body, sizeof standing->body, "%.*s", (int)demand->body.length,
             demand->body.data);
    snprintf(standing->place, sizeof standing->place, "%.*s", (int)demand->place.length,
             demand->place.data);
    return false;
}

static bool
find_standing(const struct desk *desk, int64_t id, struct standing *standing, tidu_error *reterr)
{
    char number[32];
    struct demand_filter filter = {.id = id, .overdue_on = INT64_MIN};
    struct database *database = tidu_desk_open(desk, reterr);
    if (!database)
        return false;
    tidu_demands_walk(database, &filter, keep_standing, standing);
    tidu_database_close(&database);
    snprintf(number, sizeof number, "%lld", (long long)id);
    return standing->found || tidu_error_set(reterr, TIDU_DEMAND_NONE, number, NULL);
}

/* Where it is to go: another body, another place, or both. */
static bool
read_goal(const struct desk *desk, const json_t *params, struct standing *standing,
          const char *method, struct handling *ret, tidu_error *reterr)
{
    const char *body = NULL, *place = NULL;
    uint32_t code = 0, region = 0;
    if (!tidu_desk_text(params, "body", &body, reterr) ||
        !tidu_desk_text(params, "place", &place, reterr))
        return false;
    if (!body && !place)
        return tidu_desk_lacks(method, "body|place", reterr);
    if (place && !tidu_region_parse(place, strlen(place), &code))
        return tidu_desk_bad(params, "place", "\"440300\"", reterr);
    if (!place)
        place = *standing->place ? standing->place : standing->region;
    if (!tidu_region_parse(place, strlen(place), &code) ||
        !tidu_region_parse(standing->region, strlen(standing->region), &region) ||
        !ask_route(desk, standing->kind, region, ret, reterr))
        return false;
    choose_link(ret, place);
    if (ret->link)
        take_deadlines(desk, ret);
    else
        ret->accept_by = ret->settle_by = INT64_MAX;
    ret->body = body ? body : standing->body;
    ret->place = place;
    return tidu_ruleset_office(desk->rules, ret->body, code, desk->today, &ret->office, reterr);
}

static char *
write_detail(const json_t *params, const struct handling *goal)
{
    static const char *const words[] = {"reason", "result"};
    json_t *detail = json_object();
    for (int i = 0; i < 2; i++)
        if (json_object_get(params, words[i]))
            json_object_set(detail, words[i], json_object_get(params, words[i]));
    if (goal) {
        json_object_set_new(detail, "place", json_string(goal->place));
        json_object_set_new(detail, "office",
                            json_loadb(goal->office.data, goal->office.length, 0, NULL));
    }
    char *text = json_dumps(detail, JSON_COMPACT);
    json_decref(detail);
    return text;
}

static bool
go(const struct desk *desk, const struct step *step, const json_t *params, tidu_text *out,
   tidu_error *reterr)
{
    uint64_t id = 0;
    const char *word = NULL;
    char method[32];
    struct standing standing = {.found = false};
    struct handling goal = {0};
    snprintf(method, sizeof method, "demand.%s", step->what);
    if (!tidu_desk_number(params, "id", 1, INT64_MAX, &id, reterr) ||
        (step->needs && !tidu_desk_text(params, step->needs, &word, reterr)))
        return false;
    if (!id || (step->needs && (!word || !*word)))
        return tidu_desk_lacks(method, id ? step->needs : "id", reterr);
    if (word && strlen(word) > MOST_TEXT)
        return tidu_desk_bad(params, step->needs, "≤ 20000 bytes", reterr);
    bool good = find_standing(desk, (int64_t)id, &standing, reterr) &&
                (!step->moves || read_goal(desk, params, &standing, method, &goal, reterr));
    char *detail = good ? write_detail(params, step->moves ? &goal : NULL) : NULL;
    struct stride stride = {.desk = desk,
                            .step = step,
                            .id = (int64_t)id,
                            .to = step->moves ? &goal : NULL,
                            .detail = detail ? detail : "{}"};
    good = good && keep_step(&stride, reterr) && tell_one(desk, (int64_t)id, out, reterr);
    free(detail);
    close_handling(&goal);
    return good;
}

/* ---- list, get ------------------------------------------------------------------------------------------------ */

static bool
list(const struct desk *desk, const json_t *params, tidu_text *out,
     tidu_error *reterr)
{
    char region[7];
    bool only_overdue = false;
    uint64_t after = 0;
    struct listing listing = {.desk = desk, .limit = USUAL_LIMIT, .out = out};
    struct demand_filter filter = {.region = region, .overdue_on = INT64_MIN};
    if (!tidu_desk_text(params, "uscc", &filter.uscc, reterr) ||
        !tidu_desk_text(params, "demand", &filter.kind, reterr) ||
        !tidu_desk_text(params, "state", &filter.state, reterr) ||
        !tidu_desk_text(params, "body", &filter.body, reterr) ||
        !tidu_desk_region(params, region, reterr) ||
        !tidu_desk_flag(params, "overdue", &only_overdue, reterr) ||
        !tidu_desk_flag(params, "changes", &listing.with_changes, reterr) ||
        !tidu_desk_number(params, "after", 0, INT64_MAX, &after, reterr) ||
        !tidu_desk_number(params, "limit", 1, MOST_LIMIT, &listing.limit, reterr))
        return false;
    if (filter.state && !state_bit(slice_of(filter.state)))
        return tidu_desk_bad(params, "state", "filed|routed|handed_over|accepted|settled|withdrawn",
                             reterr);
    filter.after = (int64_t)after;
    if (only_overdue)
        filter.overdue_on = desk->today;
    listing.database = tidu_desk_open(desk, reterr);
    if (!listing.database)
        return false;
    tidu_text_puts(out, "{\"demands\":[");
    bool walked = tidu_demands_walk(listing.database, &filter, tell_demand, &listing);
    if (!walked)
        tidu_error_set(reterr, TIDU_STORE_OPEN, desk->folder, tidu_database_why(listing.database),
                       NULL);
    tidu_database_close(&listing.database);
    if (listing.more)
        tidu_text_printf(out, "],\"next\":%lld}", (long long)listing.last);
    else
        tidu_text_puts(out, "],\"next\":null}");
    return walked;
}

static bool
get(const struct desk *desk, const json_t *params, tidu_text *out,
    tidu_error *reterr)
{
    uint64_t id = 0;
    if (!tidu_desk_number(params, "id", 1, INT64_MAX, &id, reterr))
        return false;
    if (!id)
        return tidu_desk_lacks("demand.get", "id", reterr);
    return tell_one(desk, (int64_t)id, out, reterr);
}

/* ---- the methods -------------------------------------------------------------------------------------------------- */

bool
tidu_demand_ask(const struct desk *desk, const char *what, const json_t *params, tidu_slice raw,
                tidu_text *out, tidu_error *reterr)
{
    (void)raw;
    if (strcmp(what, "file") == 0)
        return file(desk, params, out, reterr);
    if (strcmp(what, "list") == 0)
        return list(desk, params, out, reterr);
    if (strcmp(what, "get") == 0)
        return get(desk, params, out, reterr);
    size_t i = 0;
    while (strcmp(steps[i].what, what) != 0)
        i++;
    return go(desk, &steps[i], params, out, reterr);
}
