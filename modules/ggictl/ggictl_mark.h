/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Gives the slots of a Cluster the markers of a data set. One ggictl does so at a time: the marker
 * of the first slot notes which.
 */

#ifndef GGICTL_MARK_H
#define GGICTL_MARK_H

#include "ggictl_markers.h"


/*
 * Has the others wait that are going to mark slots, or to look which to mark; change->id is this
 * one's. Waits for one that is at it, for as long as it may take; one that was killed is not waited
 * for any longer. Returns 1, and the caller ends by ggictl_mark_end(); or 0 with redis->error.
 */
int ggictl_mark_begin(ggictl_redis_t *redis, const ggictl_dataset_change_t *change);

/*
 * Gives all slots the data set id, and with it their place among the ids in replaces, which has
 * blanks between them, and the ids that they have had. A slot that has this id already stays as it
 * is. Gates accept it also while only some slots have it, and the others are about to get it. Sets
 * *number to that of all changes. Returns 1; or 0 with redis->error, and lets others go on then: it
 * can be done again. Called after ggictl_mark_begin().
 */
int ggictl_mark_slots(ggictl_redis_t *redis, const ggictl_dataset_change_t *change,
    const char *id, const char *replaces, uint64_t *number);

/*
 * Lets others go on. With done 1 notes who has changed the data set, and when. Returns 1; or 0 with
 * redis->error, also when somebody else has begun meanwhile, since it took so long.
 */
int ggictl_mark_end(ggictl_redis_t *redis, const ggictl_dataset_change_t *change, int done);

/*
 * Has all slots of a Cluster marked if none is, as before the first documents are changed, and goes
 * on with what an earlier ggictl has left undone of that; both are recorded. With the key of a
 * document does nothing more when its slot has a marker; with NULL warns, on standard error, of
 * slots that lack one. Does nothing for one server. Returns 1, or 0 after a message.
 */
int ggictl_mark(const ggictl_args_t *args, ggictl_redis_t *redis, const char *key);


#endif
