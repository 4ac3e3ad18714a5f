/* SPDX-License-Identifier: EUPL-1.2 */

/* Where the profiles are in Redis. */

#ifndef GGI_REDIS_KEYS_H
#define GGI_REDIS_KEYS_H

/* The key of a profile is this prefix and the OIN of its organisation. */
#define GGI_REDIS_KEY_PREFIX  "ggi:profiel:"

/* The channel on which the OIN of a profile is published when the profile has changed. */
#define GGI_REDIS_CHANNEL     "ggi:profiel:gewijzigd"

#endif
