# SPDX-License-Identifier: EUPL-1.2
# What a caller says about its connection: an upgrade is a tunnel that is allowed and recorded, or there is none; and
# no name in Connection takes a header away.
use strict;
use warnings;

use IO::Socket::INET;
use Test::More;

use GGI::Audit qw(completions decisions records);
use GGI::Gate;
use GGI::Problem qw(allowed);
use GGI::Raw qw(connect_to raw receive);

my $claim = "Host: x\r\n$GGI::Gate::CLAIM\r\n";
my $upgrade = "Connection: Upgrade\r\nUpgrade: echo\r\n";
my $pass =
      'proxy_http_version 1.1; proxy_set_header Connection $http_connection; '
    . 'proxy_set_header Upgrade $http_upgrade; proxy_pass http://127.0.0.1:%%PORT9%%;';
my $pki = GGI::Pki->new;

# Without TLS, so that requests can be sent byte by byte, and beside it with TLS, so that they can be sent over HTTP/2.
sub gate {
    my ($locations) = @_;
    my $gate = GGI::Gate->new(
        pki => $pki, odd => 1, listen => 'listen 127.0.0.1:%%PORT%% ssl http2; listen 127.0.0.1:%%PORT3%%;',
        locations => "ggi_dienst brp; ggi_pkio off; ggi_autorisatie off; $locations");
    return $gate->start;
}

