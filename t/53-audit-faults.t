# SPDX-License-Identifier: EUPL-1.2
# The audit log under faults and load: each call that was answered 200 has its record in a file that stands, no line
# is torn, the chains hold.
use strict;
use warnings;

use File::Temp ();
use Test::More;
use Time::HiRes qw(time);

use GGI::Audit qw(records decisions chains_hold verdict verdicts);
use GGI::Curl qw(said);
use GGI::Disk;
use GGI::Gate;
use GGI::H2;
use GGI::Nginx;
use GGI::Pki;
use GGI::Preload;
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(connect_to receive tls_options);
use GGI::Slow qw(sleep);

my $pki = GGI::Pki->new;

# A gateway whose API sends the path back, so that it is seen which calls reached it.
sub gate {
    my (%args) = @_;
    return GGI::Gate->new(pki => $pki, workers => 3, allow_errors => [qr/audit/], %args)->start;
}

# Makes calls to /NAME/1 ... /NAME/N, many at once; returns a function that waits for their end, and gives path =>
# status.
sub load {
    my ($gate, $name, $n) = @_;
    $n /= 3 if $n >= 300 && GGI::Nginx::under_instrument();
    my @options = ('--http1.1', '--max-time', 120, '--parallel', '--parallel-max', 30);
    my $calls = $gate->begin("/$name/[1-$n]", { tell => '%{http_code} %{url_effective}' }, @options);
    return sub {
        return { map { m{^(\d+) \S+(/\Q$name\E/\d+)$} ? ($2, $1) : () } said($calls) };
    };
}

# All that stands in the files of the log, file by file; without what is written twice.
sub standing {
    my ($gate) = @_;
    my %seen;
    return join '',
        grep { !$seen{$_}++ }
        map { my $path = $_; local (@ARGV, $/) = $path; (-s $path ? <> : '') =~ /(.*\n?)/g } $gate->{trail}->files;
}

# What the auditor's tool says of files.
sub verify_files {
    my $said = qx($GGI::Nginx::ROOT/scripts/ggictl audit verify @_ 2>&1);
    return ($? == 0, $said);
}

# Of all files of a log.
sub verify { my ($gate) = @_; return verify_files($gate->{trail}->files) }

# The faults that it finds, but for torn lines.
sub faults {
    my ($gate) = @_;
    return grep { !/no whole record/ } (verify($gate))[1] =~ /^\S+:\d+: .*/mg;
}

# Every call of these loads that was answered 200 has its record, and nothing is torn.
sub nothing_is_lost {
    my ($gate, $name, @loads) = @_;
    my %status = map {%$_} @loads;
    my $text = standing($gate);
    my %allowed =
        map { $_->{body}{'adl.core.request'}{resource}{properties}{path} => 1 } grep { verdict($_) eq 'allowed' } map {
        eval { decisions($_) }
        } split /^/, $text;
    my @ok = grep { $status{$_} == 200 } keys %status;
    my @lost = grep { !$allowed{$_} } @ok;
    is scalar @lost, 0, "$name: every call answered 200 is recorded (" . @ok . ' of ' . keys(%status) . ')'
        or diag "@lost[0 .. ($#lost > 9 ? 9 : $#lost)]";
    my ($good, $said) = verify($gate);
    return ok($good, "$name: no line is torn, the chains hold") || diag $said;
}

# Waits for the end of a worker that a reload has left. One that ends when the log was removed again, and before the
# next reload makes files, loses what it keeps.
sub one_worker {
    my ($gate) = @_;
    my $alone = sub { my @workers = $gate->workers; return @workers == 1 };
    return $gate->wait_for($alone, 'the end of the worker before') || fail('it ends');
}

# The numbers of the alerts of one second and one worker.
sub alerts {
    my ($gate) = @_;
    my %n;
    $n{$_}++ for $gate->read('logs/error.log') =~ /^(\S+ \S+ \[alert\] \d+)#.*audit/mg;
    return \%n;
}

subtest 'a disk that is full now and then' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    for my $attribute ('', 'append-only') {
        my $disk = GGI::Disk->new(size => '8m');
        my $gate = gate(log => $disk->path . '/audit.jsonl');
        if ($attribute && system('chattr', '+a', $gate->{trail}->files) != 0) {
            diag 'chattr +a does not work here';
            $gate->stop;
            next;
        }
        my @loads;
        for my $round (1 .. 4) {
            my $end = load($gate, "round$round", 400);
            sleep 0.1;
            $disk->fill($round == 2 ? 8192 : 0);
            sleep 0.3;
            $disk->free;
            push @loads, $end->();
        }
        $disk->fill(4096);
        my $last = load($gate, 'last', 60)->();
        push @loads, $last;
        my %codes;
        $codes{$_}++ for values %$last;
        cmp_ok $codes{503} // 0, '>', 0, 'calls are refused when there is no room';
        $disk->free;
        allowed($gate->call('/after'), 'room again');
        $gate->wait_for(sub { $gate->status->{ggi_audit_waiting_bytes} == 0 }, 'what waits');
        nothing_is_lost($gate, $attribute || 'the disk', @loads);
        my @many = grep { $_ > 1 } values %{ alerts($gate) };
        is scalar @many, 0, 'no more than one alert a second';
        system 'chattr', '-a', $gate->{trail}->files if $attribute;
        $gate->stop;
    }
};

