# SPDX-License-Identifier: EUPL-1.2
# The ends of chains: each chain names the one before it at its place, and says why it was closed, so that "ggictl audit
# verify" tells an orderly end, a crash and a cut apart.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP qw(decode_json);
use Test::More;

use GGI::Audit qw(records chains_hold);
use GGI::Disk;
use GGI::Folder ();
use GGI::Gate;
use GGI::Nginx;
use GGI::Pki;
use GGI::PowerDisk;
use GGI::Preload;

my $pki = GGI::Pki->new;

sub gate {
    my (%args) = @_;
    return GGI::Gate->new(pki => $pki, workers => 1, allow_errors => [qr/exited on signal 9/], %args)->start;
}

# What the auditor's tool says of files: its exit status, and its text.
sub verify {
    my (@files) = @_;
    return GGI::Folder::run("$GGI::Nginx::ROOT/scripts/ggictl", 'audit', 'verify', @files);
}

# The same says that they have no fault, and this of a chain.
sub explained {
    my ($name, $end, @files) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($exit, $text) = verify(@files);
    return is($exit, 0, "$name: no fault") && like($text, $end, "$name: the end is explained") || diag $text;
}

# The same says that they have a fault, and this.
sub told {
    my ($name, $fault, @files) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($exit, $text) = verify(@files);
    return is($exit, 1, "$name: a fault") && like($text, $fault, "$name: it is told") || diag $text;
}

# The attributes of the records of a kind, in the order in which they came.
sub attributes {
    my ($gate, $event) = @_;
    my $text = $gate->audit_text =~ s/^x*\n//mgr;    # with which a test fills a file
    return map { $_->{attributes} } grep { $_->{event_name} eq "ggi.chain_$event" } records($text);
}
sub opened { return attributes($_[0], 'opened') }
sub closed { return attributes($_[0], 'closed') }
sub reasons {
    return [map { $_->{'ggi.chain.reason'} } closed(@_)];
}

# "END KNOWN_BY" of the chain before the last one that was opened.
sub before {
    my $last = (opened(@_))[-1];
    return join ' ', grep {defined} @$last{qw(ggi.chain.before.end ggi.chain.before.known_by)};
}

my $calls = 0;

# One more call, and its records.
sub record_call {
    my ($gate) = @_;
    is $gate->call('/' . ++$calls)->{status}, 200, "call $calls";
    $gate->mark;
    return;
}

# The place of a chain is noted beside the log within a second.
sub noted {
    my ($gate, $id) = @_;
    return $gate->wait_for(sub { $gate->read('logs/audit.chains') =~ /^\Q$id\E /m }, "a note of chain $id");
}

# Kills nginx with all its workers.
sub kill_all {
    my ($gate) = @_;
    my @all = ($gate->workers, delete $gate->{pid});
    kill 'STOP', @all;    # else the master starts a worker for one that is gone
    kill 'KILL', @all;
    waitpid $all[-1], 0;
    return $gate->wait_for(
        sub {
            !grep { GGI::Nginx::state_of($_) !~ /^Z?$/ } @all;
        },
        'their end');
}

subtest 'start and stop' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki, workers => 1,
        more => "include %%PREFIX%%/*.inc;\n    include  '%%PREFIX%%/quoted.txt' ; # include none;");
    $gate->write('a.inc', 'include b.part;');
    $gate->write('b.part', "server_tokens off;\n");
    $gate->write('quoted.txt', '');
    my $T = join ' ', $gate->command, '-T';
    my ($configuration) = qx($T 2>/dev/null | sha256sum) =~ /^(\w+)/;
    $gate->start;
    record_call($gate);
    my ($worker) = $gate->workers;
    $gate->stop;
    my @records = records($gate->audit_text);
    is_deeply [map { $_->{event_name} } @records],
        [qw(ggi.chain_opened adl.access_evaluation ggi.call_completed ggi.chain_closed)], 'the records of a chain';
    is_deeply [map { $_->{status} } @records], [('Ok') x 4], 'without an error';
    my ($opened) = opened($gate);
    delete @$opened{qw(ggi.chain.id ggi.chain.number ggi.chain.previous)};
    is_deeply $opened,
        {
        'ggi.chain.place' => 0,
        'process.pid' => $worker,
        'ggi.configuration.sha256' => $configuration,
        'ggi.chain.before.end' => 'none'
        },
        'what opens it; the digest is that of "nginx -T"';
    my ($closed) = closed($gate);
    is_deeply [@$closed{qw(ggi.chain.records ggi.chain.reason)}], [4, 'stop'], 'what closes it';
    explained('stopped', qr/^chain \S+: records 1 to 4, closed \(stop\)$/m, $gate->{trail}->files);

    my $text = $gate->audit_text;
    $gate->start;
    $gate->reload;
    $gate->stop;
    is $gate->audit_text, $text, 'workers without a call write nothing';
};

