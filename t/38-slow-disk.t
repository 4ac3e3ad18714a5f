# SPDX-License-Identifier: EUPL-1.2
# A disk that is slow, hangs or fails while a thread writes to it: the event loop goes on meanwhile, and each call has
# its record before the API sees it, as its durability says. With durability=written the disk is asked for each second.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(records decisions completions chains_hold verdict);
use GGI::Curl qw(said);
use GGI::Gate;
use GGI::Preload;
use GGI::Problem qw(allowed refused);
use GGI::Slow qw(sleep);

plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();

# Files in STATE say what the disk does with records: "slow", "busy" (for as long, but it is the processor that is),
# "full", "lines" (it has room for so many more), "broken" (for fdatasync), "long" (fdatasync lasts, and writes are slow
# meanwhile). "writers" gets an L for a write by the event loop, a T for one by a thread, or l and t while a long
# fdatasync runs; "syncs" a dot.
my $disk = GGI::Preload->new(<<'C');
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

static void note(const char *name, const char *what)
{
    int      fd;
    char     path[256];
    ssize_t  (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

    snprintf(path, sizeof(path), STATE "/%s", name);
    fd = open(path, O_WRONLY|O_CREAT|O_APPEND|O_CLOEXEC, 0666);
    if (fd == -1 || next(fd, what, 1) != 1) abort();
    close(fd);
}

static long now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static volatile int  syncing;

static void work(long ms)
{
    long  end = now() + ms;

    while (now() < end) { }
}

ssize_t write(int fd, const void *data, size_t n)
{
    int      loop;
    ssize_t  (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

    if (n < 3 || memcmp(data, "{\"", 2) != 0) return next(fd, data, n);
    loop = (syscall(SYS_gettid) == getpid());
    note("writers", !syncing ? (loop ? "L" : "T") : (loop ? "l" : "t"));
    if (there("slow") || (syncing && there("long"))) usleep(60000);
    if (there("busy")) work(60);
    hold();
    if (there("full")) {
        errno = ENOSPC;
        return -1;
    }
    n = room(data, n);
    return n == (size_t) -1 ? -1 : next(fd, data, n);
}

int fdatasync(int fd)
{
    note("syncs", ".");
    if (there("broken")) {
        errno = EIO;
        return -1;
    }
    if (!there("long")) return fsync(fd);
    syncing = 1;
    usleep(500000);
    syncing = 0;
    return fsync(fd);
}
C

my $dir = $disk->state;

# What hangs goes on, and finds the disk in these states.
sub disk {
    my (@states) = @_;
    $disk->clear(qw(slow busy full lines broken long));
    $disk->set(split /=/) for @states;
    $disk->release;
    return;
}

sub notes {
    my ($name) = @_;
    open my $fh, '<', "$dir/$name" or return '';
    return <$fh> // '';
}

my $pki = GGI::Pki->new;
$pki->client('caller', '--oin', $GGI::Gate::OIN);

# A gateway with one worker on a disk of these states.
sub gate_on {
    my ($durability, @states) = @_;
    disk(@states);
    unlink "$dir/writers", "$dir/syncs";
    my $gate = GGI::Gate->new(
        pki => $pki,
        log => "%%PREFIX%%/logs/audit.jsonl durability=$durability",
        allow_errors => [qr/audit/],
        locations => 'location / { ggi_dienst brp; proxy_pass http://api; }'
            . 'location /plain { ggi_dienst off; return 200 plain; }');
    local $ENV{LD_PRELOAD} = $disk->path;
    return $gate->start;
}

# Makes calls at the same time; they may be waited for by said().
sub calls {
    my ($gate, $paths, @options) = @_;
    return $gate->begin($paths, '--http1.1', '--max-time', 60, '--parallel', '--parallel-max', 64, @options);
}

# What the records say in the end of each call: path => "allowed" or a reason.
sub judged {
    my ($text) = @_;
    my %withdrawn =
        map { $_->{parent_span_id} => $_->{attributes}{'ggi.withdrawn.reason'} }
        grep { $_->{event_name} eq 'ggi.call_withdrawn' } records($text);
    return map {
        ($_->{body}{'adl.core.request'}{resource}{properties}{path} => $withdrawn{ $_->{span_id} } // verdict($_))
    } decisions($text);
}

# All whole records of the log: a decision for each of these paths with this verdict, or one that was withdrawn for it;
# a completion for each that was let in; and no chain that is broken.
sub stands {
    my ($gate, $name, %verdict) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $text = $gate->audit_text;
    is_deeply { judged($text) }, \%verdict, "$name: what became of each call";
    is scalar(() = decisions($text)), scalar(keys %verdict), "$name: one decision for each";
    my $in = grep { $_ eq 'allowed' } values %verdict;
    is scalar(() = completions($text)), $in, "$name: so many completions";
    return chains_hold($text, "$name: the chain holds");
}

# A call that opens the chain, and then calls whose records a thread hangs over: returns what said() takes.
sub hang_over {
    my ($gate, @paths) = @_;
    allowed($gate->call('/first'), 'a call on a slow disk');
    $gate->since(1, 1);
    $disk->hold;
    my $waiting = calls($gate, @paths);
    ok $gate->wait_for(sub { $disk->held }, 'the write'), 'a write hangs';
    return $waiting;
}

sub plain { my ($gate) = @_; return $gate->call('/plain', '--max-time', 20)->{body} }

for my $durability (qw(written synced)) {
    subtest "a write that hangs, durability=$durability" => sub {
        my $gate = gate_on($durability, 'slow');
        my $waiting = hang_over($gate, '/held[1-3]');
        is plain($gate), 'plain', 'a request that is no call is answered meanwhile';
        my $more = calls($gate, '/more[1-3]');
        is plain($gate), 'plain', 'and another, while more calls wait';
        is $gate->api_calls, 1, 'none of them has reached the API';
        $disk->release;
        is_deeply [said($waiting), said($more)], [(200) x 6], 'when it goes on they all do';
        $gate->since(7, 7);
        stands($gate, 'all', map { $_ => 'allowed' } '/first', map { ("/held$_", "/more$_") } 1 .. 3);
        unlike notes('writers'), qr/L/, 'the event loop has written nothing';
        $gate->stop;
    };

    for my $signal (qw(USR1 HUP QUIT TERM)) {
        subtest "$signal while a write hangs, durability=$durability" => sub {
            my $gate = gate_on($durability, 'slow');
            my $waiting = hang_over($gate, '/held[1-3]');
            my $file = $gate->audit_file;
            rename $file, "$file.1" or die "$file: $!" if $signal eq 'USR1';
            $gate->signal($signal);
            $gate->wait_for(sub { -e $file }, 'the other file') if $signal eq 'USR1';
            sleep 0.3;
            $disk->release;
            my @status = said($waiting);
            my %may = (QUIT => qr/200|502/, TERM => qr/200|000/);    # the API is of the same nginx, which ends
            my $may = $may{$signal} // qr/200/;
            is_deeply [grep { !/\A$may\z/ } @status], [], 'the calls go on';
            if ($signal =~ /QUIT|TERM/) {
                waitpid delete $gate->{pid}, 0;
                is $?, 0, 'nginx ends well';
            }
            $gate->since(4, 4);
            stands($gate, 'all', map { $_ => 'allowed' } '/first', map {"/held$_"} 1 .. 3);
            if ($signal eq 'USR1') {
                allowed($gate->call('/after'), 'a call after it');
                $gate->wait_for(sub { -s $file }, 'its record');
                like $gate->read('logs/audit.0.jsonl'), qr{/after}, 'is in the other file';
            }
            $gate->stop;
        };
    }

    subtest "a disk that becomes full while a write hangs, durability=$durability" => sub {
        my $gate = gate_on($durability, 'slow');
        my $waiting = hang_over($gate, '/held[1-3]');
        my $more = calls($gate, '/more[1-3]');
        is plain($gate), 'plain', 'more calls wait';
        disk('full');
        is_deeply [said($waiting), said($more)], [(503) x 6], 'all are refused';
        refused($gate->call('/during'), 503, 'audit_unavailable', 'and so is one that comes then');
        is $gate->api_calls, 1, 'none of them has reached the API';
        disk();
        ok $gate->wait_for(sub { $gate->status->{ggi_audit_waiting_bytes} == 0 }, 'what waits'), 'there is room again';
        allowed($gate->call('/after'), 'a call goes on');
        $gate->since(9, 2);
        stands(
            $gate, 'all', '/first' => 'allowed', '/after' => 'allowed',
            map { $_ => 'audit_unavailable' } '/during', map { ("/held$_", "/more$_") } 1 .. 3);
        $gate->stop;
    };

    subtest "room for some of what a thread writes, durability=$durability" => sub {
        my $gate = gate_on($durability, 'slow');
        my $first = hang_over($gate, '/held0');
        my $more = calls($gate, '/held[1-4]');
        $gate->wait_for(sub { $gate->status->{ggi_audit_waiting_bytes} > 5 * 1000 }, 'the records');
        disk('lines=3', 'slow');
        my %count;
        $count{$_}++ for said($first), said($more);
        is_deeply \%count, { 200 => 3, 503 => 2 }, 'three have room';
        is $gate->api_calls, 4, 'and no other has reached the API';
        disk();
        ok $gate->wait_for(sub { $gate->status->{ggi_audit_waiting_bytes} == 0 }, 'what waits'), 'there is room again';
        my $text = $gate->since(6, 4);
        my %judged = judged($text);
        is scalar(grep { $_ eq 'allowed' } values %judged), 4, 'the records say so';
        chains_hold($text, 'in a chain that holds');
        $gate->stop;
    };

    subtest "a file that is removed while a write to it hangs, durability=$durability" => sub {
        my $gate = gate_on($durability, 'slow');
        my $waiting = hang_over($gate, '/held[1-3]');
        unlink $gate->audit_file;
        $disk->release;
        is_deeply [said($waiting)], [(200) x 3], 'the calls go on';
        my %there;
        $gate->wait_for(
            sub {
                %there = map { $_->{body}{'adl.core.request'}{resource}{properties}{path} => 1 }
                    decisions($gate->audit_text);
                return 3 == grep {m{/held}} keys %there;
            },
            'the records');
        is scalar(grep {m{/held}} keys %there), 3, 'their records are in another file';
        $gate->stop;
    };

    subtest "a client that goes while a write hangs, durability=$durability" => sub {
        my $gate = gate_on($durability, 'slow');
        my $waiting = hang_over($gate, '/held[1-2]', '--max-time', 1);
        is_deeply [said($waiting)], [qw(000 000)], 'its clients go';
        $disk->release;
        allowed($gate->call('/after'), 'a call after it');
        $gate->since(4, 4);
        chains_hold($gate->audit_text, 'the chain holds');
        is scalar(() = decisions($gate->audit_text)), 4, 'all calls are recorded';
        $gate->stop;
    };
}

subtest 'calls that do not wait for their record' => sub {
    my $gate = gate_on('buffered', 'slow');
    allowed($gate->call('/first'), 'a call');
    $gate->since(1, 1);
    $disk->hold;
    allowed($gate->call('/held'), 'a call whose record is written within a second');
    ok $gate->wait_for(sub { $disk->held }, 'the write'), 'a write hangs';
    is_deeply [said(calls($gate, '/more[1-80]'))], [(200) x 80], 'more than 64 KB of records wait, and no call does';
    $disk->release;
    $gate->since(82, 82);
    stands($gate, 'all', map { $_ => 'allowed' } '/first', '/held', map {"/more$_"} 1 .. 80);
    unlike notes('writers'), qr/L/, 'the event loop has written nothing';
    $gate->stop;
};

subtest 'who writes' => sub {
    my $gate = gate_on('written');
    my $by = sub {
        my ($who) = @_;
        return ok $gate->wait_for(
            sub { $gate->call('/call'); notes('writers') =~ /$who\z/ },
            "a write by $who");
    };
    allowed($gate->call('/first'), 'a call');
    like notes('writers'), qr/\AT/, 'nothing was seen of the disk yet: a thread';
    $by->('L');
    disk('slow');
    $by->('T');
    $by->('TTTTT');
    disk();
    $by->('L');
    disk('busy');
    $by->('LLLLL');
    $gate->stop;
};

# A file system lets writes wait while the disk takes the file: that is no reason to do without the loop afterwards.
subtest 'who writes while the disk takes the file, durability=written' => sub {
    my $gate = gate_on('written');
    $gate->wait_for(sub { $gate->call('/call'); notes('writers') =~ /L\z/ }, 'a write by the loop');
    my $before = length notes('writers');
    disk('long');
    my $three = sub {
        $gate->call('/call');
        return substr(notes('writers'), $before) =~ /(?:t.*L.*){3}/;
    };
    ok $gate->wait_for($three, 'writes'), 'a thread, each time, and the loop again after it';
    my $writers = substr notes('writers'), $before;
    unlike $writers, qr/l/, 'the loop never does';
    unlike $writers, qr/TTT/, 'and the thread no longer than that';
    $gate->wait_for(sub { $gate->call('/call'); notes('writers') =~ /t\z/ }, 'the disk takes the file');
    disk('long', 'full');
    refused($gate->call('/full'), 503, 'audit_unavailable', 'the disk becomes full meanwhile');
    disk('long');
    allowed($gate->call('/room'), 'when there is room again the next call tries it');
    $gate->stop;
};

subtest 'the disk is asked for, durability=written' => sub {
    my $gate = gate_on('written');
    allowed($gate->call('/first'), 'a call');
    $gate->since(1, 1);
    ok $gate->wait_for(sub { length notes('syncs') }, 'fdatasync()'), 'within a second or so';
    my $none = sub {
        my $before = length notes('syncs');
        sleep 2.2;
        return length notes('syncs') == $before;
    };
    ok $gate->wait_for($none, 'two seconds without'), 'not again without another record';
    disk('broken');
    allowed($gate->call('/broken'), 'a call goes on though it fails');
    my $why = qr/\[alert\].*fdatasync\(\) of audit log "\S+" failed: records that were written since the last one may/;
    ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ $why }, 'the alert'), 'which the error log tells of';
    is $gate->status->{ggi_audit_write_errors_total}, 1, 'and ggi_status';
    disk();
    $gate->since(2, 2);
    sleep 1.5;
    my $n = length notes('syncs');
    allowed($gate->call('/last'), 'a last call');
    $gate->signal('QUIT');
    waitpid delete $gate->{pid}, 0;
    cmp_ok length notes('syncs'), '>', $n, 'a worker that ends asks for it too';
    $gate->stop;
};

done_testing;