subtest 'room for some of what waits' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new;
    my $gate = gate(log => $disk->path . '/audit.jsonl', workers => 1);
    $disk->fill(8192);
    $gate->signal('STOP');
    kill 'STOP', $gate->workers;
    my $end = load($gate, 'some', 30);
    sleep 1;
    kill 'CONT', $gate->workers;
    $gate->signal('CONT');
    my $status = $end->();
    my %codes;
    $codes{$_}++ for values %$status;
    cmp_ok $codes{200} // 0, '>', 0, 'what has room goes on' or diag explain \%codes;
    cmp_ok $codes{503} // 0, '>', 0, 'what has none is refused';
    $disk->free;
    allowed($gate->call('/after'), 'room again');
    nothing_is_lost($gate, 'some room', $status);
    is $gate->api_calls, 1 + $codes{200}, 'no other call reached the API';
    my (%last, %path);
    for my $record (records(standing($gate))) {
        if ($record->{event_name} eq 'ggi.call_withdrawn') {
            $last{ $path{ $record->{parent_span_id} } } = $record->{attributes}{'ggi.withdrawn.reason'};
        }
        next unless $record->{body};
        my $path = $path{ $record->{span_id} } = $record->{body}{'adl.core.request'}{resource}{properties}{path};
        $last{$path} = verdict($record);
    }
    is_deeply [grep { ($status->{$_} == 200) != ($last{$_} eq 'allowed') } keys %$status], [],
        'the last record of each call says what became of it';
    $gate->stop;
};

subtest 'a rotation while the disk is full' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new;
    my $gate = gate(log => $disk->path . '/audit.jsonl', workers => 1);
    $gate->call("/first$_") for 1 .. 2;
    $gate->since(2, 2);
    $disk->fill;
    my ($full, $last) = (0, '');
    $last = $gate->call('/full' . ++$full)->{status} while $last ne 503 && $full < 20;    # the last block is not full
    refused($gate->call("/full$_"), 503, 'audit_unavailable', "full $_") for 1 .. 8;
    rename $gate->audit_file, $gate->audit_file . '.1' or die $!;
    $gate->signal('USR1');
    $gate->opened($gate->audit_file);
    $disk->free;
    allowed($gate->call('/after'), 'room again');
    my $text = standing($gate);
    my (undef, $said) = verify($gate);
    my @torn = $said =~ /^\S+: no whole record/mg;
    cmp_ok scalar(@torn), '<=', 1, 'one line at the most is torn, the last of the old file' or diag $said;
    is_deeply [faults($gate)], [], 'and nothing else is wrong';
    is scalar(() = $text =~ /"audit_unavailable"/g), 9, 'every refusal is recorded';
    $gate->stop;
};

# The whole records of all files, once each, or those with an event of that name; a file may end with a torn line.
sub whole {
    my ($gate, $event) = @_;
    my $pattern = $event ? qr/"event_name":"\Q$event\E"/ : qr//;
    my %lines;
    for my $path (grep {-s} $gate->{trail}->files) {
        open my $fh, '<:raw', $path or die "$path: $!\n";
        while (my $line = <$fh>) { $lines{$line} = 1 if $line =~ $pattern }
    }
    return map {
        eval { records($_) }
    } keys %lines;
}

# Of how many records the log tells that they are lost.
sub told {
    my ($gate) = @_;
    my $told = 0;
    $told += $_->{attributes}{'ggi.gap.records'} for whole($gate, 'ggi.gap');
    return $told;
}