subtest 'reloads' => sub {
    my $gate = gate(workers => 2);
    for my $n (1 .. 3) {
        record_call($gate) for 1 .. 4;
        $gate->reload;
    }
    record_call($gate) for 1 .. 4;
    $gate->stop;
    my %why;
    $why{$_}++ for @{ reasons($gate) };
    cmp_ok $why{reload}, '>=', 3, 'the chains of the workers before say so';
    cmp_ok $why{stop}, '>=', 1, 'and those of the last ones that they were stopped';
    is scalar(closed($gate)), scalar(opened($gate)), 'each chain is closed';
    my %ends = map { $_->{'ggi.chain.id'} => $_->{'ggi.chain.number'} } closed($gate);
    for my $opened (grep { $_->{'ggi.chain.before.id'} } opened($gate)) {
        is $opened->{'ggi.chain.before.number'}, $ends{ $opened->{'ggi.chain.before.id'} },
            'each names the one before it';
    }
    is_deeply [grep { !/^(?:none|closed)$/ } map { $_->{'ggi.chain.before.end'} } opened($gate)], [],
        'which was closed';
    explained('reloaded', qr/closed \(reload\); chain \S+ comes after it/, $gate->{trail}->files);
};

subtest 'a worker is killed' => sub {
    my $gate = gate();
    record_call($gate);
    my ($first) = opened($gate);
    noted($gate, $first->{'ggi.chain.id'});
    kill 'KILL', $gate->workers;
    $gate->wait_for(sub { $gate->call('/up')->{status} == 200 }, 'another worker');
    $gate->mark;
    is before($gate), 'not_closed file', 'the next one has seen that';
    $gate->stop;
    explained(
        'killed', qr/^chain \Q$first->{'ggi.chain.id'}\E: records 1 to 3, ended by a crash: /m,
        $gate->{trail}->files);
};

# Has a second worker begin a chain at another place than the first. Returns the records that open both chains.
sub second_place {
    my ($gate) = @_;
    record_call($gate);
    $gate->reload;
    record_call($gate);
    my ($first, $second) = opened($gate);
    is $second->{'ggi.chain.place'}, 1, 'the second worker has another place';
    noted($gate, $second->{'ggi.chain.id'});
    return ($first, $second);
}

subtest 'a worker is killed at another place than the first' => sub {
    my $gate = gate();
    my ($first, $killed) = second_place($gate);
    kill 'KILL', $gate->workers;
    $gate->wait_for(sub { $gate->call('/up')->{status} == 200 }, 'another worker');
    $gate->mark;
    my $last = (opened($gate))[-1];
    is $last->{'ggi.chain.before.id'}, $killed->{'ggi.chain.id'}, 'the next worker takes the place that was left';
    $gate->stop;
};

# Writes to STATE/order what is done to the disk, in its order: "sync log", "write chains", "sync chains".
my $ORDER = <<'C';
#include <sys/types.h>

static void tell(const char *what, int fd)
{
    int      out;
    char     link[64], path[512], line[64];
    ssize_t  n;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    path[n > 0 ? n : 0] = '\0';
    if (!strstr(path, "/audit.")) return;
    n = snprintf(line, sizeof(line), "%s %s\n", what, strstr(path, ".chains") ? "chains" : "log");
    out = open(STATE "/order", O_WRONLY|O_APPEND|O_CREAT|O_CLOEXEC, 0666);
    if (write(out, line, n) != n) abort();
    close(out);
}

int fdatasync(int fd)
{
    int  (*next)(int) = dlsym(RTLD_NEXT, "fdatasync"), rc = next(fd);

    tell("sync", fd);
    return rc;
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
    ssize_t  (*next)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");

    tell("write", fd);
    return next(fd, data, n, at);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off_t at)
{
    return pwrite(fd, data, n, at);
}
C

