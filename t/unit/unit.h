/* SPDX-License-Identifier: EUPL-1.2 */

#ifndef GGI_UNIT_H
#define GGI_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* len bytes of data are exactly those of the literal */
#define assert_bytes(data, length, literal)                                    \
    do {                                                                       \
        assert_int_equal(length, strlen(literal));                             \
        assert_memory_equal(data, literal, strlen(literal));                   \
    } while (0)

#endif
