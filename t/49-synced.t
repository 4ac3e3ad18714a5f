# SPDX-License-Identifier: EUPL-1.2
# durability=synced: a call goes on when its record is on the disk, and no other request waits for that.
use strict;
use warnings;

use Fcntl qw(:flock);
use File::Copy qw(copy);
use File::Temp ();
use Test::More;
use Time::HiRes qw(time);

use GGI::Audit qw(records decisions completions verdict verdicts chains_hold);
use GGI::Curl qw(said);
use GGI::Gate;
use GGI::Preload;
use GGI::Problem qw(allowed refused);
use GGI::Slow qw(sleep);

plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();

# A disk that is slow or broken on purpose: fdatasync() of a library that is loaded before libc.
my $disk = GGI::Preload->new(<<'C');
#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static int gone(const char *name)
{
    char  path[256];

    snprintf(path, sizeof(path), STATE "/%s", name);
    return unlink(path) == 0;
}

/* what became of which bytes of which file */
static void note(int fd, const char *what)
{
    char         line[128];
    int          log, n;
    struct stat  st;

    fstat(fd, &st);
    n = snprintf(line, sizeof(line), "%s %lu %lu\n", what, (unsigned long) st.st_ino, (unsigned long) st.st_size);
    log = open(STATE "/notes", O_WRONLY|O_CREAT|O_APPEND, 0666);
    if (log == -1 || write(log, line, n) != n) {
        abort();
    }
    close(log);
}

int fdatasync(int fd)
{
    int  log;

    while (there("hang")) {
        usleep(10000);
    }

    if (there("hang-next")) {
        close(open(STATE "/hang", O_WRONLY|O_CREAT, 0666));
    }

    log = open(STATE "/syncs", O_WRONLY|O_CREAT|O_APPEND, 0666);
    if (log == -1 || write(log, ".", 1) != 1) {
        abort();
    }
    close(log);

    if (there("fail") || (there("fail-once") && gone("fail-once"))) {
        note(fd, "failed");
        errno = EIO;
        return -1;
    }

    note(fd, "synced");
    return fsync(fd);
}

/* another worker was faster to take a file that was just made */
int flock(int fd, int operation)
{
    struct stat  st;

    if (there("race") && fstat(fd, &st) == 0 && st.st_size == 0 && gone("race")) {
        errno = EWOULDBLOCK;
        return -1;
    }

    return (int) syscall(SYS_flock, fd, operation);
}
C
my $dir = $disk->state;

sub disk {
    my ($state) = @_;
    unlink map {"$dir/$_"} qw(hang-next hang fail fail-once);
    return if $state eq 'good';
    open my $fh, '>', "$dir/$state" or die $!;
    return close $fh;
}

