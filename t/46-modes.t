# SPDX-License-Identifier: EUPL-1.2
# Modes of the gates, inheritance, and configurations that would weaken a gate unseen.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(decisions);
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Problem qw(allowed refused);

my $pki = GGI::Pki->new;
my $gate = GGI::Gate->new(
    pki => $pki,
    networks => ['10.0.0.0/8,nowhere'],
    server => 'ggi_dienst brp;',
    locations => <<'CONF',
        location /all/ { proxy_pass http://api; }
        location /netwerk/ { ggi_netwerk observe nowhere; proxy_pass http://api; }
        location /pkio/ { ggi_pkio observe; ggi_autorisatie off; proxy_pass http://api; }
        location /autorisatie/ { ggi_autorisatie observe; proxy_pass http://api; }
        location /doelbinding/ { ggi_doelbinding observe; proxy_pass http://api;
            location /doelbinding/strict/ { ggi_doelbinding on; proxy_pass http://api; }
            location /doelbinding/inner/ { proxy_pass http://api; } }
        location /observe-all/ {
            ggi_netwerk observe nowhere;
            ggi_pkio observe;
            ggi_autorisatie observe;
            ggi_doelbinding observe;
            proxy_pass http://api;
        }
        location /none/ { ggi_pkio off; ggi_autorisatie off; ggi_doelbinding off; proxy_pass http://api; }
        location /if/ { if ($arg_x) { set $y 1; } if ($arg_z) { proxy_pass http://api; } proxy_pass http://api; }
        location ~ ^/regex/\d+$ { proxy_pass http://api; }
        location ^~ /prefix/ { ggi_dienst brp2; proxy_pass http://api; }
        location /open/ { ggi_dienst off; proxy_pass http://api; location /open/inner/ { proxy_pass http://api; } }
        location @named { proxy_pass http://api; }
        location /to-named/ { try_files /nothing @named; }
CONF
);
$gate->start;

# The record of one call: [dienst, allowed or reason, would_refuse]
sub record_of {
    my ($make) = @_;
    $gate->mark;
    my $answer = $make->();
    my ($decision, @more) = decisions($gate->since(1, 0));
    is scalar @more, 0, 'one record';
    my ($request, $response) = @{ $decision->{body} }{qw(adl.core.request adl.core.response)};
    return (
        $answer,
        [   $request->{resource}{id}, $response->{decision} ? 'allowed' : $response->{context}{reason},
            $response->{context}{would_refuse}]);
}

my @anonymous = $pki->anonymous;
my @unknown = $pki->client('unknown', '--oin', '00000001002564440000');
my @claim = (-H => $GGI::Gate::CLAIM);
my @caller = $pki->client('caller', '--oin', $GGI::Gate::OIN);

for my $case (
    ['/all/', [@caller, @claim], 200, ['brp', 'allowed', undef]],
    ['/all/', [@anonymous, @claim], 403, ['brp', 'certificate_missing', undef]],
    ['/all/', [@unknown, @claim], 403, ['brp', 'profile_not_found', undef]],
    ['/all/', [@caller], 400, ['brp', 'claim_missing', undef]],
    ['/netwerk/', [@caller, @claim], 200, ['brp', 'allowed', 'network_not_allowed']],
    ['/netwerk/', [@caller], 400, ['brp', 'claim_missing', 'network_not_allowed']],
    ['/pkio/', [@anonymous, @claim], 200, ['brp', 'allowed', 'certificate_missing']],
    ['/autorisatie/', [@unknown, @claim], 200, ['brp', 'allowed', 'profile_not_found']],
    ['/autorisatie/', [@anonymous, @claim], 403, ['brp', 'certificate_missing', undef]],
    ['/doelbinding/', [@caller], 200, ['brp', 'allowed', 'claim_missing']],
    ['/doelbinding/strict/', [@caller], 400, ['brp', 'claim_missing', undef]],
    ['/doelbinding/inner/', [@caller], 200, ['brp', 'allowed', 'claim_missing']],
    ['/observe-all/', [@anonymous], 200, ['brp', 'allowed', 'network_not_allowed']],
    ['/none/', [@anonymous], 200, ['brp', 'allowed', undef]],
    ['/if/', [@caller], 400, ['brp', 'claim_missing', undef]],
    ['/if/?x=1', [@caller], 400, ['brp', 'claim_missing', undef]],
    ['/if/?z=1', [@caller], 400, ['brp', 'claim_missing', undef]],
    ['/if/?x=1&z=1', [@caller, @claim], 200, ['brp', 'allowed', undef]],
    ['/regex/12', [@caller], 400, ['brp', 'claim_missing', undef]],
    ['/regex/12', [@caller, @claim], 200, ['brp', 'allowed', undef]],
    ['/prefix/x', [@caller, @claim], 200, ['brp2', 'allowed', undef]],
    ['/to-named/', [@caller], 400, ['brp', 'claim_missing', undef]],
    ['/to-named/', [@caller, @claim], 200, ['brp', 'allowed', undef]],
    ['/nowhere', [@caller], 400, ['brp', 'claim_missing', undef]],
) {
    my ($path, $options, $status, $record) = @$case;
    subtest "$path: $record->[1]" => sub {
        my ($answer, $recorded) = record_of(sub { curl($gate->https($path), @$options) });
        is $answer->{status}, $status, 'status';
        is_deeply $recorded, $record, 'record';
    };
}

subtest 'ggi_dienst off' => sub {
    $gate->mark;
    is curl($gate->https($_), @anonymous)->{status}, 200, $_ for '/open/', '/open/inner/';
    is substr($gate->audit_text, $gate->{marked}), '', 'nothing is recorded';
};
$gate->counts_what_it_records('ggi_status has counted what is recorded');
$gate->stop;

# What nginx -t says of a configuration that is good.
sub warns {
    my ($name, $message, %args) = @_;
    my $nginx = GGI::Gate->new(pki => $pki, %args);
    my ($good, $output) = $nginx->test_configuration;
    $output =~ s/^.*"ggi_pkio_crl" in http names the revocation lists.*\n//mg;    # looked at elsewhere
    subtest $name => sub {
        ok $good, 'loads' or diag $output;
        my @warnings = GGI::Nginx::warnings_in($output);
        $message ? like "@warnings", qr/$message.* in \S+nginx\.conf:\d+/, 'warns, with the line' : is "@warnings", '',
            'without a warning';
    };
    return;
}
my $open = qr/requests are passed on outside of a dienst, in a server that has some: .*"ggi_dienst off;"/;
my $dienst = 'location /brp/ { ggi_dienst brp; proxy_pass http://api; }';
warns('proxy_pass outside a dienst', $open, locations => "$dienst location / { proxy_pass http://api; }");
warns(
    'proxy_pass in an if outside a dienst', $open,
    locations => "$dienst location / { if (\$arg_x) { proxy_pass http://api; } }");
warns('the same, on purpose', undef, locations => "$dienst location / { ggi_dienst off; proxy_pass http://api; }");
warns('the same, internal', undef, locations => "$dienst location / { internal; proxy_pass http://api; }");
warns(
    'a named location outside a dienst', $open,
    locations => "$dienst location / { try_files /none \@api; } location \@api { proxy_pass http://api; }");
warns('files outside a dienst', undef, locations => "$dienst location / { root /nonexistent; }");
warns('no dienst at all', undef, locations => 'location / { proxy_pass http://api; }');
warns(
    'a plain listener', qr/"listen 127\.0\.0\.1:\d+" without "ssl"/,
    listen => 'listen 127.0.0.1:%%PORT%% ssl; listen 127.0.0.1:%%PORT3%%;');

{
    my $nginx = GGI::Gate->new(pki => $pki, allow_errors => [qr/./]);
    $nginx->write('nginx.conf', $nginx->read('nginx.conf') =~ s/ssl_verify_client optional;//r);
    my ($good, $output) = $nginx->test_configuration;
    ok !$good, 'ssl_verify_client is missing';
    like $output,
        qr/dienst\ "brp"\ has\ gate\ ggi_pkio\ on,\ which\ needs\ "ssl_verify_client\ optional;"\ in
            \ its\ server,\ or\ "ggi_pkio\ off;"\ in\ \S+nginx\.conf:\d+/x,
        'with the line and the remedy';
}

done_testing;
