/*
 * versions.h: every ruleset that was ever live, by its digest.
 *
 * Documents are kept once each, however many versions have them. A label is a
 * name for a version, which can be moved to another.
 *
 * Must not know: what rules say.
 */
#ifndef TIDU_STORE_VERSIONS_H
#define TIDU_STORE_VERSIONS_H

#include "database.h"
#include "tidu/declare.h"
#include "tidu/text.h"

/* The tables, for tidu_database_open. */
extern const char tidu_versions_schema[];

/* Keep a version, unless it is kept already. `now_s` is the moment it becomes live
 * (seconds since 1970), or 0 when it does not. `sources` may be NULL for one that
 * is kept. */
bool tidu_versions_keep(struct database *database, const char *digest, const tidu_source *sources,
                        size_t count, int64_t now_s);

/* The digest of the version whose digest begins so, or that has this label. False
 * when there is none, or more than one. */
bool tidu_versions_find(struct database *database, const char *name, char ret_digest[65]);

/* Its documents, in `arena`. */
bool tidu_versions_load(struct database *database, const char *digest, tidu_arena *arena,
                        tidu_source **ret_sources, size_t *ret_count, tidu_error *reterr);

/* Which version is live, and the digest of what the rules folder has meanwhile
 * ("": the same). */
bool tidu_versions_set_live(struct database *database, const char *digest, const char *held);
bool tidu_versions_get_live(struct database *database, char ret_digest[65], char ret_held[65]);

/* The version that was live before this one; false when there was none. */
bool tidu_versions_before(struct database *database, const char *digest, char ret_digest[65]);

/* Append the versions, latest first, as a JSON array of {"digest","documents",
 * "first_live","last_live","labels"}. */
bool tidu_versions_list(struct database *database, tidu_text *out);

/* Have a region judged by a version; NULL ends that. And each region that is: its code, the
 * version, since when. */
bool tidu_versions_set_pilot(struct database *database, const char *region, const char *digest,
                             int64_t now_s);
bool tidu_versions_pilots(struct database *database,
                          void (*visit)(void *context, const char *region, const char *version,
                                        int64_t since_s),
                          void *context);

/* Name a version; NULL takes the label away. False when there is no such version. */
bool tidu_versions_label(struct database *database, const char *label, const char *digest,
                         int64_t now_s);

#endif