# Starts a gateway whose order is told; returns a function that tells it.
sub start_in_order {
    my ($gate) = @_;
    my $preload = GGI::Preload->new($ORDER);
    local $ENV{LD_PRELOAD} = $preload->path;
    $gate->start;
    $preload->clear('order');    # what the master did; its workers are another user
    return sub {
        my ($clear) = @_;
        return $preload->clear('order') if $clear;
        return -e $preload->state . '/order' ? GGI::Folder::content($preload->state . '/order') : '';
    };
}

sub rotate {
    my ($gate) = @_;
    my $file = $gate->audit_file;
    rename $file, "$file.1" or die "$file: $!\n";
    $gate->signal('USR1');
    return $file;
}

subtest 'what is noted is on the disk, and so is what it tells of before' => sub {
    plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();
    for my $durability (qw(buffered written synced)) {
        my $gate =
            GGI::Gate->new(pki => $pki, workers => 1, log => "%%PREFIX%%/logs/audit.jsonl durability=$durability");
        my $order = start_in_order($gate);
        for my $what ('begins', 'leaves its file') {
            $order->('clear');
            record_call($gate);
            rotate($gate) if $what ne 'begins';
            $gate->wait_for(sub { $order->() =~ /sync chains/ }, 'a note');
            like $order->(), qr/^(?:sync log\n)+write chains\n(?:sync log\n)*sync chains\n/,
                "$durability: when a chain $what";
        }
        record_call($gate);
        $order->('clear');
        $gate->stop;
        like $order->(), qr/^(?:sync log\n)+write chains\nsync chains\n\z/, "$durability: when it is closed";
    }
};

subtest 'the power is cut right after a rotation' => sub {
    plan skip_all => $GGI::PowerDisk::WHY if !GGI::PowerDisk->available;
    plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();
    for my $durability (qw(buffered written synced)) {
        my $disk = GGI::PowerDisk->new(size => '16M');
        my $gate = GGI::Gate->new(
            pki => $pki, workers => 1, log => $disk->path . "/audit.jsonl durability=$durability",
            allow_errors => [qr/exited on signal 9/]);
        my $order = start_in_order($gate);
        record_call($gate);
        my ($first) = opened($gate);
        $gate->wait_for(sub { $order->() =~ /sync chains/ }, 'a note');
        my $file = rotate($gate);
        $gate->opened($file);
        system 'sync', $file;    # as the first sync of what is written there does
        kill 'STOP', $gate->workers;
        $disk->cut;
        kill_all($gate);
        $disk->repair;
        $gate->start;
        record_call($gate);
        my $last = (opened($gate))[-1];
        is $last->{'ggi.chain.before.id'}, $first->{'ggi.chain.id'}, "$durability: the next chain names the one before";
        $gate->stop;
        explained("$durability, after a power cut", qr/ended by a crash|went on elsewhere/, $gate->{trail}->files);
    }
};

# The next sync of a file of the log fails when there is STATE/fail.
my $FAIL = <<'C';
int fdatasync(int fd)
{
    int      (*next)(int) = dlsym(RTLD_NEXT, "fdatasync");
    char     link[64], path[512];
    ssize_t  n;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof(path) - 1);
    path[n > 0 ? n : 0] = '\0';

    if (strstr(path, ".jsonl") && unlink(STATE "/fail") == 0) {
        errno = EIO;
        return -1;
    }

    return next(fd);
}
C

subtest 'a worker goes on in the file of another chain' => sub {
    plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();
    my $preload = GGI::Preload->new($FAIL);
    my $gate = GGI::Gate->new(
        pki => $pki, workers => 1, log => '%%PREFIX%%/logs/audit.jsonl durability=synced',
        allow_errors => [qr/fdatasync\(\) of audit log/]);
    { local $ENV{LD_PRELOAD} = $preload->path; $gate->start; }
    my ($before, $own) = second_place($gate);
    $preload->set('fail');
    record_call($gate) for 1 .. 2;
    my @moved = attributes($gate, 'moved');
    is scalar @moved, 1, 'one record tells that it went on elsewhere';
    is_deeply [@{ $moved[0] }{ map {"ggi.chain.$_"} qw(id place before.id before.number before.end before.known_by) }],
        [$own->{'ggi.chain.id'}, 0, $before->{'ggi.chain.id'}, 4, 'closed', 'file'], 'and which chain was there';
    $gate->stop;
    explained(
        'moved', qr/^chain \Q$before->{'ggi.chain.id'}\E: .*; chain \Q$own->{'ggi.chain.id'}\E comes after it$/m,
        $gate->{trail}->files);
    my $text = GGI::Folder::content($gate->audit_file(0));
    $text =~ s/^.*"ggi\.chain\.reason":"reload".*\n//m or die;
    $gate->write('logs/audit.0.jsonl', $text);
    told(
        'its end is cut off', qr/records from 4 to 4 are missing at its end: chain \Q$own->{'ggi.chain.id'}\E /,
        $gate->{trail}->files);
};