my $gate = gate(<<"CONF");
    location / { $pass }
    location /mapped/ {
        if (\$http_upgrade ~ never) { return 418; }
        proxy_http_version 1.1;
        proxy_set_header Connection upgrade;
        proxy_set_header Upgrade \$http_upgrade;
        proxy_pass http://127.0.0.1:%%PORT9%%;
    }
    location /always/ {
        proxy_http_version 1.1;
        proxy_set_header Connection upgrade;
        proxy_set_header Upgrade echo;
        proxy_pass http://127.0.0.1:%%PORT9%%;
    }
    location /none/ { proxy_pass http://127.0.0.1:%%PORT9%%; }
    location /on/ { ggi_dienst_upgrade on; $pass }
    location /on/kept/ {
        ggi_dienst_upgrade on;
        set \$kept \$http_upgrade;
        proxy_http_version 1.1;
        proxy_set_header Connection upgrade;
        proxy_set_header Upgrade \$kept;
        proxy_pass http://127.0.0.1:%%PORT9%%;
    }
    location /on/off/ { ggi_dienst_upgrade off; $pass }
    location /redirect/ { ggi_dienst_upgrade on; try_files /nothing \@off; }
    location \@off { $pass }
    location /page/ { error_page 502 = /answer; $pass }
    location = /answer { internal; proxy_pass http://127.0.0.1:%%PORT9%%/other; }
CONF
my $port = $gate->port(3);

sub completion {
    my ($text) = @_;
    my @completions = completions($text);
    is scalar @completions, 1, 'one completion';
    return $completions[0]{attributes};
}

for my $path (qw(/ /mapped/ /always/ /none/ /on/off/ /redirect/)) {
    subtest "an API that switches protocols all the same: $path" => sub {
        $gate->mark;
        my $answer = raw(
            $port, "GET ${path}upgrade HTTP/1.1\r\n${claim}$upgrade\r\nGET /brp/geheim HTTP/1.1\r\nHost: x\r\n\r\n",
            seconds => 5, until => qr/echo|<\/html>/);
        like $answer, qr{\AHTTP/1\.1 502 }, 'a bad gateway';
        unlike $answer, qr/echo/, 'nothing of its tunnel';
        my $completion = completion($gate->since(1, 1));
        is $completion->{'http.response.status_code'}, 502, 'recorded with the status that the caller got';
        is $completion->{'ggi.upstream.status_code'}, 101, 'and that of the API';
        is $completion->{'ggi.tunnel'}, undef, 'no tunnel';
    };
}
like $gate->read('logs/error.log'), qr/\[error\].*the API of dienst "brp" switched protocols without being asked to/,
    'the error log tells of it';
like raw($port, "GET /page/upgrade HTTP/1.1\r\n${claim}Connection: close\r\n\r\n"), qr{\AHTTP/1\.1 200.*GET /other}s,
    'an error_page answers instead, where there is one';

subtest 'the API is not asked to switch' => sub {
    for my $path (qw(/ /mapped/ /on/off/ /redirect/)) {
        my $answer = raw($port, "GET ${path}x HTTP/1.1\r\n${claim}$upgrade\r\n", until => qr/Host: .*\r\n\r\n/s);
        like $answer, qr{^GET ${path}x HTTP/1\.1\r$}m, "$path: forwarded";
        unlike $answer, qr/^Upgrade:/mi, 'without Upgrade';
        unlike $answer, qr/^Connection:.*upgrade/mi, 'nor the option' if $path ne '/mapped/';
    }
    my $h2c =
          "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: websocket, H2C\r\nHTTP2-Settings: "
        . "AAMAAABkAARAAAAAAAIAAAAA\r\n";
    for my $path (qw(/on/ /on/kept/)) {
        for my $case (
            ['HTTP/1.0', '1.0', $upgrade], ['h2c', '1.1', $h2c],
            ['a second Upgrade to h2c', '1.1', "${upgrade}Upgrade: h2c\r\n"],
            ['a second Upgrade', '1.1', "${upgrade}Upgrade: echo\r\n"],
            ['a second one without a value', '1.1', "${upgrade}Upgrade:\r\n"]
        ) {
            my ($name, $version, $headers) = @$case;
            my $answer =
                raw($port, "GET ${path}x HTTP/$version\r\n${claim}$headers\r\n", until => qr/Host: .*\r\n\r\n/s);
            like $answer, qr{^GET ${path}x HTTP}m, "$path, $name: forwarded";
            unlike $answer, qr/^(?:Upgrade|HTTP2-Settings):/mi, 'without an upgrade';
        }
        my $answer = raw($port, "GET ${path}x HTTP/1.1\r\n${claim}$upgrade\r\n", until => qr/Host: .*\r\n\r\n/s);
        like $answer, qr/^Upgrade: echo\r$/mi, "$path: a single one is passed on";
        like raw($port, "GET ${path}upgrade HTTP/1.1\r\n${claim}${upgrade}Upgrade: h2c\r\n\r\n", until => qr/<\/html>/),
            qr{\AHTTP/1\.1 502 }, "$path: an API that switches after two has its answer dropped";
    }
    my $body = allowed($gate->call('/on/x', { as => [$pki->anonymous] }, '--http2', -H => 'Upgrade: echo'), 'HTTP/2');
    unlike $body, qr/^Upgrade:/mi, 'has none';
};

subtest 'an upgrade that is allowed' => sub {
    $gate->mark;
    my $socket = connect_to($port);
    syswrite $socket, "GET /on/upgrade HTTP/1.1\r\n${claim}$upgrade\r\n";
    like receive($socket, qr/\r\n\r\n/), qr{\AHTTP/1\.1 101 }, 'switches';
    is scalar(my @decision = records($gate->since(1, 0))), 1, 'the decision is there, and no completion yet';
    syswrite $socket, 'x' x 1000;
    my $got = '';
    $got .= receive($socket, qr/x/) while ($got =~ tr/x//) < 1000;
    close $socket;
    my $completion = completion($gate->since(1, 1));
    is $completion->{'ggi.tunnel'}, JSON::PP::true, 'recorded as a tunnel when it ends';
    is $completion->{'http.response.status_code'}, 101, 'with its status';
    is $completion->{'ggi.tunnel.received'}, 1000, 'the bytes from the caller';
    is $completion->{'ggi.tunnel.sent'}, length $got, 'the bytes to the caller';
    ok $completion->{'http.server.request.duration'} > 0, 'and how long it was open';
};

subtest 'a location that allows an upgrade answers plain requests as before' => sub {
    $gate->mark;
    like raw($port, "GET /on/x HTTP/1.1\r\n${claim}Connection: close\r\n\r\n"), qr{^GET /on/x}m, 'forwarded';
    is completion($gate->since(1, 1))->{'ggi.tunnel'}, undef, 'no tunnel';
};

subtest 'Connection takes no header away' => sub {
    for my $case (
        ['X-Origin-OIN', undef],
        ['close, X-Origin-OIN, traceparent, Fsc-Transaction-Id, OIN, X-Doelbinding', 'close'],
        [" \t,,Keep-Alive ,x-doelbinding", 'keep-alive'],
        ['closed', undef],
        ['keep-alive, TE', 'keep-alive'],
        ["keep-alive\r\nConnection: X-Doelbinding\r\nConnection: close", 'close, keep-alive'],
    ) {
        my ($sent, $want) = @$case;
        my $answer = raw(
            $port,
            "GET /x HTTP/1.1\r\n${claim}Connection: $sent\r\nProxy-Connection: X-Origin-OIN\r\nKeep-Alive: "
                . "timeout=5\r\n\r\n",
            until => qr/Host: .*\r\n\r\n/s);
        my ($head) = $answer =~ /^(GET .*)/ms;
        is_deeply [$head =~ /^Connection: (.*?)\r$/mgi], [$want // ()], "the API gets of: $sent" =~ s/\r\n/ /gr;
        unlike $head, qr/^(?:Proxy-Connection|Keep-Alive):/mi, 'and nothing else about the connection';
    }
};
$gate->stop;

GGI::Gate->refuses(
    'ggi_dienst_upgrade maybe',
    qr/invalid value "maybe" in "ggi_dienst_upgrade" directive, it must be "on" or "off" in \S+nginx\.conf:\d+/,
    locations => 'ggi_dienst_upgrade maybe;');

done_testing;