for my $durability (qw(written buffered synced)) {
    for my $signal (qw(HUP QUIT)) {
        subtest "$signal while the disk is full, durability=$durability" => sub {
            plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
            my $disk = GGI::Disk->new;
            my $gate = gate(log => $disk->path . "/audit.jsonl durability=$durability", workers => 2);
            my $start = time;
            $gate->call('/first');
            $gate->since(1, 1);
            $disk->fill;
            my ($calls, $answered, $full) = (1, 1, 0);
            while ($full < 8 && $calls < 1000) {
                my $refused = $gate->call('/full/' . $calls++)->{status} == 503;
                $answered += !$refused;
                $full = $refused ? $full + 1 : 0;
            }
            is $full, 8, 'the disk is full';
            my $lost;
            if ($signal eq 'HUP') {
                $gate->reload;
                $lost = $gate->status->{ggi_audit_lost_total};
            }
            else {
                $gate->stop;
                $gate->start;
            }
            like $gate->read('logs/error.log'), qr/\[alert\].*\d audit records are lost with this worker/,
                'the error log says what is lost with the old workers';
            $disk->free;
            ok $gate->wait_for(sub { told($gate) }, 'the gap'), 'the log tells of it once it can be written'
                or return $gate->stop;
            my (@records, $missing);
            $gate->wait_for(
                sub {
                    @records = whole($gate);
                    my %decided = map { $_->{body}{'adl.core.request'}{resource}{properties}{path} => 1 }
                        grep { $_->{event_name} eq 'adl.access_evaluation' } @records;
                    my $completed = grep { $_->{event_name} eq 'ggi.call_completed' } @records;
                    $missing = $calls - keys(%decided) + $answered - $completed;
                    return told($gate) >= ($lost // $missing);
                },
                'all of it');
            sleep 0.5;
            cmp_ok $missing, '>=', 8, 'records are missing';
            cmp_ok told($gate), '>=', $missing, 'as many as it tells of';
            cmp_ok told($gate), '<=', $missing + 2,
                'or one more of each worker: a call whose record was cut has a second one';
            is $lost, told($gate), 'as many as the metric says' if defined $lost;
            for my $gap (map { $_->{attributes} } grep { $_->{event_name} eq 'ggi.gap' } @records) {
                is $gap->{'ggi.gap.reason'}, 'No space left on device', 'why';
                cmp_ok $gap->{'ggi.gap.from'}, '<', $gap->{'ggi.gap.to'}, 'from when to when';
                cmp_ok abs($gap->{'ggi.gap.from'} / 1000 - $start), '<', 120, 'in milliseconds';
            }
            is_deeply [faults($gate)], [], 'the chains hold';
            $gate->stop;
        };
    }
}

# fdatasync() hangs while there is a file "hang", and write() of a record fails while there is a file "full".
my $DISK = <<'C';
#include <errno.h>
#include <string.h>

int fdatasync(int fd)
{
    while (there("hang")) {
        usleep(10000);
    }

    return fsync(fd);
}

ssize_t write(int fd, const void *data, size_t n)
{
    static ssize_t  (*next)(int, const void *, size_t);

    if (next == NULL) {
        next = (ssize_t (*)(int, const void *, size_t)) dlsym(RTLD_NEXT, "write");
    }

    if (n > 2 && memcmp(data, "{\"", 2) == 0 && there("full")) {
        errno = ENOSPC;
        return -1;
    }

    return next(fd, data, n);
}
C

# Neither statx() nor fstat() tells anything of a file of the log while there is a file STATE/blind.
my $BLIND = <<'C';
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int blind(int fd)
{
    char link[64], path[512];
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    path[n > 0 ? n : 0] = '\0';
    if (access(STATE "/blind", F_OK) == -1 || !strstr(path, "/audit.")) return 0;
    errno = EIO;
    return 1;
}

int statx(int fd, const char *restrict path, int flags, unsigned mask, struct statx *restrict st)
{
    int (*next)(int, const char *, int, unsigned, struct statx *) = dlsym(RTLD_NEXT, "statx");
    return blind(fd) ? -1 : next(fd, path, flags, mask, st);
}

int fstat64(int fd, struct stat64 *st)
{
    int (*next)(int, struct stat64 *) = dlsym(RTLD_NEXT, "fstat64");
    return blind(fd) ? -1 : next(fd, st);
}
C

subtest 'a file whose names cannot be counted' => sub {
    plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();
    my $gate = GGI::Gate->new(pki => $pki, allow_errors => [qr/audit/]);
    my $preload = GGI::Preload->new($BLIND);
    my $blind = $preload->state . '/blind';
    { local $ENV{LD_PRELOAD} = $preload->path; $gate->start; }
    allowed($gate->call('/before'), 'a call, for which the worker has opened its file');
    open my $fh, '>', $blind or die $!;
    my $status = load($gate, 'blind', 20)->();
    unlink $blind;
    is_deeply [grep { $status->{$_} != 200 } keys %$status], [], 'is written on';
    allowed($gate->call('/after'), 'and so it is later');
    nothing_is_lost($gate, 'a blind gateway', $status);
    $gate->stop;
};

subtest 'no room for some records of a turn that could not be written' => sub {
    plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();
    my $preload = GGI::Preload->new($DISK);
    my $state = $preload->state;
    my $disk = sub {
        unlink glob "$state/*";
        for (@_) { open my $fh, '>', "$state/$_" or die $!; close $fh }
        return;
    };
    my $gate = GGI::Gate->new(
        pki => $pki, log => '%%PREFIX%%/logs/audit.jsonl durability=synced',
        server => 'large_client_header_buffers 8 64k;',
        locations => 'location / { ggi_dienst brp3; proxy_pass http://api; }', allow_errors => [qr/audit/]);
    { local $ENV{LD_PRELOAD} = $preload->path; $gate->start; }

    # refusals with large records, which are kept as long as the disk hangs
    my @big = map { (-H => "$_: " . '"' x 1000) } qw(X-Verwerking X-Toepassing);
    my $path = '/' . '%22' x 4000;
    my $calls = 0;
    my @clients;
    my $more = sub {
        my ($n) = @_;
        my $range = '[' . ($calls + 1) . '-' . ($calls + $n) . ']';
        $calls += $n;
        push @clients,
            $gate->begin("$path?$range", '--parallel', '--parallel-max', 100, '--max-time', 120, @big);
        return;
    };
    $disk->('hang');
    my ($n, $room) = (90, 1);
    while ($n > 0) {
        $more->($n);
        $gate->wait_for(sub { ($gate->audit_text =~ tr/\n//) >= $calls }, "$calls records");
        my $size = length($gate->audit_text) / $calls;
        $room = 16 * 1024 * 1024 / $size - $calls;    # in records; one that is made needs room for several
        $n = $room > 94 ? 90 : int($room) - 4;
        $n = 0 if $room < 8;
    }
    kill 'STOP', $gate->workers;
    $disk->('hang', 'full');
    $more->(20);
    sleep 1;
    kill 'CONT', $gate->workers;
    ok $gate->wait_for(sub { $gate->status->{ggi_audit_lost_total} }, 'losses'), 'some are lost';
    sleep 1;
    $disk->();
    said($_) for @clients;
    ok $gate->wait_for(sub { told($gate) }, 'the gap'), 'of which the log tells';
    is told($gate) + (() = decisions($gate->audit_text)), $calls, 'a record is lost or written, and counted once';
    is $gate->status->{ggi_audit_lost_total}, told($gate), 'in the metric too';
    is_deeply [faults($gate)], [], 'the chain holds';
    $gate->stop;
};

# There is no memory for records while there is a file "nomem", and no hash of them while there is one "nohash"; while
# there is one "lines" only its number of lines can be written, and then none.
my $SHORT = <<'C';
#include <errno.h>
#include <string.h>

void *realloc(void *p, size_t n)
{
    void *(*next)(void *, size_t) = dlsym(RTLD_NEXT, "realloc");
    return n >= 65536 && number("nomem") != -1 ? NULL : next(p, n);
}

int EVP_MD_CTX_copy_ex(void *out, const void *in)
{
    Dl_info  caller;
    int    (*next)(void *, const void *) = dlsym(RTLD_NEXT, "EVP_MD_CTX_copy_ex");

    if (dladdr(__builtin_return_address(0), &caller) && strstr(caller.dli_fname, "ggi_audit")
        && number("nohash") != -1)
    {
        return 0;
    }

    return next(out, in);
}

ssize_t write(int fd, const void *data, size_t n)
{
    ssize_t  (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

    if (n > 2 && memcmp(data, "{\"", 2) == 0) n = room(data, n);

    return n == (size_t) -1 ? -1 : next(fd, data, n);
}
C

subtest 'no memory for records, and then room for some of a turn' => sub {
    plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();
    my $gate = GGI::Gate->new(pki => $pki, allow_errors => [qr/audit/]);
    my $preload = GGI::Preload->new($SHORT);
    { local $ENV{LD_PRELOAD} = $preload->path; $gate->start; }
    $preload->set('nomem');
    refused($gate->call("/nomem$_"), 503, 'audit_unavailable', "no memory for record $_") for 1 .. 5;
    is $gate->status->{ggi_audit_lost_total}, 5, 'they are lost';
    like $gate->read('logs/error.log'), qr/\[alert\].* audit records lost: no memory for them/, 'as the error log says';

    # two calls in one turn, for whose records there is memory again: the gap is recorded before them
    my $leaf = $pki->leaf('caller', '--oin', $GGI::Gate::OIN);
    my $socket = connect_to($gate->port, tls_options($leaf, SSL_alpn_protocols => ['h2']));
    $preload->clear('nomem');
    $preload->set(lines => 3);    # what opens the chain, the gap, and one call
    my @claim = split /: /, $GGI::Gate::CLAIM;
    syswrite $socket, GGI::H2::requests(map { ["/turn$_", [lc $claim[0], $claim[1]]] } 1, 2);
    my ($text, @answers) = '';
    $gate->wait_for(
        sub {
            $text .= receive($socket, qr/./s, 0.5);
            @answers = grep { $_->{ended} } GGI::H2::answers($text);
            return @answers == 2;
        },
        'both answers');
    is_deeply [sort map { $_->{status} } @answers], [200, 503], 'one has room, the other has none';
    close $socket;
    $gate->stop;
    $preload->clear('lines');
    $gate->start;
    ok $gate->wait_for(sub { told($gate) > 5 }, 'the other gap'), 'the log tells of what was left';
    my @gaps = sort { $b->{'ggi.gap.records'} <=> $a->{'ggi.gap.records'} }
        map { $_->{attributes} } whole($gate, 'ggi.gap');
    is_deeply [map {"$_->{'ggi.gap.records'} $_->{'ggi.gap.reason'}"} @gaps],
        ['5 Cannot allocate memory', '2 No space left on device'],
        'once of each: five decisions; and the refusal of the one call, and the end of the other';
    is_deeply [faults($gate)], [], 'the chains hold';
    $gate->stop;
};

subtest 'records that cannot be hashed' => sub {
    plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();
    my $gate = GGI::Gate->new(pki => $pki, allow_errors => [qr/audit/]);
    my $preload = GGI::Preload->new($SHORT);
    { local $ENV{LD_PRELOAD} = $preload->path; $gate->start; }
    allowed($gate->call('/first'), 'a call');
    $gate->since(1, 1);
    $preload->set('nohash');
    refused($gate->call("/$_"), 503, 'audit_unavailable', "call $_") for 1 .. 3;
    like $gate->read('logs/error.log'),
        qr/\[alert\].* audit records lost: OpenSSL could not hash them, or they were longer than their room/,
        'the error log says so';
    $preload->clear('nohash');
    allowed($gate->call('/after'), 'a call after it');
    $gate->since(2, 2);
    is_deeply [
        map {"$_->{'ggi.gap.records'} $_->{'ggi.gap.reason'}"}
        map { $_->{attributes} } whole($gate, 'ggi.gap')],
        ['3 records could not be hashed, or were too long'], 'and the log';
    is_deeply [faults($gate)], [], 'the chain holds';
    $gate->stop;
};

subtest 'the log is removed' => sub {
    for my $way ('one file', 'all files') {
        my $gate = gate();
        my $end = load($gate, 'removed', 1500);
        my $gone = '';
        for my $round (1 .. 4) {
            sleep 0.15;
            for my $path ($way eq 'one file' ? $gate->audit_file($round % 3) : $gate->{trail}->files) {
                open my $fh, '<:raw', $path or next;
                unlink $path;
                local $/;
                $gone .= <$fh> // '';    # what was in it when it went: that was not written in vain by the gate
            }
        }
        my $status = $end->();
        is_deeply [grep { $_ != 200 && $_ != 503 } values %$status], [], "$way: every call is answered";
        my $lost = sub {
            my %recorded =
                map { $_ => 1 } ($gone . standing($gate)) =~ m{"path":"(/removed/\d+)".*"decision":true}g;
            return grep { $status->{$_} == 200 && !$recorded{$_} } keys %$status;
        };
        $gate->signal('USR1');
        ok $gate->wait_for(sub { $gate->call('/new')->{status} == 200 }, 'calls'), 'at SIGUSR1 there are files again';
        my @lost;    # what was written since a worker looked last has waited for another file
        $gate->wait_for(sub { !(@lost = $lost->()) }, 'records in other files');
        is scalar @lost, 0, "$way: no call that was answered 200 stands in no file" or diag "@lost";
        if ($way eq 'all files' && $> == 0) {    # the workers of another user make files themselves
            like $gate->read('logs/error.log'),
                qr/\[alert\].*no file of audit log "\S+" can be had: calls are refused until there is one/,
                'the error log says what is the matter';
        }
        is_deeply [grep { $_ > 1 } values %{ alerts($gate) }], [], 'no more than one alert a second';
        $gate->stop;
    }
};

subtest 'why there is no file of the log' => sub {
    plan skip_all => 'everybody may write everywhere, but root' if $> != 0;
    my $dir = File::Temp->newdir('ggi-log-XXXXXX', TMPDIR => 1);
    chmod 0755, "$dir";
    my $gate = gate(log => "$dir/audit.jsonl", workers => 1);
    allowed($gate->call('/first'), 'a call');
    $gate->since(1, 1);
    unlink $gate->{trail}->files;
    my $refused = sub { return $gate->call('/none')->{status} == 503 };
    $gate->wait_for($refused, 'a refusal');
    $refused->() for 1 .. 5;
    $gate->stop;
    my @why = $gate->read('logs/error.log') =~ /no file of audit log .* lost \((\d+: [^)]*)\)/g;
    is_deeply [grep { $_ ne '13: Permission denied' } @why], [], 'the error log tells it'
        or diag explain \@why;
    $gate->start;
    ok $gate->wait_for(sub { told($gate) }, 'the gap'), 'the log tells of what is lost';
    is_deeply [map { $_->{attributes}{'ggi.gap.reason'} } whole($gate, 'ggi.gap')],
        ['Permission denied'], 'and why, though a worker looks for a file but once a second';
    $gate->stop;
};

# A worker looks at its file once a second. What it writes to one that was removed meanwhile is kept until then. The
# connection of the call is there before that, so that the call seldom comes after the look; then there is another.
subtest 'the log is removed between two looks' => sub {
    my $gate = gate(workers => 1);
    my $tls = tls_options($pki->leaf('caller', '--oin', $GGI::Gate::OIN));
    my $tries = 0;
    for my $signal ('HUP', 'USR1') {
        for my $round (1 .. 4) {
            my $path;
            my $between = sub {
                $gate->wait_for(sub { $gate->call('/before')->{status} == 200 }, 'calls') or return;
                my $socket = connect_to($gate->port, $tls);
                unlink $gate->{trail}->files;
                $path = "/between/$signal/" . $tries++;
                syswrite $socket, "GET $path HTTP/1.1\r\nHost: localhost\r\n$GGI::Gate::CLAIM\r\n\r\n";
                return 1 if receive($socket, qr/\r\n\r\n/) =~ m{\AHTTP/1\.1 200 };
                $gate->signal('USR1');
                return;
            };
            ok $gate->wait_for($between, 'a call'), "$signal: a call is answered 200 before the worker looks";
            $gate->signal($signal);
            ok $gate->wait_for(sub { standing($gate) =~ m{"path":"\Q$path\E"} }, "the record of $path"),
                "$signal: it is in a file again";
            one_worker($gate);
        }
    }
    $gate->stop;
};

# A worker that has just found no file to write to, since it may make none in that directory, tries again before it
# ends: the master makes the files of a new configuration before it ends the workers of the old one.
subtest 'the log is removed, and a worker ends that has just looked' => sub {
    plan skip_all => 'everybody may write everywhere, but root' if $> != 0;
    my $gate = gate(workers => 1);
    for my $round (1 .. 4) {
        my $path = "/ending/$round";
        ok $gate->wait_for(sub { $gate->call('/before')->{status} == 200 }, 'calls'), "$round: a call";
        unlink $gate->{trail}->files;
        my $answer = $gate->call($path)->{status};
        ok $gate->wait_for(sub { $gate->call('/look')->{status} == 503 }, 'a refusal'), "$round: the worker has looked";
        $gate->signal('HUP');
        ok $gate->wait_for(sub { standing($gate) =~ m{"path":"\Q$path\E"} }, "the record of $path"),
            "$round: the record of the call before ($answer) is in a file";
        one_worker($gate);
    }
    $gate->stop;
};

subtest 'the log is renamed' => sub {
    my $gate = gate();
    my $end = load($gate, 'renamed', 1500);
    for my $round (1 .. 4) {
        sleep 0.15;
        rename $_, "$_.$round" for map { $gate->audit_file($_) } 0 .. 2;
        sleep 0.1;
        $gate->signal('USR1') if $round > 1;
    }
    my $status = $end->();
    is_deeply [grep { $_ != 200 } values %$status], [], 'no call is refused';
    nothing_is_lost($gate, 'renamed', $status);
    $gate->stop;
};

# A gateway whose log has a directory of its own, which a test moves and puts another one in the place of.
sub gate_with_directory {
    my ($prepare) = @_;
    my $gate =
        GGI::Gate->new(pki => $pki, workers => 1, log => '%%PREFIX%%/log/audit.jsonl', allow_errors => [qr/audit/]);
    mkdir $gate->prefix . "/$_" or die "$_: $!\n" for qw(log other);
    $prepare->($gate) if $prepare;
    $gate->start;
    allowed($gate->call('/before'), 'a call');
    return $gate;
}

# The paths of the decisions in the files of a directory.
sub decided {
    my ($dir) = @_;
    my $text = join '', map { local (@ARGV, $/) = $_; -s $_ ? <> : () } sort glob "$dir/audit.*.jsonl";
    return [map { $_->{body}{'adl.core.request'}{resource}{properties}{path} } decisions($text)];
}

subtest 'another directory stands in the place of that of the log' => sub {
    for my $way (qw(rename symlink)) {
        my $gate = gate_with_directory();
        my ($log, $old, $other) = map { $gate->prefix . "/$_" } qw(log old other);
        chmod 0777, $other;
        $gate->since(1, 1);
        rename $log, $old or die $!;
        ($way eq 'rename' ? rename $other, $log : symlink $other, $log) or die $!;
        ok $gate->wait_for(sub { -f "$log/audit.0.jsonl" }, 'a file'), "$way: the worker makes a file in it";
        allowed($gate->call('/after'), 'another call');
        is_deeply [
            $gate->wait_for(
                sub {
                    grep { $_ eq '/after' } @{ decided($log) };
                },
                'its record')],
            [1],
            'is recorded there';
        is_deeply decided($old), ['/before'], 'the first one stands where it was written';
        $gate->stop;
        my ($whole, $said) = verify_files("$old/audit.0.jsonl", "$log/audit.0.jsonl");
        ok $whole, 'the chain goes on' or diag $said;
    }
};

subtest 'another directory, in which the workers may not write' => sub {
    plan skip_all => 'needs a directory of another user' if $>;
    my $gate = gate_with_directory();
    my ($log, $old, $other) = map { $gate->prefix . "/$_" } qw(log old other);
    rename $log, $old or die $!;
    rename $other, $log or die $!;
    my $told = qr/\[alert\].*audit log "\S+" was moved away with its directory.*SIGUSR1/;
    ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ $told }, 'the alert'), 'the error log tells';
    allowed($gate->call('/meanwhile'), 'a call goes on');
    $gate->wait_for(sub { @{ decided($old) } == 2 }, 'its record');
    is_deeply decided($old), ['/before', '/meanwhile'], 'since its record is in the file that was moved';
    sleep 2.1;
    is scalar(() = $gate->read('logs/error.log') =~ /$told/g), 1, 'it tells once';
    $gate->signal('USR1');
    ok $gate->wait_for(sub { -f "$log/audit.0.jsonl" }, 'a file'), 'SIGUSR1 makes a file in the other directory';
    $gate->wait_for(sub { $gate->call('/after'); @{ decided($log) } }, 'a record in it');
    is decided($log)->[-1], '/after', 'which has the records from then on';
    $gate->stop;
};

subtest 'the file system of the log is unmounted' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new(size => '1m');
    my $gate = gate(workers => 1, log => $disk->path . '/audit.jsonl');
    allowed($gate->call('/before'), 'a call');
    open my $old, '<:raw', $disk->path . '/audit.0.jsonl' or die $!;
    ok $disk->unmount, 'unmounted';
    my @let_in = ('/before');
    my $answer;
    $gate->wait_for(
        sub {
            $answer = $gate->call("/@{[ scalar @let_in ]}");
            push @let_in, '/' . @let_in if $answer->{status} == 200;
            return $answer->{status} != 200;
        },
        'a refusal');
    refused($answer, 503, 'audit_unavailable', 'where no file can be made at its path a call');
    like $gate->read('logs/error.log'), qr/\[alert\].*no file of audit log "\S+" can be had: calls are refused/,
        'the error log says why';
    chmod 0777, $disk->path or die $!;
    ok $gate->wait_for(sub { $gate->call('/after')->{status} == 200 }, 'calls'), 'where one can, calls go on';
    my %recorded;
    $gate->wait_for(
        sub {
            seek $old, 0, 0;
            $recorded{$_} = 1 for map { m{"path":"(/\w+)".*"decision":true} ? $1 : () } <$old>;
            $recorded{$_} = 1 for @{ decided($disk->path) };
            return $recorded{'/after'};
        },
        'the record');
    is_deeply [grep { !$recorded{$_} } @let_in], [], 'each call that was let in is recorded';
    $gate->stop;
    unlink glob $disk->path . '/audit.*';
};

# Makes empty files of the log in a directory, which every worker may write.
sub empty_files {
    my ($dir) = @_;
    for my $path (map {"$dir/audit.$_.jsonl"} 0 .. 2) {
        open my $fh, '>', $path or die "$path: $!\n";
        close $fh;
        chmod 0666, $path;
    }
    return;
}

subtest 'a mount hides the directory of the log, or goes' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new(size => '1m');
    my $bind = sub { return system('mount', '--bind', @_) == 0 || die "mount: @_\n" };
    my %ways = (
        'a directory of the same file system' => [
            sub { return chmod 0777, $_[0]->prefix . '/other' },
            sub {
                return $bind->(map { $_[0]->prefix . "/$_" } qw(other log));
            }
        ],
        'one with files of the same names' => [
            sub { return empty_files($_[0]->prefix . '/other') },
            sub {
                return $bind->(map { $_[0]->prefix . "/$_" } qw(other log));
            }
        ],
        'a file system with such files' => [
            sub { return empty_files($disk->path) },
            sub { return $bind->($disk->path, $_[0]->prefix . '/log') }],
        'the end of a mount above such files' => [
            sub {
                empty_files($_[0]->prefix . '/log');
                return $bind->(map { $_[0]->prefix . "/$_" } qw(other log));
            },
            sub { return system('umount', '-l', $_[0]->prefix . '/log') == 0 }],
    );
    for my $name (sort keys %ways) {
        my ($prepare, $change) = @{ $ways{$name} };
        my $gate = gate_with_directory($prepare);
        my $log = $gate->prefix . '/log';
        $gate->wait_for(sub { "@{ decided($log) }" eq '/before' }, 'its record');
        $change->($gate);
        allowed($gate->call('/behind'), "$name: a call before the worker looks");
        ok $gate->wait_for(
            sub {
                grep { $_ eq '/behind' } @{ decided($log) };
            },
            'its record'),
            'is recorded where it can be read';
        $gate->stop;
        system "umount -l $log 2>/dev/null";
    }
};