subtest 'all are killed, and the files are rotated' => sub {
    my $gate = gate(workers => 2);
    my $both = sub {
        $gate->wait_for(sub { $gate->status->{ggi_workers} == 2 }, 'both workers');
        $gate->by_worker($_, sub { record_call($gate) }) for 0, 1;
    };
    $both->();
    is scalar(opened($gate)), 2, 'two chains';
    noted($gate, $_->{'ggi.chain.id'}) for opened($gate);
    kill_all($gate);
    my @files = grep {-s} $gate->{trail}->files;
    rename $_, "$_.1" or die $! for @files;
    $gate->start;
    $both->();
    is before($gate), 'unknown note', 'it is known which chain was before, not how it ended';
    $gate->stop;
    explained(
        'killed and rotated', qr/^chain \S+: records 1 to \d+, (?:ended by a crash|not closed: it went on elsewhere)/m,
        $gate->{trail}->files);
    told(
        'and without a rotated file', qr/names chain \S+ as the one before it, which is missing: it had \d+ records/,
        grep { $_ ne "$files[0].1" } $gate->{trail}->files);
    my ($exit, $text) = verify('--partial', grep { $_ ne "$files[0].1" } $gate->{trail}->files);
    is $exit, 0, 'which --partial accepts' or diag $text;
};

subtest 'all are killed before an end is noted, and the files are rotated' => sub {
    my $gate = gate();
    record_call($gate);
    my ($first) = opened($gate);
    noted($gate, $first->{'ggi.chain.id'});
    $gate->stop;
    my $notes = $gate->read('logs/audit.chains');
    my @ids;
    for (1 .. 3) {
        $gate->start;
        record_call($gate);
        my $last = (opened($gate))[-1];
        is $last->{'ggi.chain.before.id'}, $first->{'ggi.chain.id'}, 'each chain names the one that was noted';
        push @ids, $last->{'ggi.chain.id'};
        last if @ids == 3;
        kill_all($gate);
        rename $gate->audit_file, $gate->audit_file . ".$_" or die $!;
        $gate->write('logs/audit.chains', $notes);
    }
    $gate->stop;
    my @files = $gate->{trail}->files;
    for my $n (0, 1) {
        my $took = qr/^chain $ids[$n]: .*, ended by a crash, .*; chain $ids[$n + 1] took its place; /m;
        explained("killed before its note, $n", $took, @files);
        explained('in any order', $took, reverse @files);
    }
};

subtest 'a rotation before a reload' => sub {
    my $gate = gate();
    record_call($gate);
    rename $gate->audit_file, $gate->audit_file . '.1' or die $!;
    $gate->signal('USR1');
    $gate->opened($gate->audit_file);
    $gate->reload;
    $gate->reload;
    record_call($gate);
    is before($gate), 'closed file', 'the chain was closed in the new file';
    $gate->stop;
    explained('rotated', qr/closed \(reload\); chain \S+ comes after it/, $gate->{trail}->files);
    my $rotated = $gate->audit_file . '.1';
    my $dir = GGI::Folder->new;
    my $packed = $dir->file('packed.gz', qx(gzip -c $rotated));
    explained(
        'rotated and packed', qr/closed \(reload\); chain \S+ comes after it/, $packed,
        grep { $_ ne $rotated } $gate->{trail}->files);

    my $closed = (closed($gate))[-1];
    my $place = (opened($gate))[-1]{'ggi.chain.place'};
    rename $gate->audit_file($place), $gate->audit_file($place) . '.2' or die $!;
    $gate->start;
    if ($place) {
        $gate->reload;
    }
    record_call($gate);
    my $last = (opened($gate))[-1];
    is before($gate), 'closed note', 'rotated behind its closing: it is known by the note';
    is $last->{'ggi.chain.before.number'}, $closed->{'ggi.chain.number'}, 'with its last record';
    $gate->stop;
    explained('rotated', qr/closed \(stop\); chain \S+ comes after it/, $gate->{trail}->files);
    unlink $gate->audit_file($place) . '.2' or die $!;
    told(
        'removed', qr/names chain \Q$closed->{'ggi.chain.id'}\E as the one before it, which is missing/,
        $gate->{trail}->files);
};

