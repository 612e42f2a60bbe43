/*
 * overlay.h: a ruleset with something changed, without reading it again.
 *
 * An overlay names thresholds (and what mutants.h found) and says what stands
 * there instead. Nothing is parsed or typed anew: the trees of the ruleset are
 * shared but for the path to what is different, and only the programs that
 * somebody asks for are lowered again, well under a millisecond each.
 *
 *   ruleset: trees ─────────────► programs: of the country and of places, by date
 *               └─ overlay: the changed paths ─► the one program asked for
 *
 * Must not know: Lua, Markdown, JSON, sockets.
 *
 * Ownership: an overlay holds its ruleset and owns its programs; it belongs to
 * one thread at a time. The ruleset itself stays as it is.
 */
#ifndef TIDU_OVERLAY_H
#define TIDU_OVERLAY_H

#include "tidu/evaluate.h"
#include "tidu/program.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tidu_overlay tidu_overlay;

/* Nothing is different yet. NULL when memory ran out. */
tidu_overlay *tidu_overlay_open(tidu_ruleset *ruleset);
void tidu_overlay_close(tidu_overlay **overlay);

/* Nothing is different any more. */
void tidu_overlay_clear(tidu_overlay *overlay);

/* Give the threshold of this address (all versions of a param) another value,
 * spelled as a document would, without names: "71%", "6000万元", "2026-05-01".
 * Programs that were asked for are gone. False when there is no such address, or the value
 * is not of the threshold's kind. */
bool tidu_overlay_set(tidu_overlay *overlay, const char *address, const char *value,
                      tidu_error *reterr);

/* One of the ruleset's programs (by its number in them: a ladder's or a local
 * one) with the changes. It stays until the next change. NULL with *reterr when
 * the changed rules do not hold together. */
const tidu_program *tidu_overlay_again(tidu_overlay *overlay, uint32_t number, tidu_error *reterr);

/* The same of the country's ladder in force on a date. */
const tidu_program *tidu_overlay_program(tidu_overlay *overlay, int32_t as_of, tidu_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