subtest 'a file is put in its place' => sub {
    my $gate = gate(workers => 1);
    my $path = $gate->audit_file;
    allowed($gate->call('/old'), 'a call');
    rename $path, "$path.old" or die $!;
    open my $fh, '>', $path or die $!;
    close $fh;
    chmod 0666, $path;
    $gate->wait_for(sub { $gate->call('/x'); -s $path }, 'records in the other file');
    chains_hold($gate->audit_text, 'it is found without a signal, and the chain goes on');
    $gate->stop;
};

subtest 'workers are killed' => sub {
    my $gate = gate(allow_errors => [qr/audit|exited on signal 9/]);
    my @loads;
    for my $round (1 .. 5) {
        my $end = load($gate, "killed$round", 300);
        sleep 0.2;
        kill 'KILL', ($gate->workers)[0];
        push @loads, $end->();
    }
    my %status = map {%$_} @loads;
    my %recorded = map { $_ => 1 } standing($gate) =~ m{"path":"(/killed\d+/\d+)".*"decision":true}g;
    is scalar(grep { $status{$_} == 200 && !$recorded{$_} } keys %status), 0, 'every call answered 200 is recorded';
    is_deeply [faults($gate)], [], 'at the most there are torn lines';
    $gate->stop;
};

subtest 'a line that a kill or a power cut left torn' => sub {
    my $gate = GGI::Gate->new(pki => $pki);
    my $whole = GGI::Gate->new(pki => $pki)->start;
    $whole->call('/before');
    my $before = $whole->since(1, 1);
    $whole->stop;
    $gate->write('logs/audit.0.jsonl', $before . substr($before, 0, 300));
    $gate->start;
    allowed($gate->call('/x'), 'a call');
    $gate->since(2, 2);
    my (undef, $said) = verify($gate);
    is_deeply [$said =~ /^\S+?(\d+\.jsonl:\d+): (no whole record)?/mg], ['0.jsonl:4', 'no whole record'],
        'that line alone is wrong'
        or diag $said;
    $gate->stop;
};