subtest 'nothing is known' => sub {
    my $gate = gate();
    record_call($gate);
    $gate->stop;
    unlink $gate->prefix . '/logs/audit.chains' or die $!;
    my $file = $gate->audit_file;
    open my $fh, '>', $file or die $!;
    print $fh qq({"event_name":"none"}\n);
    close $fh or die $!;
    $gate->start;
    record_call($gate);
    is before($gate), 'unknown', 'a file that ends with no record: it is not known what was before';
    $gate->stop;
};

subtest 'a disk that is full at the end' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new;
    my $gate = gate(log => $disk->path . '/audit.jsonl', allow_errors => [qr/audit/]);
    record_call($gate);
    my ($first) = opened($gate);
    $gate->wait_for(
        sub {
            local (@ARGV, $/) = $disk->path . '/audit.chains';
            <> =~ /^\Q$first->{'ggi.chain.id'}\E /m;
        },
        'the note');
    $disk->fill;
    open my $fh, '>>', $gate->audit_file or die $!;
    1 while syswrite $fh, 'x';
    close $fh;
    $gate->stop;
    like $gate->read('logs/error.log'),
        qr/\[alert\].*audit log "\S+" has no record that a chain of this worker was closed, since that could not be/,
        'an alert tells that the chain was not closed';
    $disk->free;
    $gate->start;
    record_call($gate);
    my $last = (opened($gate))[-1];
    is_deeply [@$last{qw(ggi.chain.before.id ggi.chain.before.end)}], [$first->{'ggi.chain.id'}, 'closing_not_written'],
        'the next chain says why';
    $gate->stop;
    unlike $gate->audit_text, qr/"ggi\.gap"/, 'and no call was lost';
    my ($exit, $text) = verify($gate->{trail}->files);
    like $text, qr/^chain \Q$first->{'ggi.chain.id'}\E: .* ended in order, but nothing could be written any more/m,
        'as verify does';
};

subtest 'another number of workers' => sub {
    my $gate = gate(workers => 3);
    record_call($gate) for 1 .. 6;
    my $workers = sub {
        my ($n) = @_;
        $gate->write('nginx.conf', $gate->read('nginx.conf') =~ s/worker_processes \d/worker_processes $n/r);
        $gate->reload;
        $gate->wait_for(sub { $gate->workers == $n }, "$n workers");
        record_call($gate) for 1 .. 6;
    };
    $workers->($_) for 1, 4, 2;
    $gate->stop;
    my %digests = map { $_->{'ggi.configuration.sha256'} => 1 } opened($gate);
    cmp_ok scalar(keys %digests), '>=', 3, 'each configuration has a digest of its own';
    chains_hold($gate->audit_text, 'the chains hold');
    explained('more and fewer workers', qr/closed \(reload\)/, $gate->{trail}->files);
};

