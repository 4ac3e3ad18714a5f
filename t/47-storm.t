# SPDX-License-Identifier: EUPL-1.2
# 10,000 mixed requests over 200 connections at a time, many of which break off: as many decision records as nginx
# counted calls, every line whole, and no call at the API without an earlier record.
# Under an instrument they are a third.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use GGI::Audit qw(decisions completions records chains_hold);
use GGI::Gate;
use GGI::Nginx ();
use GGI::Raw qw(connect_to receive reset_connection);

my $part = GGI::Nginx::under_instrument() ? 3 : 1;
my ($processes, $connections, $rounds) = (8, 25, int 25 / $part);
my $seed = $ENV{GGI_SEED} // time;
note "GGI_SEED=$seed";

my $gate = GGI::Gate->new(
    workers => 2,
    listen => 'listen 127.0.0.1:%%PORT%% backlog=1024; listen 127.0.0.1:%%PORT3%% ssl http2;',
    locations => 'location / { ggi_dienst brp; ggi_pkio off; ggi_autorisatie off; proxy_pass http://slow; }',
    more => <<'CONF',
        ggi_audit_anonymous off;
        log_format spans '$msec $http_traceparent';
        upstream slow { server 127.0.0.1:%%PORT9%%; keepalive 32; }
        server {
            listen 127.0.0.1:%%PORT9%% backlog=1024;
            access_log %%PREFIX%%/logs/spans.log spans;
            client_max_body_size 10m;
            location / { return 200 "ok\n"; }
            location /large { limit_rate 200k; root %%PREFIX%%; }
        }
CONF
);
$gate->write('large', 'x' x 60_000);
$gate->start;

my $claim = "$GGI::Gate::CLAIM\r\n";
my @requests = (
    "GET /a HTTP/1.1\r\nHost: x\r\n$claim\r\n",
    "GET /large HTTP/1.1\r\nHost: x\r\n$claim\r\n",
    "GET /none HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /unknown HTTP/1.1\r\nHost: x\r\nX-Doelbinding: x\r\n\r\n",
    "POST /b HTTP/1.1\r\nHost: x\r\n${claim}Content-Length: 3000\r\n\r\n" . 'x' x 3000,
    "POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n\r\n" . 'x' x 3000,
    "GET /d HTTP/1.1\r\nHost: x\r\n$claim\r\n" x 3,
    "POST /e HTTP/1.1\r\nHost: x\r\n${claim}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "GET /f HTTP/1.1\r\n\r\n",
    "nonsense\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
    "HEAD /g HTTP/1.1\r\nHost: x\r\n$claim\r\n",
);

# 25 connections side by side, 25 times: each sends a request or two, whole or in part, and waits, closes or resets.
sub storm {
    local $SIG{PIPE} = 'IGNORE';
    for (1 .. $rounds) {
        my @open = map { connect_to($gate->port) } 1 .. $connections;
        for my $socket (@open) {
            my $text = join '', map { $requests[rand @requests] } 1 .. 2;
            $text = substr $text, 0, 1 + rand length $text if rand() < 0.2;
            syswrite $socket, $text;
        }
        sleep rand 0.02;
        for my $socket (@open) {
            my $end = rand;
            if ($end < 0.35) { reset_connection($socket) }
            elsif ($end < 0.5) { close $socket }
            else { receive($socket, undef, 0.02); close $socket }
        }
    }
    return;
}

my @children = map {
    my $n = $_;
    GGI::Child->function(sub { srand $seed + $n; storm() });
} 1 .. $processes;
# HTTP/2 alongside, of which curl is killed in the midst
for my $n (1 .. int 10 / $part) {
    push @children, GGI::Child->command(
        'curl', '-s', '--http2', '--parallel', '--parallel-max', 50, $gate->caller_options,
        $gate->https('/large?[1-60]', 3));
    sleep 0.3;
    $children[-1]->stop if $n % 2;
}
$_->wait for @children;
$gate->counts_what_it_records('ggi_status has counted what is recorded');
$gate->stop;

my $text = $gate->audit_text;
my @records = eval { records($text) };
is $@, '', 'every line parses';
chains_hold($text, 'the chains hold');

my $calls = $gate->read('logs/access.log') =~ tr/\n//;
my @decisions = decisions($text);
cmp_ok $calls, '>', 5_000 / $part, "nginx counted $calls calls";
is scalar @decisions, $calls, 'as many decision records';
my %spans;
$spans{ $_->{span_id} }++ for @decisions;
is scalar(grep { $_ > 1 } values %spans), 0, 'none twice';

my %allowed = map { $_->{attributes}{'ggi.api.span_id'} => $_ }
    grep { $_->{body}{'adl.core.response'}{decision} } @decisions;
my @completions = completions($text);
is scalar @completions, scalar keys %allowed, 'a completion for every admitted call';
is scalar(grep { !$allowed{ $_->{span_id} } } @completions), 0, 'and for no other';

my @unrecorded;
my $at_api = 0;
for my $line (split /\n/, $gate->read('logs/spans.log')) {
    my ($time, $span) = $line =~ /^(\S+) 00-[0-9a-f]{32}-([0-9a-f]{16})-/ or next;
    $at_api++;
    push @unrecorded, $line if !$allowed{$span} || $allowed{$span}{timestamp} > $time * 1000;
}
is scalar @unrecorded, 0, "each of $at_api calls at the API has an earlier record that admits it"
    or diag "$unrecorded[0]";

done_testing;