# Starts a gate whose processes may write files of so many kilobytes.
sub limited {
    my ($gate, $kilobytes) = @_;
    $gate->{binary} = $gate->write('limited', "#!/bin/bash\nulimit -S -f $kilobytes\nexec $gate->{binary} \"\$\@\"\n");
    chmod 0755, $gate->{binary};
    return $gate->start;
}

subtest 'RLIMIT_FSIZE' => sub {
    my $gate = limited(GGI::Gate->new(pki => $pki, allow_errors => [qr/audit/]), 64);
    allowed($gate->call('/first'), 'a call');
    my @workers = $gate->workers;
    my $n = 0;
    1 while $n++ < 100 && $gate->call("/n/$n")->{status} == 200;
    refused($gate->call('/y'), 503, 'audit_unavailable', "beyond it, after $n calls");
    is_deeply [$gate->workers], \@workers, 'the worker lives on';
    rename $gate->audit_file, $gate->audit_file . '.1' or die $!;
    $gate->signal('USR1');
    ok $gate->wait_for(sub { $gate->call('/z')->{status} == 200 }, 'calls'), 'room again in another file';
    is_deeply [faults($gate)], [], 'nothing is missing; the old file may end with a torn line';
    $gate->stop;
};

# The start of a command that a worker's user runs, who may limit it.
sub as_worker {
    my ($worker) = @_;
    my (undef, undef, undef, undef, $uid, $gid) = stat "/proc/$worker";
    return $> == 0 ? ('setpriv', "--reuid=$uid", "--regid=$gid", '--clear-groups') : ();
}

