# SPDX-License-Identifier: EUPL-1.2
# Server push of HTTP/2: nginx makes the requests by itself, so that they are nobody's calls.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(verdicts);
use GGI::Gate;
use GGI::H2 ();
use GGI::Nginx;

my $version = qx($GGI::Nginx::BINARY -v 2>&1) =~ m{nginx/(\d+)\.(\d+)\.(\d+)} ? sprintf '%d%03d%03d', $1, $2, $3 : 0;
plan skip_all => 'this nginx does not push' if $version >= 1025001;

my $pki = GGI::Pki->new;
my $push = qr/"http2_push"\ and\ "http2_push_preload"\ have\ no\ effect\ in\ dienst\ "brp":\ .*take\ them
        \ out\ of\ the\ block\ of\ "ggi_dienst"\ in\ \S+nginx\.conf:\d+/x;

# How often nginx -t warns of a push.
sub warnings_of {
    my ($locations) = @_;
    my ($good, $output) = GGI::Gate->new(pki => $pki, locations => $locations)->test_configuration;
    ok $good, 'loads' or diag $output;
    return scalar(() = $output =~ /$push/g);
}

my $dienst = 'location /brp/ { ggi_dienst brp; proxy_pass http://api; }';
is warnings_of('location /brp/ { ggi_dienst brp; http2_push /brp/x; proxy_pass http://api; }'), 1,
    'nginx -t warns of a push in a dienst';
is warnings_of("http2_push_preload on; $dienst"), 1, 'and of one for all of a server';
is warnings_of("$dienst location /other/ { root /nonexistent; http2_push /x; }"), 0, 'not of one outside';

my $gate = GGI::Gate->new(
    pki => $pki,
    listen => 'listen 127.0.0.1:%%PORT%% ssl http2; listen 127.0.0.1:%%PORT3%% http2;',
    api => 'location /brp/linked { add_header Link "</brp/pushed>; rel=preload"; return 200 "ok\n"; }',
    locations => <<'CONF');
        ggi_pkio off;
        ggi_autorisatie off;
        location /brp/ { ggi_dienst brp; http2_push /brp/pushed; http2_push_preload on; proxy_pass http://api; }
        location /outside/ { ggi_dienst off; http2_push /brp/pushed; proxy_pass http://api; }
CONF
$gate->start;

sub frames {
    my ($path) = @_;
    my ($name, $value) = split /: /, lc($GGI::Gate::CLAIM) =~ s/brpact-algemenetaken/BRPACT-AlgemeneTaken/r;
    $gate->mark;
    return GGI::H2::exchange(
        $gate->port(3), undef, ':method' => 'GET', ':path' => $path, ':scheme' => 'http',
        ':authority' => 'x', $name => $value);
}

my @frames = frames('/brp/linked');
is scalar(grep { $_->[0] == 1 && $_->[2] == 1 } @frames), 1, 'a call is answered';
is scalar(grep { $_->[0] == 5 } @frames), 0, 'with no push';
is_deeply [verdicts($gate->since(1, 1))], ['allowed'], 'and recorded alone';

@frames = frames('/outside/x');
is scalar(grep { $_->[0] == 5 } @frames), 1, 'a push from outside of a dienst';
is scalar(grep { $_->[0] == 1 && $_->[2] == 2 } @frames), 1, 'is answered';
is_deeply [verdicts($gate->since(0, 0))], [], 'but nobody\'s call';
is $gate->api_calls, 2, 'nor at the API';
$gate->stop;

done_testing;
