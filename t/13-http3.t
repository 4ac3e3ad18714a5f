# SPDX-License-Identifier: EUPL-1.2
# Calls over HTTP/3, where nginx and curl have it: judged and recorded as any other.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(decisions verdicts chains_hold);
use GGI::Gate;
use GGI::Pki;
use GGI::Problem qw(allowed refused);

my $binary = $ENV{GGI_NGINX} // '/usr/sbin/nginx';
plan skip_all => 'this nginx has no HTTP/3' unless qx($binary -V 2>&1) =~ /--with-http_v3_module/;
plan skip_all => 'this curl has no HTTP/3' unless qx(curl -V) =~ /\bHTTP3\b/;

my $pki = GGI::Pki->new;
my $crl = $pki->dir . '/crl';
$pki->leaf('other', '--oin', '00000001002564440000');
$pki->run('crls', $crl);
my $gate = GGI::Gate->new(
    pki => $pki,
    listen => 'listen 127.0.0.1:%%PORT%% ssl; listen 127.0.0.1:%%PORT%% quic;',
    more => "ggi_pkio_crl $crl;",
    profiles => $GGI::Gate::PROFILES =~ s{\A\[(.*)\]\s*\z}{my $one = $1; "[$one, " . $one =~ s/$GGI::Gate::OIN/00000001002564440000/r . ']'}ser,
);

my (undef, $output) = $gate->test_configuration;
is_deeply [GGI::Nginx::warnings_in($output)], [], 'the configuration has no warning';
$gate->start;

sub call {
    my ($path, @options) = @_;
    return GGI::Curl::curl($gate->https($path), '--http3-only', @options);
}

# What curl says of each of many calls, one after the other: the protocol, new connections, the status.
sub calls {
    my ($path, @options) = @_;
    open my $out, '-|', 'curl', '-s', '--max-time', 20, '--http3-only', '-o', '/dev/null', '-w', '%{http_version} %{num_connects} %{http_code}\n', @options, $gate->https($path)
        or die "curl: $!\n";
    return $out;
}

my @claim = ('-H', $GGI::Gate::CLAIM);
my @caller = ($pki->client('caller', '--oin', $GGI::Gate::OIN), @claim);
my @other = ($pki->client('other'), @claim);

subtest 'verdicts' => sub {
    my $foreign = GGI::Pki->new;
    my $impostor = $foreign->leaf('impostor', '--oin', $GGI::Gate::OIN);
    $gate->mark;
    allowed(call('/x', @caller), 'a call');
    refused(call('/x', $pki->client('caller')), 400, 'claim_missing', 'without a claim');
    refused(call('/x', @caller, '-X', 'DELETE'), 403, 'method_not_authorised', 'of another method');
    refused(call('/x', $pki->anonymous, @claim), 403, 'certificate_missing', 'without a certificate');
    refused(call('/x', $pki->anonymous, '--cert', "$impostor.pem", '--key', "$impostor.key", @claim), 403, 'certificate_untrusted', 'of another CA');
    is_deeply [sort(verdicts($gate->since(5, 1)))],
        [sort qw(allowed claim_missing method_not_authorised certificate_missing certificate_untrusted)], 'one record each';
};

subtest 'two callers, a connection each' => sub {
    $gate->mark;
    my %out = (a => calls('/a/[1-200]', @caller), b => calls('/b/[1-200]', @other));
    for my $name (sort keys %out) {
        my @lines = readline $out{$name};
        is $lines[0], "3 1 200\n", "$name: a new connection";
        is scalar(grep { $_ eq "3 0 200\n" } @lines[1 .. $#lines]), 199, 'the other calls by the same one';
    }
    my %seen;
    for my $record (decisions($gate->since(400, 400))) {
        my $request = $record->{body}{'adl.core.request'};
        $seen{ substr($request->{resource}{properties}{path}, 0, 2) . ' ' . $request->{subject}{id} }++;
    }
    is_deeply \%seen, { "/a $GGI::Gate::OIN" => 200, '/b 00000001002564440000' => 200 }, 'each record has its caller';
};

subtest 'revoked while its connection is open' => sub {
    $gate->mark;
    my $out = calls('/x?[1-20]', '--rate', '2/s', @other);
    $gate->since(1, 1);                 # curl writes what it has to say when it ends
    $pki->run('revoke', 'other');
    $pki->run('crls', $crl);
    my @lines = <$out>;
    is shift @lines, "3 1 200\n", 'let through at first';
    my $allowed = 0;
    $allowed++ while $allowed < @lines && $lines[$allowed] eq "3 0 200\n";
    cmp_ok $allowed, '<', @lines, 'not for long, on the same connection';
    is_deeply [grep { $_ ne "3 0 403\n" } @lines[$allowed .. $#lines]], [], 'and never again';
};

$gate->stop;
chains_hold($gate->audit_text, 'the chain holds');
unlike $gate->read('logs/error.log'), qr/\[(?:alert|crit|emerg)\]/, 'nginx has nothing to complain of';
done_testing;
