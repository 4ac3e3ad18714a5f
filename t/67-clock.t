# SPDX-License-Identifier: EUPL-1.2
# The clock of the machine is set back or forward while calls are made: what is measured stays true.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(records decisions completions chains_hold);
use GGI::Curl qw(said);
use GGI::Gate;
use GGI::Preload;
use GGI::Problem qw(allowed);
use GGI::Redis;

plan skip_all => 'sets the clock by a library that has to be the first' if GGI::Nginx::under_instrument();

# Sets the clock of nginx by as many seconds as the file STATE/clock says; the monotonic clock is left alone.
my $clock = GGI::Preload->new(<<'C');
#include <stdio.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <unistd.h>

int gettimeofday(struct timeval *tv, void *tz)
{
    long  by = 0;
    FILE  *file = fopen(STATE "/clock", "r");

    if (file) {
        if (fscanf(file, "%ld", &by) != 1) {
            by = 0;
        }
        fclose(file);
    }

    (void) tz;
    syscall(SYS_gettimeofday, tv, NULL);
    tv->tv_sec += by;
    return 0;
}
C
my $dir = $clock->state;

sub set_clock {
    my ($by) = @_;
    open my $file, '>', "$dir/new" or die "$dir: $!\n";
    print $file "$by\n";
    close $file or die "$dir: $!\n";
    rename "$dir/new", "$dir/clock" or die "$dir: $!\n";
    return;
}

set_clock(0);
my $redis = GGI::Redis->new;
$redis->cli(
    'SET', "ggi:profiel:$GGI::Gate::OIN",
    JSON::PP->new->encode(JSON::PP->new->decode($GGI::Gate::PROFILES)->[0]));
my $gate = GGI::Gate->new(
    redis => $redis->url,
    odd => 1,
    more => 'ggi_audit_signal clock period=1s;',
    locations => <<'CONF',
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /slow/ { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }
CONF
);
{
    local $ENV{LD_PRELOAD} = $clock->path;
    $gate->start;
}
allowed($gate->call('/first'), 'a call');
$gate->since(1, 1);

my $before = 0;
for my $by (-36_000, 36_000, 0) {
    subtest "the clock is set by $by s during a call" => sub {
        $gate->mark;
        my $late = $gate->begin('/slow/late');
        $gate->since(1, 0);
        set_clock($by);
        said($late);
        my ($completion) = completions($gate->since(1, 1));
        my $duration = $completion->{attributes}{'http.server.request.duration'};
        cmp_ok $duration, '>=', 0.4, 'the duration is not less than it was';
        cmp_ok $duration, '<', 300, 'nor more';
        cmp_ok abs($completion->{timestamp} / 1000 - time - $by), '<', 300, 'the record has the time of the clock';
        my $status = $gate->status;
        my $since = $status->{time} - $status->{ggi_redis_answer_timestamp_seconds};
        cmp_ok abs $since, '<', 300, 'Redis has answered not long ago, by the clock that is now';
        allowed($gate->call('/next'), 'calls go on');
        my ($decision) = decisions($gate->since(2, 2));
        ok !exists $decision->{attributes}{'ggi.profiel.stale_ms'}, 'with a profile that is not stale';
        my @signals =
            map { $_->{attributes} } grep { $_->{event_name} eq 'ggi.signal' } records($gate->since(2, 2));
        my $set = $by - $before;
        $before = $by;
        is scalar @signals, 1, 'one signal tells of it';
        is $signals[0]{'ggi.signal.name'}, 'clock', 'by its name';
        cmp_ok abs($signals[0]{'ggi.signal.clock_ms'} / 1000 - $set), '<', 1, 'with by how much';
        cmp_ok abs($signals[0]{'ggi.signal.count'} - abs $set), '<=', 1, 'and how much that is in s';
        is $signals[0]{'ggi.signal.threshold'}, 5, 'which is more than is allowed';
    };
}

subtest 'a caller whose certificate expires soon, a day later' => sub {
    my $until = POSIX::strftime('%Y%m%d%H%M%SZ', gmtime time + 10 * 86_400);
    my $soon = [$gate->{pki}->client('soon', '--oin', '00000001002564440000', '--not-after', $until)];
    my $shown = sub {
        return $gate->metric_by('pkio_client_certificate_expiry_timestamp_seconds', 'oin')->{'00000001002564440000'};
    };
    $gate->call('/a', { as => $soon });
    cmp_ok abs($shown->() - time - 10 * 86_400), '<', 300, 'is shown';
    set_clock(86_400 - 600);
    ok $shown->(), 'within the day';
    set_clock(86_400 + 60);
    ok !defined $shown->(), 'and not after it';
    $gate->call('/b', { as => $soon });
    ok $shown->(), 'until it calls again';
    set_clock(0);
};

subtest 'Redis is gone, and the clock is set back' => sub {
    $gate->call('/a');
    $redis->stop;
    sleep 2;
    set_clock(-36_000);
    $gate->call('/b');
    my $status = $gate->status;
    my $age = $status->{time} - $status->{ggi_redis_answer_timestamp_seconds};
    cmp_ok $age, '>=', 2, 'its last answer is as old as it is';
    cmp_ok $age, '<', 300, 'and no older';
};

chains_hold($gate->audit_text, 'the chain holds');
$gate->stop;

done_testing;