sub syncs { return -s "$dir/syncs" // 0 }

my %parameters = (
    log => '%%PREFIX%%/logs/audit.jsonl durability=synced',
    allow_errors => [qr/fdatasync\(\)|no other file of audit log|lost with this worker|no record that a chain/],
);

sub start {
    my ($of) = @_;
    local $ENV{LD_PRELOAD} = $disk->path;
    return $of->start;
}

my $gate = GGI::Gate->new(
    %parameters,
    locations =>
        'location / { ggi_dienst brp; proxy_pass http://api; } location /plain { ggi_dienst off; return 200 plain; }');
start($gate);

# Calls made at the same time; returns a function that waits for them, and gives path => status.
sub calls {
    my ($n, $path, $of) = @_;
    $of //= $gate;
    $path //= '/call';
    my @options = ('--max-time', 60, '--parallel', '--parallel-max', 64);
    my $calls = $of->begin("$path\[1-$n]", { tell => '%{http_code} %{url_effective}' }, @options);
    return sub {
        return { map { m{^(\d+) https?://[^/]+(/\S*)} ? ($2, $1) : () } said($calls) };
    };
}

# How often each status was answered.
sub counted {
    my ($codes) = @_;
    my %count;
    $count{$_}++ for values %$codes;
    return \%count;
}

allowed($gate->call('/first'), 'a call');
ok syncs() >= 1, 'its record was synced';

subtest 'the disk hangs' => sub {
    disk('hang');
    $gate->mark;
    my $before = $gate->api_calls;
    my $syncs = syncs();
    my $end = calls(40);
    $gate->since(40, 0);
    sleep 0.3;
    is $gate->api_calls, $before, 'no call reaches the API though all records are written';
    my $start = time;
    is $gate->call('/plain')->{body}, 'plain', 'what is no call is answered meanwhile';
    cmp_ok time - $start, '<', 5, 'at once';
    disk('good');
    is_deeply counted($end->()), { 200 => 40 }, 'all calls go on when it is over';
    $gate->since(40, 40);
    cmp_ok syncs() - $syncs, '<', 40, 'they share their syncs: ' . (syncs() - $syncs) . ' of 40 calls';
};

subtest 'a client that goes away meanwhile' => sub {
    disk('hang');
    $gate->mark;
    my $client = GGI::Child->command('curl', '-s', $gate->caller_options, $gate->https('/gone'));
    $gate->since(1, 0);
    $client->stop;
    $gate->since(1, 1);
    disk('good');
    allowed($gate->call('/next'), 'the next call');
    my $text = $gate->since(2, 2);
    my ($gone) = grep { $_->{attributes}{'url.path'} eq '/gone' } completions($text);
    is $gone->{attributes}{'http.response.status_code'}, 499, 'its record says what became of it';
    is $gone->{attributes}{'server.address'}, undef, 'and that it was not forwarded';
    $gate->counts_what_it_records('the metrics say of it what its record says');
};

subtest 'a client that goes away while a refused subrequest waits' => sub {
    my $with = GGI::Gate->new(%parameters, pki => $gate->{pki}, locations => <<'CONF');
        location / { ggi_dienst brp; auth_request /strict; proxy_pass http://api; }
        location /strict { ggi_dienst brp; ggi_pkio_policy 1.2.3.4; proxy_pass http://api; }
CONF
    start($with);
    disk('hang-next');    # after the sync of the call itself
    my $client = GGI::Child->command('curl', '-s', $with->caller_options, $with->https('/gone'));
    $with->since(2, 0);
    $client->stop;
    is_deeply [verdicts($with->since(2, 1))], [qw(allowed certificate_policy_not_allowed)], 'both are recorded';
    disk('good');
    $with->counts_what_it_records('and counted');
    $with->stop;
};

subtest 'a worker that is terminated meanwhile' => sub {
    disk('hang');
    $gate->mark;
    my $end = calls(2, '/terminated');
    my $unclaimed = $gate->begin('/terminated-without-claim', { claim => '' });
    $gate->since(3, 0);
    my ($worker) = $gate->workers;
    kill 'TERM', $worker;
    disk('good');
    $gate->wait_for(
        sub {
            !grep { $_ == $worker } $gate->workers;
        },
        'the worker ends');
    $end->();
    said($unclaimed);
    allowed($gate->call('/next'), 'the next call');
    like $gate->since(3, 1), qr/gateway_terminated/, 'the records say what became of the calls';
    $gate->counts_what_it_records('the metrics count each call as its record does');
};

subtest 'the disk fails' => sub {
    disk('fail');
    $gate->mark;
    my $api = $gate->api_calls;
    refused($gate->call('/x'), 503, 'audit_unavailable', 'no call without its record on the disk');
    is $gate->api_calls, $api, 'the API has not seen it';
    disk('good');
    allowed($gate->call('/y'), 'it goes on by itself');
    my $text = $gate->since(2, 1);
    is_deeply [map { verdict($_) // $_->{event_name} } records($text)],
        [qw(allowed ggi.call_withdrawn allowed ggi.call_completed)], 'the records say what became of each';
    my ($allowed, $withdrawn) = records($text);
    is_deeply [@{$withdrawn}{qw(trace_id parent_span_id status)}], [@{$allowed}{qw(trace_id span_id)}, 'Error'],
        'the decision is withdrawn by what follows from it';
    like $withdrawn->{span_id}, qr/^(?!$allowed->{span_id})[0-9a-f]{16}$/, 'in a span of its own';
    my %attributes = %{ $withdrawn->{attributes} };
    is_deeply {
        map { $_ => $attributes{$_} } grep { !/^ggi\.chain/ } keys %attributes
    },
        {
        'ggi.transaction_id' => $allowed->{attributes}{'ggi.transaction_id'}, 'ggi.call.dienst' => 'brp',
        'ggi.call.oin' => $GGI::Gate::OIN, 'ggi.withdrawn.reason' => 'audit_unavailable',
        'http.response.status_code' => 503
        },
        'which call that was, and how it was refused';
    like $gate->read('logs/error.log'),
        qr/\[alert\].*fdatasync\(\)\ of\ audit\ log\ "\S+"\ failed:\ what\ may\ not\ be\ on\ the
            \ disk\ is\ written\ to\ another\ file;\ calls\ are\ refused\ when\ that\ fails
            \ too.*Input\/output\ error/x,
        'the error log says why';
    cmp_ok $gate->status->{ggi_audit_write_errors_total}, '>=', 1, 'and the status';
};

subtest 'rotation while calls wait' => sub {
    disk('hang');
    $gate->mark;
    my $end = calls(3);
    $gate->since(3, 0);
    my $log = $gate->audit_file;
    rename $log, "$log.1" or die $!;
    $gate->signal('USR1');
    sleep 0.2;
    disk('good');
    is_deeply counted($end->()), { 200 => 3 }, 'they go on';
    $gate->wait_for(sub { -e $log }, 'the new log');
    allowed($gate->call('/rotated'), 'a call after it');
    $gate->since(4, 4);
    chains_hold($gate->audit_text, 'the chain goes on');
};

for my $state ('hang', 'fail-once', 'good') {
    subtest "rotation with records that are not synced yet, the disk: $state" => sub {
        disk('hang');
        $gate->mark;
        my $first = calls(1, "/one-$state");
        $gate->since(1, 0);
        my $second = calls(2, "/more-$state");
        $gate->since(3, 0);
        my $log = $gate->audit_file;
        rename $log, "$log.$state" or die $!;
        $gate->signal('USR1');
        $gate->wait_for(sub { -e $log }, 'the new file');
        my $start = time;
        is $gate->call('/plain', '--max-time', 8)->{body}, 'plain',
            'what is no call is answered meanwhile';
        cmp_ok time - $start, '<', 5, 'at once';
        my $api = $gate->api_calls;
        sleep 0.3;
        is $gate->api_calls, $api, 'the calls wait still';
        sleep 1.5 if $state eq 'hang';
        disk($state eq 'hang' ? 'good' : $state);
        $_->() for $first, $second;
        $gate->wait_for(sub { $gate->api_calls == $api + 3 }, 'the calls');
        is $gate->api_calls, $api + 3, 'all go on';
        allowed($gate->call("/after-$state"), 'a call after it');
        ok $gate->wait_for(
            sub { $gate->read('logs/audit.0.jsonl') =~ /call_completed.*after-$state|after-$state.*call_completed/ },
            'its completion'),
            'is in the new file'
            if $state ne 'fail-once';
        my $on_disk = on_disk($gate);
        ok $on_disk->{$_}, "the record of $_ is on the disk"
            for "/one-${state}1", "/more-${state}1", "/more-${state}2", "/after-$state";
        disk('good');
        verify($gate);
    };
}

# Has the worker end by TERM, which comes while its disk is in a state; gives up when it does not end.
sub terminated {
    my (%args) = @_;
    my ($worker) = $gate->workers;
    kill 'TERM', $worker;
    $gate->wait_for(sub { $gate->read('logs/error.log') =~ /\] $worker#\d+: exiting$/m }, 'it hears of that');
    if ($args{becomes}) {
        open my $fh, '>', "$dir/$args{becomes}" or die $!;
        close $fh;
        unlink "$dir/hang";
    }
    return $gate->wait_for(
        sub {
            !grep { $_ == $worker } $gate->workers;
        },
        'the end of the worker');
}

# What records "ggi.gap" tell: how many records are lost, and why.
sub gaps {
    my ($text) = @_;
    return map {"$_->{'ggi.gap.records'} $_->{'ggi.gap.reason'}"}
        map { $_->{attributes} } grep { $_->{event_name} eq 'ggi.gap' } records($text);
}

# Which bytes of which file (by inode) are on the disk: after a failed sync only what is written later can be.
sub durable {
    my (%failed, %durable);
    open my $fh, '<', "$dir/notes" or die $!;
    while (<$fh>) {
        my ($what, $ino, $size) = split;
        if ($what eq 'failed') { $failed{$ino} = $size }
        else { push @{ $durable{$ino} }, [$failed{$ino} // 0, $size] }
    }
    return \%durable;
}

# The paths whose record of being allowed is on the disk.
sub on_disk {
    my ($of) = @_;
    my ($durable, %paths) = (durable());
    for my $path ($of->{trail}->files) {
        open my $fh, '<:raw', $path or die $!;
        my $ranges = $durable->{ (stat $fh)[1] } // [];
        my $from = 0;
        while (my $line = <$fh>) {
            my $to = $from + length $line;
            $paths{$1}++
                if grep { $_->[0] <= $from && $to <= $_->[1] } @$ranges
                and $line =~ m{"path":"([^"]+)".*"decision":true};
            $from = $to;
        }
    }
    return \%paths;
}

sub verify {
    my ($of) = @_;
    my $said = qx($GGI::Nginx::ROOT/scripts/ggictl audit verify @{[ $of->{trail}->files ]} 2>&1);
    return is($?, 0, 'ggictl audit verify finds no fault') || diag $said;
}

subtest 'the disk fails once' => sub {
    disk('fail-once');
    allowed($gate->call('/once'), 'the record is repeated, the call goes on');
    my @files = grep { local (@ARGV, $/) = $_; -s && <> =~ m{"path":"/once".*"decision":true} } $gate->{trail}->files;
    is scalar @files, 2, 'in another file';
    ok on_disk($gate)->{'/once'}, 'and is on the disk';
    verify($gate);
};

subtest 'there is no other file' => sub {
    my @held = map { open my $fh, '<', $_ or die $!; flock $fh, LOCK_EX | LOCK_NB; $fh } $gate->{trail}->files;
    disk('fail-once');
    refused($gate->call("/nowhere$_"), 503, 'audit_unavailable', "call $_, though a sync goes well again") for 1 .. 3;
    close $_ for @held;
    allowed($gate->call('/somewhere'), 'as soon as there is one');
    my $on_disk = on_disk($gate);
    ok $on_disk->{$_}, "the record of $_ is on the disk" for '/nowhere1', '/somewhere';
    verify($gate);
};

subtest 'another worker takes the file that is made' => sub {
    my $logs = $gate->prefix . '/logs';
    my $mode = (stat $logs)[2] & oct 7777;
    chmod oct 777, $logs or die $!;
    my @files = $gate->{trail}->files;
    my @held = map { open my $fh, '<', $_ or die $!; flock $fh, LOCK_EX | LOCK_NB; $fh } @files;
    open my $race, '>', "$dir/race" or die $!;
    close $race or die $!;
    disk('fail-once');
    my $log = length $gate->read('logs/error.log');
    allowed($gate->call('/raced'), 'a further one is made');
    unlike substr($gate->read('logs/error.log'), $log), qr/no other file/, 'which is no fault';
    ok !-e "$dir/race", 'after that race';
    ok on_disk($gate)->{'/raced'}, 'its record is on the disk';
    chmod $mode, $logs or die $!;
    close $_ for @held;
    verify($gate);
};

subtest 'a new file in the place of the one that could not be synced' => sub {
    my @files = $gate->{trail}->files;
    my %size = map { $_ => -s } @files;
    my @held = map { open my $fh, '<', $_ or die $!; flock $fh, LOCK_EX | LOCK_NB; $fh } @files;
    disk('fail-once');
    refused($gate->call('/faulty'), 503, 'audit_unavailable', 'a call while there is no other file');
    my ($faulty) = grep { -s > $size{$_} } @files;
    my (undef, undef, $mode, undef, $uid, $gid) = stat $faulty;
    open my $fh, '>', "$faulty.new" or die $!;
    close $fh;
    chmod $mode & oct(7777), "$faulty.new" or die $!;
    chown $uid, $gid, "$faulty.new" or die $!;
    copy($faulty, "$faulty.copy") or die $!;
    rename "$faulty.new", $faulty or die $!;
    ok $gate->wait_for(sub { on_disk($gate)->{'/faulty'} }, 'the new file'), 'what was refused comes to the disk';
    allowed($gate->call("/replaced$_"), "call $_ needs no third file") for 1 .. 2;
    my $text = do { local (@ARGV, $/) = $faulty; <> };
    is scalar(() = $text =~ m{"path":"/$_->[0]"}g), $_->[1], "records of /$_->[0] in it: $_->[1]"
        for ['faulty', 1], ['replaced1', 1];
    is scalar(() = $text =~ /"ggi\.call_withdrawn"/g), 1, 'and the one that takes the first back';
    my $on_disk = on_disk($gate);
    ok $on_disk->{$_}, "the record of $_ is on the disk" for '/replaced1', '/replaced2';
    close $_ for @held;
    verify($gate);
};

subtest 'the disk fails now and then, under load' => sub {
    my %status;
    for my $round (1 .. 6) {
        my $end = calls(60, "/round$round-");
        disk($round % 2 ? 'fail' : 'fail-once');
        sleep 0.1;
        disk('good');
        %status = (%status, %{ $end->() });
    }
    my $on_disk = on_disk($gate);
    my @ok = grep { $status{$_} == 200 } keys %status;
    is_deeply [grep { !$on_disk->{$_} } @ok], [], 'each of ' . @ok . ' calls that were answered 200 is on the disk';
    is_deeply [grep { $status{$_} != 200 && $status{$_} != 503 } keys %status], [], 'the others were refused';
    verify($gate);
};

subtest 'a worker that ends while a sync fails' => sub {
    disk('hang');
    $gate->mark;
    my $lost = $gate->status->{ggi_audit_lost_total};
    my $call = $gate->begin('/ends-without-claim', { claim => '' });
    $gate->since(1, 0);
    my $log = length $gate->read('logs/error.log');
    ok terminated(becomes => 'fail'), 'it waits for the disk, and ends';
    disk('good');
    said($call);
    like substr($gate->read('logs/error.log'), $log),
        qr/fdatasync\(\)\ of\ audit\ log.*failed.*\[alert\].*:\ 1\ audit\ records\ are\ lost\ with\ this\ worker:
            \ they\ may\ not\ be\ on\ the\ disk,\ which\ could\ not\ be\ synced.*Input\/output\ error/xs,
        'the error log says so';
    $gate->wait_for(sub { gaps($gate->audit_text) }, 'the gap');
    is_deeply [gaps($gate->audit_text)], ['1 Input/output error'], 'and the log, by the next worker';
    is $gate->status->{ggi_audit_lost_total} - $lost, 1, 'and the metric';
    verify($gate);
};

subtest 'a worker that ends while a sync fails once' => sub {
    disk('hang');
    $gate->mark;
    my $end = calls(1, '/ends-once');
    $gate->since(1, 0);
    ok terminated(becomes => 'fail-once'), 'it ends';
    disk('good');
    $end->();
    ok on_disk($gate)->{'/ends-once1'}, 'and has written the record once more, to another file';
    is_deeply [gaps($gate->audit_text)], ['1 Input/output error'], 'nothing more is lost';
    verify($gate);
};

subtest 'a worker that ends after a sync failed' => sub {
    disk('fail');
    refused($gate->call('/ends-later'), 503, 'audit_unavailable', 'a call');
    sleep 0.5;
    disk('good');
    terminated();
    ok on_disk($gate)->{'/ends-later'}, 'its record is on the disk all the same';
    is_deeply [gaps($gate->audit_text)], ['1 Input/output error'], 'nothing more is lost';
    verify($gate);
};

subtest 'the disk fails for long' => sub {
    disk('fail');
    my $api = $gate->api_calls;
    my %size = map { $_ => -s } $gate->{trail}->files;
    refused($gate->call("/long$_"), 503, 'audit_unavailable', "call $_") for 1 .. 12;
    is $gate->api_calls, $api, 'the API has seen none';
    my $grown = 0;
    $grown += (-s) - ($size{$_} // 0) for $gate->{trail}->files;
    cmp_ok $grown, '<', 80_000, 'nothing is repeated each time';
    disk('good');
    allowed($gate->call('/short'), 'it goes on by itself');
    ok on_disk($gate)->{'/short'}, 'on the disk';
    verify($gate);
};
$gate->stop;

for my $signal (qw(HUP QUIT)) {
    subtest "SIG$signal while calls wait" => sub {
        disk('good');
        my $ending = GGI::Gate->new(
            %parameters, pki => $gate->{pki}, workers => 2, odd => 1,
            locations => 'location / { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }');
        start($ending);
        allowed($ending->call('/first'), 'a call');
        $ending->since(1, 1);
        disk('hang');
        $ending->mark;
        my $end = calls(50, '/ending', $ending);
        $ending->since(50, 0);
        my %old = map { $_ => 1 } $ending->workers;
        $ending->signal($signal);
        sleep 0.5;
        cmp_ok scalar(grep { $old{$_} } $ending->workers), '>=', 1, 'the worker stays for whom they wait';
        disk('good');
        is_deeply counted($end->()), { 200 => 50 }, 'every call is answered';
        $ending->wait_for(
            sub {
                !grep { $old{$_} } $ending->workers;
            },
            'the end of the workers') if $signal eq 'HUP';
        $ending->stop;
        my $text = $ending->audit_text;
        is scalar(() = decisions($text)), 51, 'and recorded';
        is scalar(() = completions($text)), 51, 'with its end';
        verify($ending);
    };
}

done_testing;