# Workers that may write to no file any more, the error log and that of the leftover among them.
for my $durability (qw(buffered written synced)) {
    subtest "RLIMIT_FSIZE 0 of workers that run, durability=$durability" => sub {
        my $gate = gate(workers => 2, log => "%%PREFIX%%/logs/audit.jsonl durability=$durability");
        allowed($gate->call('/first'), 'a call');
        $gate->since(1, 1);
        for my $worker ($gate->workers) {
            is system(as_worker($worker), 'prlimit', "--pid=$worker", '--fsize=0'), 0, "of $worker";
        }
        my @codes = values %{ load($gate, 'limit', 20)->() };
        is scalar(grep { $_ == 503 || $durability eq 'buffered' && $_ == 200 } @codes), 20, "calls: @codes";
        $gate->reload;
        ok $gate->wait_for(sub { told($gate) }, 'the gap'), 'the workers after them tell of what is lost';
        cmp_ok told($gate), '>=', 20, 'each decision at least';
        $gate->wait_for(sub { told($gate) == $gate->status->{ggi_audit_lost_total} }, 'all of it');
        is told($gate), $gate->status->{ggi_audit_lost_total}, 'as many as the metric says';
        like $gate->read('logs/error.log'),
            qr/\[error\].*audit records were lost with workers that ended.*\(\d+: File too large\)/,
            'so does the error log';
        is_deeply [faults($gate)], [], 'the chains hold';
        $gate->stop;
    };
}

subtest 'RLIMIT_FSIZE, reached by the error log' => sub {
    my $gate = GGI::Gate->new(pki => $pki, more => 'proxy_cache_path %%PREFIX%%/cache keys_zone=answers:1m;');
    limited($gate, 64);
    my $master = $gate->{pid};
    open my $log, '>>', $gate->prefix . '/logs/error.log' or die $!;
    print $log 'x' x 65_536, "\n";
    close $log;
    ok $gate->reload, 'the master, which logs at a reload, lives on';
    is kill(0, $master), 1, 'as the same process';
    allowed($gate->call('/x'), 'a call after it');
    $gate->stop;
};

done_testing;
