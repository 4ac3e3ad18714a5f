/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggictl_show_change.h"
#include "ggictl_show_text.h"


/* Writes what was in place, or is to be: its version, or that there is something. */
static void
ggictl_change_state(FILE *out, ggi_str_t version, ggi_str_t hash)
{
    if (hash.len == 0) {
        fputs("none", out);

    } else if (version.len) {
        ggictl_show_text(out, version);

    } else {
        fputs("unnumbered", out);
    }
}


/* Writes what came of a change, and why. */
static void
ggictl_change_result(FILE *out, const ggi_joined_t *joined, int colour)
{
    const ggi_str_t  *end = joined->end.logged.field;

    static const ggi_str_t  ok = ggi_str("Ok");

    fputs("  ", out);

    if (joined->end.line == NULL) {
        ggictl_show_word(out, "no outcome", colour ? "33" : NULL);
        return;
    }

    fputs(colour ? (ggi_str_eq(end[GGI_LOGGED_STATUS], ok) ? "\033[32m" : "\033[31m") : "", out);
    ggictl_show_text(out, end[GGI_LOGGED_RESULT]);
    fputs(colour ? "\033[0m" : "", out);
    ggictl_show_known(out, ": ", end[GGI_LOGGED_WHY], "");
}


void
ggictl_show_change(FILE *out, const ggi_joined_t *joined, int colour)
{
    const ggi_str_t  *field = joined->first.logged.field;

    ggictl_show_known(out, "  ", field[GGI_LOGGED_COMMAND], "");
    ggictl_show_known(out, " ", field[GGI_LOGGED_OIN], "");
    ggictl_show_known(out, " ", field[GGI_LOGGED_ITEM], "");
    ggictl_show_known(out, "  in ", field[GGI_LOGGED_TARGET], "  version ");
    ggictl_change_state(out, field[GGI_LOGGED_OLD_VERSION], field[GGI_LOGGED_OLD_HASH]);
    fputs(" to ", out);
    ggictl_change_state(out, field[GGI_LOGGED_NEW_VERSION], field[GGI_LOGGED_NEW_HASH]);
    fputs("  by ", out);
    ggictl_show_text(out, field[GGI_LOGGED_USER]);
    ggictl_show_known(out, " (sudo by ", field[GGI_LOGGED_SUDO], ")");
    ggictl_show_known(out, " from ", field[GGI_LOGGED_CLIENT], "");
    ggictl_show_known(out, " on ", field[GGI_LOGGED_NODE], "");
    ggictl_show_known(out, ": ", field[GGI_LOGGED_WHY], "");
    ggictl_change_result(out, joined, colour);
}
