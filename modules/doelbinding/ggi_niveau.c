/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_niveau.h"


static const ggi_str_t  ggi_niveaus[GGI_NIVEAUS] = {
    ggi_str(""), ggi_str("laag"), ggi_str("substantieel"), ggi_str("hoog")
};


ggi_niveau_e
ggi_niveau_read(ggi_str_t text)
{
    ggi_niveau_e  niveau;

    for (niveau = GGI_NIVEAU_LAAG; niveau < GGI_NIVEAUS; niveau++) {
        if (ggi_str_eq(text, ggi_niveaus[niveau])) {
            return niveau;
        }
    }

    return GGI_NIVEAU_NONE;
}


ggi_str_t
ggi_niveau_name(ggi_niveau_e niveau)
{
    return ggi_niveaus[(unsigned) niveau < GGI_NIVEAUS ? niveau : GGI_NIVEAU_NONE];
}
