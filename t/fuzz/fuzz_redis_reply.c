/* SPDX-License-Identifier: EUPL-1.2 */

/* What Redis sends, in pieces: the first byte says how large they are. */

#include "fuzz.h"

#include "ggi_redis_reply.h"


static void
check(const ggi_reply_t *reply, unsigned depth)
{
    size_t  i;

    fuzz_check(reply && depth <= GGI_REDIS_DEPTH_MAX);

    switch (reply->type) {

    case GGI_REPLY_STRING:
    case GGI_REPLY_STATUS:
    case GGI_REPLY_ERROR:
        fuzz_check(reply->data[reply->len] == '\0');
        break;

    case GGI_REPLY_ARRAY:
        fuzz_check(reply->n <= GGI_REDIS_ELEMENTS_MAX && reply->n == reply->announced);

        for (i = 0; i < reply->n; i++) {
            check(reply->elements[i], depth + 1);
        }

        break;

    default:
        break;
    }

    if (ggi_reply_is_message(reply)) {
        fuzz_check(reply->n == 3 && reply->elements[2]->data);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                  open;
    size_t               piece, n;
    ggi_str_t            part;
    ggi_reply_t         *reply;
    ggi_redis_reader_t   reader;

    fuzz_begin(data, size);

    if (size == 0) {
        return 0;
    }

    piece = *fuzz.pos++;
    piece = piece ? piece : size;
    fuzz.left--;

    fuzz_check(ggi_redis_reader_create(&reader));

    for (open = 1; open && fuzz.left; ) {
        n = fuzz.left < piece ? fuzz.left : piece;

        if (fuzz.n + 2 > FUZZ_COPIES) {
            n = fuzz.left;
        }

        part = fuzz_copy(fuzz.pos, n);
        fuzz.pos += n;
        fuzz.left -= n;

        if (!ggi_redis_reader_feed(&reader, part.data, part.len)) {
            break;
        }

        do {
            reply = NULL;
            open = ggi_redis_reader_next(&reader, &reply);

            if (reply) {
                fuzz_check(open);
                check(reply, 0);
                ggi_reply_free(reply);
            }

        } while (reply);
    }

    ggi_redis_reader_free(&reader);

    return fuzz_end();
}
