/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <string.h>
#include <time.h>

#include "ggi_list_name.h"
#include "ggictl_lists.h"
#include "ggictl_retire.h"


typedef struct {
    const ggi_trust_t     *trust;
    const ggi_trust_ca_t  *ca;
    const ggictl_place_t  *place;
    ggictl_retired_pt      retired;
    void                  *data;
} ggictl_retire_t;


/* Returns 1 when the file at path holds one list, which nobody needs any more, else 0. */
static int
ggictl_retire_gone(const ggictl_retire_t *retire, const char *path)
{
    int                    gone;
    ggi_fault_t            fault = ggi_fault_init;
    ggictl_lists_t         lists;
    const ggi_crl_list_t  *list;

    if (!ggictl_lists_open(&lists, path, &fault)) {
        return 0;
    }

    list = ggi_crl_room_next(&lists.room, NULL);

    gone = list && ggi_crl_room_next(&lists.room, list) == NULL
           && time(NULL) > list->next_update && ggi_trust_issued(retire->ca, list)
           && ggi_trust_signer(retire->trust, retire->ca, list) == NULL;

    ggictl_lists_free(&lists);

    return gone;
}


static void
ggictl_retire_file(void *data, const char *path)
{
    const char             *name;
    const ggictl_retire_t  *retire = data;

    name = strrchr(path, '/') + 1;

    if (ggi_list_name_fits(name, retire->ca->subject) && ggictl_retire_gone(retire, path)) {
        retire->retired(retire->data, retire->ca, name,
                        ggictl_place_remove(retire->place, name) ? 0 : errno);
    }
}


void
ggictl_retire(const ggi_trust_t *trust, const ggi_trust_ca_t *ca, const ggictl_place_t *place,
    ggictl_retired_pt retired, void *data)
{
    ggi_fault_t      fault = ggi_fault_init;
    ggictl_retire_t  retire = { trust, ca, place, retired, data };

    (void) ggictl_folder_each(place->dir, ggictl_retire_file, &retire, &fault);
}
