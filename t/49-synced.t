# SPDX-License-Identifier: EUPL-1.2
# durability=synced: a call goes on when its record is on the disk, and no other request waits for that.
use strict;
use warnings;

use File::Temp ();
use Test::More;
use Time::HiRes qw(time);

use GGI::Audit qw(verdicts chains_hold);
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Slow qw(sleep);

plan skip_all => 'has no place before the sanitizer' if $ENV{ASAN_OPTIONS};

# A disk that is slow or broken on purpose: fdatasync() of a library that is loaded before libc.
my $dir = File::Temp->newdir('ggi-synced-XXXXXX', TMPDIR => 1);
chmod 0777, "$dir";
open my $source, '>', "$dir/disk.c" or die $!;
print $source <<'C';
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int there(const char *name)
{
    char  path[256];

    snprintf(path, sizeof(path), "%s/%s", getenv("GGI_DISK"), name);
    return access(path, F_OK) == 0;
}

int fdatasync(int fd)
{
    char  path[256];
    int   log;

    while (there("hang")) {
        usleep(10000);
    }

    snprintf(path, sizeof(path), "%s/syncs", getenv("GGI_DISK"));
    log = open(path, O_WRONLY|O_CREAT|O_APPEND, 0666);
    if (log == -1 || write(log, ".", 1) != 1) {
        abort();
    }
    close(log);

    if (there("fail")) {
        errno = EIO;
        return -1;
    }

    return fsync(fd);
}
C
close $source or die $!;
system('gcc', '-shared', '-fPIC', '-o', "$dir/disk.so", "$dir/disk.c") == 0 or die "gcc failed\n";

sub disk {
    my ($state) = @_;
    unlink "$dir/hang", "$dir/fail";
    return if $state eq 'good';
    open my $fh, '>', "$dir/$state" or die $!;
    return close $fh;
}

sub syncs { return -s "$dir/syncs" // 0 }

my $gate = GGI::Gate->new(
    log => '%%PREFIX%%/logs/audit.jsonl durability=synced',
    main => 'env GGI_DISK;',
    locations => 'location / { ggi_dienst brp; proxy_pass http://api; } location /plain { ggi_dienst off; return 200 plain; }',
    allow_errors => [qr/fdatasync\(\)/],
);
{
    local @ENV{qw(GGI_DISK LD_PRELOAD)} = ("$dir", "$dir/disk.so");
    $gate->start;
}

# Calls made at the same time; returns what to wait for them with.
sub calls {
    my ($n) = @_;
    my @options = $gate->caller_options;
    my $pid = fork // die;
    if ($pid == 0) {
        open STDOUT, '>', "$dir/codes" or die $!;
        exec 'curl', '-sS', '--no-progress-meter', '--max-time', 60, '--parallel', '--parallel-max', 64, @options, '-w', '%{http_code}\n', (map { (-o => '/dev/null', $gate->https("/call$_")) } 1 .. $n);
    }
    return sub {
        waitpid $pid, 0;
        open my $fh, '<', "$dir/codes" or die $!;
        chomp(my @codes = <$fh>);
        my %count;
        $count{$_}++ for @codes;
        return \%count;
    };
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
    is curl($gate->https('/plain'), $gate->{pki}->anonymous)->{body}, 'plain', 'what is no call is answered meanwhile';
    cmp_ok time - $start, '<', 5, 'at once';
    disk('good');
    is_deeply $end->(), { 200 => 40 }, 'all calls go on when it is over';
    $gate->since(40, 40);
    cmp_ok syncs() - $syncs, '<', 40, 'they share their syncs: ' . (syncs() - $syncs) . ' of 40 calls';
};

subtest 'a client that goes away meanwhile' => sub {
    disk('hang');
    $gate->mark;
    my @options = $gate->caller_options;
    my $pid = fork // die;
    if ($pid == 0) { exec 'curl', '-s', '-o', '/dev/null', @options, $gate->https('/gone') }
    $gate->since(1, 0);
    kill 'KILL', $pid;
    waitpid $pid, 0;
    sleep 0.2;
    disk('good');
    allowed($gate->call('/next'), 'the next call');
};

subtest 'the disk fails' => sub {
    disk('fail');
    $gate->mark;
    my $api = $gate->api_calls;
    refused($gate->call('/x'), 503, 'audit_unavailable', 'no call without its record on the disk');
    is $gate->api_calls, $api, 'the API has not seen it';
    disk('good');
    allowed($gate->call('/y'), 'it goes on by itself');
    is_deeply [ verdicts($gate->since(3, 1)) ], [qw(allowed audit_unavailable allowed)], 'the records say what became of each';
    like $gate->read('logs/error.log'), qr/\[alert\].*fdatasync\(\) of audit log "\S+" failed: what may not be on the disk is written to another file; calls are refused when that fails too.*Input\/output error/, 'the error log says why';
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
    is_deeply $end->(), { 200 => 3 }, 'they go on';
    $gate->wait_for(sub { -e $log }, 'the new log');
    allowed($gate->call('/rotated'), 'a call after it');
    $gate->wait_for(sub { $gate->read('logs/audit.0.jsonl') =~ /call_completed.*rotated/ }, 'its completion');
    chains_hold($gate->audit_text, 'the chain goes on');
};

$gate->stop;
done_testing;
