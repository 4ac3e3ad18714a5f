# SPDX-License-Identifier: EUPL-1.2
# ggi_functie_aanbieder: the provider of a call is who it should be, before anything of the call leaves.
use strict;
use warnings;

use Test::More;

use GGI::Gate;

my $functions = <<'JSON';
[ { "toepassing": "zaaksysteem", "versie": 3, "functies": { "f": { "diensten": { "brp": {
    "methoden": ["GET", "POST"], "paden": ["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"] } } } } } ]
JSON
my $pki = GGI::Pki->new;
my ($dir, $oin) = ($pki->dir, '00000001823288444000');
my $own = $pki->leaf('own', '--oin', '00000004000000068000');
my $verify = "proxy_ssl_verify on; proxy_ssl_verify_depth 3; proxy_ssl_trusted_certificate $dir/roots.pem;";
my $present = "proxy_ssl_certificate $own.pem; proxy_ssl_certificate_key $own.key;";

sub gate {
    my (%args) = @_;
    return GGI::Gate->new(
        tls => 0,
        gates => [qw(doelbinding audit)],
        functions => $functions,
        %args);
}

# The locations of brp with role=afnemer and these directives in each.
sub locations {
    my $n = 0;
    return join "\n", map { "location /brp/" . ++$n . "/ { ggi_dienst brp role=afnemer; $_ }" } @_;
}

subtest 'a provider that nobody verifies' => sub {
    my ($good, $output) = gate(
        allow_errors => [qr/./],
        locations => locations(
            'proxy_pass https://api;',
            "ggi_functie_aanbieder $oin; proxy_pass https://\$arg_to;",
            "ggi_functie_aanbieder $oin; proxy_pass http://api;",
            "ggi_functie_aanbieder $oin; $verify $present proxy_pass https://api;",
            'grpc_pass grpcs://api;'))->test_configuration;
    ok !$good, 'is refused';
    my @errors = map {/\[emerg\] (.*)/} split /\n/, $output;
    is @errors, 4, 'in each location' or diag $output;
    like $errors[$_], qr/verifies: it needs "proxy_ssl_verify on;".* in \S+:\d+$/, "https, $_" for 0, 1;
    like $errors[2], qr{"ggi_functie_aanbieder", which needs "proxy_pass https://...".* in \S+:\d+$}, 'http';
    like $errors[3], qr/it needs "grpc_ssl_verify on;" with "grpc_ssl_trusted_certificate"/, 'grpcs';
};

subtest 'what is missing' => sub {
    my ($good, $output) = gate(
        locations => locations(
            "$verify $present proxy_pass https://api;",
            "$verify ggi_functie_aanbieder $oin; proxy_pass https://api; if (\$arg_x) { break; }",
            'proxy_pass http://api;'))->test_configuration;
    ok $good, 'is accepted' or diag $output;
    my @warnings = GGI::Nginx::warnings_in($output);
    is @warnings, 2, 'with warnings' or diag $output;
    like $warnings[0], qr/nothing says who provides dienst "brp".*ggi_functie_aanbieder.* in \S+:\d+$/, 'no OIN';
    like $warnings[1], qr/does not learn which organisation calls: add "proxy_ssl_certificate"/, 'no certificate';
};

for my $case (
    ['no OIN', 'ggi_functie_aanbieder 123;', qr/invalid OIN "123" in "ggi_functie_aanbieder": expected 20 digits/],
    ['two', "ggi_functie_aanbieder $oin; ggi_functie_aanbieder $oin;", qr/"ggi_functie_aanbieder" directive is dup/])
{
    my ($name, $directives, $message) = @$case;
    my ($good, $output) = gate(allow_errors => [qr/./], locations => locations($directives))->test_configuration;
    ok !$good && $output =~ $message, $name or diag $output;
}

done_testing;
