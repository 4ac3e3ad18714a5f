# SPDX-License-Identifier: EUPL-1.2
# Completion records ride with the next decision. Without one they are written within 100 ms; at once when many wait,
# when the files are changed, and when a worker ends.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(decisions completions chains_hold);
use GGI::Child;
use GGI::Curl qw(said);
use GGI::Gate;
use GGI::Preload;
use GGI::Slow qw(sleep time);

my $pki = GGI::Pki->new;
$pki->client('caller', '--oin', $GGI::Gate::OIN);

sub gate { return GGI::Gate->new(pki => $pki, @_) }

# Each admitted call of a text has one completion.
sub all_complete {
    my ($text, $n, $name) = @_;
    my @decisions = map { $_->{span_id} } decisions($text);
    is scalar @decisions, $n, "$name: so many decisions";
    return is_deeply [sort map { $_->{parent_span_id} } completions($text)], [sort @decisions],
        "$name: one completion for each";
}

for my $signal (qw(USR1 HUP QUIT TERM)) {
    for my $durability (qw(written synced)) {
        subtest "$signal just after calls, durability=$durability" => sub {
            my $gate = gate(log => "%%PREFIX%%/logs/audit.jsonl durability=$durability")->start;
            is_deeply [said($gate->begin('/call/[1-5]'))], [(200) x 5], 'calls are allowed';
            my $file = $gate->audit_file;
            rename $file, "$file.1" or die "$file: $!" if $signal eq 'USR1';
            $gate->signal($signal);
            if ($signal =~ /QUIT|TERM/) {
                waitpid delete $gate->{pid}, 0;
                is $?, 0, 'nginx ends well';
            }
            elsif ($signal eq 'USR1') {
                $gate->wait_for(sub { -e $file }, 'the other file');
            }
            $gate->since(5, 5);
            all_complete($gate->read($signal eq 'USR1' ? 'logs/audit.0.jsonl.1' : 'logs/audit.0.jsonl'), 5, 'the file');
            chains_hold($gate->audit_text, 'in a chain that holds');
            $gate->stop;
        };
    }
}

# The schema of a record allows what nginx does: three digits, from 100 on. stop() looks at that too.
subtest 'a status that no standard has' => sub {
    my $gate = gate(
        api => 'location /odd { return 999 odd; }',
        locations => 'location / { ggi_dienst brp; proxy_pass http://api; } '
            . 'location /own { ggi_dienst brp; return 799 own; }')->start;
    is $gate->call('/odd')->{status}, 999, 'of the API';
    is $gate->call('/own')->{status}, 799, 'of the configuration, before the gates';
    my $text = $gate->since(2, 1);
    is((completions($text))[0]{attributes}{'http.response.status_code'}, 999, 'in the completion');
    is((decisions($text))[1]{body}{'adl.core.response'}{context}{status}, 799, 'in the decision');
    $gate->stop;
};

