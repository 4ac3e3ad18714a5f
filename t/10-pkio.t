# SPDX-License-Identifier: EUPL-1.2
# pkio: the certificate of the connection, its policy and its OIN.
use strict;
use warnings;

use POSIX ();
use Test::More;

use GGI::Gate;
use GGI::Kept qw(opened);
use GGI::Problem qw(allowed refused);

my $pki = GGI::Pki->new;
my @modules = map {"ngx_http_ggi_${_}_module"} qw(dienst pkio);
my $oin = $GGI::Gate::OIN;

my $gate = GGI::Gate->new(
    pki => $pki,
    modules => \@modules,
    gates => ['pkio'],
    server => 'ggi_dienst brp; ggi_dienst_contact mailto:beheer@example.nl;',
    locations => <<'CONF',
        location / {
            proxy_set_header X-Caller $ggi_oin;
            proxy_set_header X-Sha256 $ggi_certificate_sha256;
            proxy_pass http://api;
        }
        location /test-prefix { ggi_pkio_oin_prefix 00000099; proxy_pass http://api; }
        location /any { ggi_pkio_policy any; proxy_pass http://api; }
        location /own-policy { ggi_pkio_policy 1.2.3.4 1.2.3.5; proxy_pass http://api; }
        location /observe { ggi_pkio observe; proxy_pass http://api; }
CONF
    answer => '"$http_x_caller|$http_x_sha256"',
    claim => '',
)->start;

sub call_with { my ($path, @certificate) = @_; return $gate->call($path, { as => \@certificate }) }

# A refusal that says to whom to turn.
sub refused_with_contact {
    my ($answer, $reason, $name) = @_;
    refused($answer, 403, $reason, $name);
    like $answer->{body}, qr/"detail":"[^"]*Questions go to mailto:beheer\@example\.nl"/, "$name: whom to turn to";
    return;
}

my $sha256 = qx(openssl x509 -in @{[ $pki->leaf('a', '--oin', $oin) ]}.crt -outform DER | sha256sum) =~ s/ .*//sr;
my @a = $pki->client('a');
is allowed(call_with('/', @a), 'an OIN over HTTP/2'), "$oin|$sha256", 'the API gets caller and fingerprint';
is allowed(call_with('/', @a, '--http1.1'), 'and over HTTP/1.1'), "$oin|$sha256", 'the same';
allowed(call_with('/', @a, '--tls-max', '1.2'), 'TLS 1.2');
allowed(call_with('/', $pki->client('kvk', '--oin', '00000003123456780000')), 'KvK');
allowed(call_with('/', $pki->client('letters', '--oin', '0000000700AB1C234000')), 'letters in the main number');
allowed(call_with('/', $pki->client('client-only', '--oin', $oin, '--usage', 'clientAuth')), 'clientAuth alone');
allowed(call_with('/', $pki->client("p$_", '--oin', $oin, '--policy', $_)), "policy $_")
    for "2.16.528.1.1003.1.2.8.6", "2.16.528.1.1003.1.2.44.16.25.8", "1.2.3,2.16.528.1.1003.1.2.8.6";
allowed(
    call_with('/test-prefix', $pki->client('test', '--oin', '00000099000000001000')),
    'a test OIN where it is switched on');
allowed(
    call_with('/any', $pki->client('no-policy', '--oin', $oin, '--policy', 'none')),
    'no policy where any will do');
allowed(
    call_with('/own-policy', $pki->client('own', '--oin', $oin, '--policy', '1.2.3.5')),
    'a policy of the operator');

for my $case (
    ['no certificate', 'certificate_missing', $pki->anonymous],
    ['no OIN', 'oin_missing', $pki->client('none')],
    ['two OINs', 'oin_invalid', $pki->client('two', '--oin', $oin, '--oin', $oin)],
    (   map { ["OIN '$_'", 'oin_invalid', $pki->client("o$_", '--oin', $_)] } '123', '00000099000000001000',
        '00000011000000001000', '00000001823288444001', '000000018232884440000',
        '00000003123456789000', '00000001 23288444000', '0000000A823288444000'),
    [   'another policy', 'certificate_policy_not_allowed',
        $pki->client('other-policy', '--oin', $oin, '--policy', '1.2.3')],
    [   'anyPolicy in the leaf', 'certificate_policy_not_allowed',
        $pki->client('any-policy', '--oin', $oin, '--policy', '2.5.29.32.0')],
    ['no policy', 'certificate_policy_not_allowed', $pki->client('no-policy')],
    ['policy comes before OIN', 'certificate_policy_not_allowed', $pki->client('worst', '--policy', '1.2.3')],
) {
    my ($name, $reason, @certificate) = @$case;
    refused_with_contact(call_with('/', @certificate), $reason, $name);
}
refused_with_contact(
    call_with('/own-policy', @a), 'certificate_policy_not_allowed',
    'a default policy where the operator named others');
is allowed(call_with('/observe', $pki->anonymous), 'observe lets through'), '|', 'without a caller';

subtest 'one connection, several locations: each judges by its own configuration' => sub {
    my @codes = split /\n/,
        qx(curl -s -o /dev/null -o /dev/null -o /dev/null -w '%{http_code} %{num_connects}\\n' \\
            @{[ $pki->client('own') ]} @{[ map { $gate->https($_) } qw(/own-policy / /own-policy) ]});
    is_deeply \@codes, ['200 1', '403 0', '200 0'];
};

subtest 'a certificate that expires while its connection is open is refused at the next request' => sub {
    my ($until, $call, $first);
    for my $seconds (2, 4, 8, 16) {    # a later time for a machine that stood still until the first one
        $until = time + $seconds * $GGI::Slow::FACTOR;
        my @until = ('--not-after', POSIX::strftime('%Y%m%d%H%M%SZ', gmtime $until));
        $call = opened($gate->port, $pki->leaf("brief$seconds", '--oin', $oin, @until));
        $first = $call->();
        last if time < $until;
    }
    is $first, '200', 'before that it is let in';
    $gate->wait_for(sub { time > $until + 1 }, 'its end', 30);
    is $call->(), '403 certificate_expired', 'and then no more';
};

subtest 'POST with a body and HEAD' => sub {
    my @codes = split /\n/,
        qx(curl -s --http1.1 -o /dev/null -w '%{http_code} %{num_connects}\\n' @{[ $pki->anonymous ]} \\
            -d '@{[ 'x' x 5000 ]}' @{[ $gate->https('/') ]} --next -s --http1.1 -I -o /dev/null \\
            -w '%{http_code} %{num_connects} %{size_download}\\n' @{[ $pki->anonymous ]} @{[ $gate->https('/') ]});
    is_deeply \@codes, ['403 1', '403 0 0'], 'refused, on one connection, HEAD without body';
};

ok $gate->reload, 'reloads';
allowed(call_with('/', @a), 'after a reload');
$gate->stop;

for my $case (
    ['ggi_pkio_policy x;', qr/invalid policy "x"/], ['ggi_pkio_policy 1.2.3 any;', qr/invalid policy "any"/],
    ['ggi_pkio_policy 1.2; ggi_pkio_policy 1.3;', qr/is duplicate/],
    ['ggi_pkio_oin_prefix 1;', qr/invalid OIN prefix "1"/]
) {
    my ($directive, $message) = @$case;
    GGI::Nginx->refuses(
        $directive, qr/$message.*nginx\.conf:\d+/, modules => \@modules,
        http => "server { listen 127.0.0.1:%%PORT%%; $directive }");
}

done_testing;
