/* SPDX-License-Identifier: EUPL-1.2 */

/* What a directive says of office hours; and events that are counted for signals, in a small table. */

#include "fuzz.h"

#include "ggi_hours.h"
#include "ggi_record_signal.h"
#include "ggi_signal.h"

#define PLACES  (2 * GGI_SIGNAL_WAYS)


/* Counts the events that the bytes of a text name, and checks what is told of them. */
static void
count(ggi_str_t text)
{
    int                  given;
    size_t               i;
    uint64_t             now;
    int64_t              by;
    ggi_signal_event_t   event;
    ggi_signal_table_t  *table;

    table = fuzz_alloc(sizeof(ggi_signal_table_t) + PLACES * sizeof(ggi_signal_entry_t));
    memset(table, 0, sizeof(ggi_signal_table_t) + PLACES * sizeof(ggi_signal_entry_t));
    ggi_signal_table_init(table, PLACES, text.len);

    for (i = 0, now = 1; i + 2 < text.len; i += 3) {
        ggi_str_t  key = { 1, text.data + i }, thing = { 2, text.data + i + 1 };

        now += (unsigned char) text.data[i + 1];
        event.signal = (unsigned char) text.data[i + 2] % GGI_SIGNALS;
        event.key = ggi_signal_hash(table->seed, &key, 1);
        event.thing = ggi_signal_hash(table->seed, &thing, 1);
        event.threshold = 1 + (unsigned char) text.data[i + 2] / GGI_SIGNALS;
        event.period = 5000;
        given = ggi_signal_count(table, &event, now);
        fuzz_check(!given || event.count >= event.threshold);
        fuzz_check(!ggi_signal_count(table, &event, now) || !given);
        by = ggi_signal_clock(&table->clock, now, event.key >> 24, event.threshold);
        fuzz_check(by == 0 || by >= event.threshold * 1000 || -by >= event.threshold * 1000);
        fuzz_check(ggi_signal_clock(&table->clock, now, event.thing, event.threshold) == 0);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char               line[GGI_SIGNAL_LINE];
    size_t             len;
    ggi_str_t          days, times;
    ggi_call_t         call;
    ggi_hours_t        hours;
    ggi_signal_told_t  told;

    fuzz_begin(data, size);
    days = fuzz_line();
    times = fuzz_line();

    if (ggi_hours_read_days(&hours, days) && ggi_hours_read(&hours, times)) {
        fuzz_check(hours.days && hours.days < 128 && hours.from < hours.to && hours.to <= 24 * 60);
        fuzz_check(ggi_hours_within(&hours, (int64_t) size * 60) == ggi_hours_within(&hours, (int64_t) size * 60 + 59));
    }

    memset(&told, 0, sizeof(told));
    memset(&call, 0, sizeof(call));
    memset(call.transaction_id, '0', GGI_UUID_LEN);
    told.signal = ggi_signal_find(days);
    told.signal = (told.signal == GGI_SIGNALS) ? 0 : told.signal;
    told.user = times;
    told.of = days;
    told.since = size;
    len = ggi_signal_line(line, &told, &call);
    fuzz_check(len && len <= GGI_SIGNAL_LINE);
    len = ggi_signal_line(line, &told, NULL);
    fuzz_check(len && len <= GGI_SIGNAL_LINE);
    count(fuzz_rest());

    return fuzz_end();
}