subtest 'manipulations' => sub {
    my $gate = gate();
    my @kept;
    for (1 .. 2) {
        record_call($gate) for 1 .. 3;
        $gate->stop;
        $gate->start;
    }
    record_call($gate);
    $gate->stop;
    my @lines = $gate->audit_text =~ /(.*\n)/g;
    my @ids = map { $_->{'ggi.chain.id'} } opened($gate);
    is scalar @ids, 3, 'three chains';
    my %of;
    push @{ $of{ decode_json($_)->{attributes}{'ggi.chain.id'} } }, $_ for @lines;
    my ($one, $two, $three) = @of{@ids};
    my $dir = GGI::Folder->new;
    my $log = sub { return $dir->file('log', @_) };
    explained(
        'as it was', qr/^chain $ids[1]: records 1 to 8, closed \(stop\); chain $ids[2] comes after it/m,
        $log->(@lines));

    told(
        'the closing record is cut off', qr/of chain $ids[1] the records from 8 to 8 are missing at its end/,
        $log->(@$one, @$two[0 .. 6], @$three));
    told(
        'the tail is cut off', qr/of chain $ids[1] the records from 4 to 8 are missing at its end/,
        $log->(@$one, @$two[0 .. 2], @$three));
    told(
        'a whole chain is taken out', qr/:9: chain $ids[2] names chain $ids[1] as the one before it, which is missing/,
        $log->(@$one, @$three));
    told(
        'the first chain is taken out', qr/names chain $ids[0] as the one before it, which is missing/,
        $log->(@$two, @$three));
    told(
        'the last record is changed', qr/log:16: record 8 of chain $ids[1] is not the one that was written/,
        $log->(@$one, @$two[0 .. 6], $two->[7] =~ s/"stop"/"halt"/r, @$three));

    # a chain is rewritten from a record on, with hashes that fit
    my $rewritten = sub {
        my ($chain, $from, $change) = @_;
        my @new = @$chain[0 .. $from - 1];
        for my $line (map { $change->($_) } @$chain[$from .. $#$chain]) {
            my $hash = sha256_hex($new[-1]);
            push @new, $line =~ s/("ggi\.chain\.previous":")\w+/$1$hash/r;
        }
        return @new;
    };
    told(
        'a chain is rewritten', qr/record 8 of chain $ids[1] is not the one that was written/,
        $log->(@$one, $rewritten->($two, 3, sub { $_[0] =~ s/"timestamp":\d/"timestamp":9/r }), @$three));

    my $more = $two->[6] =~ s/("ggi\.chain\.number":)7/${1}9/r;
    $more =~ s/("ggi\.chain\.previous":")\w+/$1 . sha256_hex($two->[7])/e;
    told(
        'a record is added behind the closing one', qr/:16: record 8 closes chain $ids[1], which has records up to 9/,
        $log->(@$one, @$two, $more, @$three));
    my $added = $three->[0] =~ s/\Q$ids[2]\E/01a2199d-d2c0-7533-ab07-296db627c223/r;
    told(
        'a chain is added', qr/names chain $ids[1] as the one before it, and so does chain/,
        $log->(@lines, $added));

    # of the last chain the log itself cannot tell
    explained(
        'the last closing record is cut off', qr/^chain $ids[2]: records 1 to 3, not closed: it is still written, /m,
        $log->(@$one, @$two, @$three[0 .. 2]));
    explained(
        'the last chain is taken out', qr/^chain $ids[1]: records 1 to 8, closed \(stop\); it comes after/m,
        $log->(@$one, @$two));

    # but the next nginx can, by its note
    my $file = $gate->audit_file;
    for my $cut ([[@$one, @$two, @$three[0 .. 1]], 'its end'], [[@$one, @$two], 'all of it'], [[], 'the file']) {
        open my $fh, '>:raw', $file or die $!;
        print $fh @{ $cut->[0] };
        close $fh or die $!;
        $gate->{trail} = GGI::Trail->new($gate->prefix . '/logs/audit.jsonl');
        $gate->{marked} = 0;
        $gate->start;
        record_call($gate);
        is before($gate), 'closed note', "$cut->[1] is gone: the next chain names what was written";
        $gate->stop;
        told("$cut->[1] is gone", qr/chain $ids[2] .*missing/, $file);
        $gate->write('logs/audit.chains', $gate->read('logs/audit.chains') =~ s/^01a\S+ \d+ \w+ \w+/$_/mr)
            for "$ids[2] 4 " . sha256_hex($three->[3]) . ' closed';
    }
};

subtest 'a log of an older gate' => sub {
    my $gate = gate();
    record_call($gate) for 1 .. 2;
    $gate->stop;
    my @old = map {s/,"ggi\.chain\.place".*(?="event_name":"ggi\.chain_opened")/},/r} $gate->audit_text =~ /(.*\n)/g;
    $old[0] =~ s/chain_opened/call_withdrawn/;
    my @lines = ($old[0]);
    for my $line (@old[1 .. $#old - 1]) {
        my $hash = sha256_hex($lines[-1]);
        push @lines, $line =~ s/("ggi\.chain\.previous":")\w+/$1$hash/r;
    }
    explained(
        'without openings', qr/not closed: .*; it has no opening record, as of an older gate$/m,
        GGI::Folder->new->file('log', @lines));
    my $json = decode_json((verify('-o', 'json', $gate->{trail}->files))[1]);
    my ($opened) = opened($gate);
    is_deeply $json->{chains},
        [
        {
            id => $opened->{'ggi.chain.id'},
            first => 1, last => 6, opened => JSON::PP::true, closed => JSON::PP::true, before => undef,
            end => 'closed (stop)'
        }],
        'as JSON';
};

done_testing;