SKIP: {
    skip 'has no place before the sanitizer', 1 if !GGI::Preload::possible();

    # Each write to the audit log: how many records of each kind and bytes, and when it was done, in ms.
    my $writes = GGI::Preload->new(<<'C');
#include <stdio.h>
#include <string.h>
#include <time.h>

static int count(const char *data, size_t n, const char *word)
{
    int          k = 0;
    const char  *p = data;

    while ((p = memmem(p, n - (p - data), word, strlen(word))) != NULL) {
        p += strlen(word);
        k++;
    }

    return k;
}

ssize_t write(int fd, const void *data, size_t n)
{
    int              log;
    char             link[64], path[4096] = "";
    ssize_t          rc;
    struct timespec  now;

    static ssize_t (*next)(int, const void *, size_t);

    if (next == NULL) next = dlsym(RTLD_NEXT, "write");
    rc = next(fd, data, n);

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof(path) - 1) > 0 && strstr(path, "/audit.")) {
        clock_gettime(CLOCK_REALTIME, &now);
        log = open(STATE "/writes", O_WRONLY|O_CREAT|O_APPEND, 0666);
        dprintf(log, "%d %d %zd %lld\n", count(data, n, "\"adl.access_evaluation\""),
                count(data, n, "\"ggi.call_completed\""), rc, now.tv_sec * 1000LL + now.tv_nsec / 1000000);
        close(log);
    }

    return rc;
}
C

    # Starts a gate whose writes are noted from now on.
    sub watched {
        my (%args) = @_;
        local $ENV{LD_PRELOAD} = $writes->path;
        unlink $writes->state . '/writes';
        return gate(%args)->start;
    }

    # The writes so far: { decisions, completions, bytes, at }.
    sub writes {
        open my $fh, '<', $writes->state . '/writes' or return;
        return map {
            my %write;
            @write{qw(decisions completions bytes at)} = split;
            \%write
        } readline $fh;
    }

    for my $durability (qw(written synced buffered)) {
        subtest "the writes of calls one after the other, durability=$durability" => sub {
            my $gate = watched(log => "%%PREFIX%%/logs/audit.jsonl durability=$durability");
            my $begun = time;
            is_deeply [said($gate->begin('/call/[1-25]', '--http1.1'))], [(200) x 25], 'calls are allowed';
            my $text = $gate->since(25, 25);
            all_complete($text, 25, 'the log');
            my @writes = writes();

            # what waits for a call is written after 100 ms when none comes, as where the machine stands still
            my $waited = grep { $writes[$_]{at} - $writes[$_ - 1]{at} >= 90 } 1 .. $#writes;
            my $most = $durability eq 'buffered' ? 2 + int $GGI::Slow::FACTOR * (time - $begun) : 30 + $waited;
            cmp_ok scalar @writes, '<=', $most, 'completions have no write of their own';
            my $sum = 0;
            $sum += $_->{decisions} + $_->{completions} for @writes;
            is $sum, 50, 'nothing is written twice';
            my $status = $gate->status;
            is_deeply [@$status{qw(ggi_audit_records_total ggi_audit_waiting_bytes)}], [51, 0],
                'the metrics count what is written, and what opens the chain';
            $gate->stop;
        };
    }

    subtest 'a call after which no other comes' => sub {
        my $gate = watched();
        for my $n (1 .. 4) {
            is $gate->call('/call')->{status}, 200, 'a call is allowed';
            $gate->since($n, $n);
        }
        my @writes = writes();
        is_deeply [map {"$_->{decisions} $_->{completions}"} @writes], [('1 0', '0 1') x 4],
            'its completion is written by itself';
        my @late = map { $writes[2 * $_ + 1]{at} - $writes[2 * $_]{at} } 0 .. 3;
        # where the machine stands still a write is late by that; without a timer all are
        cmp_ok((sort { $a <=> $b } @late)[1], '<', 500 * $GGI::Slow::FACTOR, "soon: after @late ms");
        cmp_ok $late[0], '>=', 90, 'and not before 100 ms';
        $gate->stop;
    };

    # Other tests have the machine too: of some attempts one has to be as quick as all are on an idle one.
    subtest '64 KB of completions' => sub {
        my $gate =
            watched(odd => 1, locations => 'location / { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }');
        my $long = 'x' x 3500;
        my @quick;
        for my $attempt (1 .. 10) {
            my @options = $gate->caller_options;
            $gate->mark;
            my $calls = GGI::Child->command(
                'curl', '-s', '--http1.1', '-k', '--parallel', '--parallel-immediate', '--parallel-max', 30, @options,
                $gate->address("/$long/[1-30]/hold"));
            $gate->since(30, 0);
            my $before = writes();
            $calls->stop;
            my ($first) = sort { $a <=> $b } map { $_->{timestamp} } completions($gate->since(30, 30));
            my @new = (writes())[$before .. writes() - 1];
            @quick = grep { $_->{bytes} >= 65536 && $_->{at} < $first + 90 } @new;
            last if @quick;
        }
        ok scalar @quick, 'are written at once';
        $gate->stop;
    };
}

done_testing;
