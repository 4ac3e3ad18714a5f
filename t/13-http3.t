# SPDX-License-Identifier: EUPL-1.2
# Calls over HTTP/3, where nginx and curl have it: judged and recorded as any other.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(decisions verdicts chains_hold);
use GGI::Gate;
use GGI::Pki;
use GGI::Problem qw(allowed refused);

plan skip_all => 'this nginx has no HTTP/3' unless qx($GGI::Nginx::BINARY -V 2>&1) =~ /--with-http_v3_module/;
plan skip_all => 'this curl has no HTTP/3' unless qx(curl -V) =~ /\bHTTP3\b/;

my $pki = GGI::Pki->new;
my $crl = $pki->dir . '/crl';
$pki->leaf('other', '--oin', '00000001002564440000');
$pki->run('crls', $crl);
my $gate = GGI::Gate->new(
    pki => $pki,
    listen => 'listen 127.0.0.1:%%PORT%% ssl; listen 127.0.0.1:%%PORT%% quic;',
    more => "ggi_pkio_crl $crl;",
    profiles => $GGI::Gate::PROFILES =~
        s{\A\[(.*)\]\s*\z}{my $one = $1; "[$one, " . $one =~ s/$GGI::Gate::OIN/00000001002564440000/r . ']'}ser,
);

my (undef, $output) = $gate->test_configuration;
is_deeply [GGI::Nginx::warnings_in($output)], [], 'the configuration has no warning';
$gate->start;

# nginx 1.26 lets one new connection in thirty wait in vain, and now and then a later call, with or without the gate:
# that is tried again.
sub persistently {
    my ($try) = @_;
    my @result;
    for (1 .. 6) {
        $gate->mark;
        @result = $try->();
        return @result if @result;
    }
    return;
}

my @curl = ('--http3-only', '--connect-timeout', 3, '--max-time', 5, '--fail-early');

sub call {
    my ($path, @options) = @_;
    my ($answer) = persistently(
        sub {
            my $one = GGI::Curl::curl($gate->https($path), @curl, @options);
            return $one->{status} ? $one : ();
        });
    my ($verdict) = $answer ? verdicts($gate->since(1, 0)) : ();
    return ($answer // { status => 0, headers => {}, body => '' }, $verdict);
}

# What curl says of each of many calls, one after the other, when it ends: the protocol, new connections, the status.
sub calls {
    my ($path, @options) = @_;
    open my $out, '-|', 'curl', '-s', @curl, '-o', '/dev/null', '-w', '%{http_version} %{num_connects} %{http_code}\n',
        @options, $gate->https($path)
        or die "curl: $!\n";
    return $out;
}

my @claim = ('-H', $GGI::Gate::CLAIM);
my @caller = ($pki->client('caller', '--oin', $GGI::Gate::OIN), @claim);
my @other = ($pki->client('other'), @claim);

subtest 'verdicts' => sub {
    my $foreign = GGI::Pki->new;
    my $impostor = $foreign->leaf('impostor', '--oin', $GGI::Gate::OIN);
    my ($answer, $verdict) = call('/x', @caller);
    allowed($answer, 'a call');
    is $verdict, 'allowed', 'recorded as that';
    for (
        [400, 'claim_missing', $pki->client('caller')],
        [403, 'method_not_authorised', @caller, '-X', 'DELETE'],
        [403, 'certificate_missing', $pki->anonymous, @claim],
        [403, 'certificate_untrusted', $pki->anonymous, '--cert', "$impostor.pem", '--key', "$impostor.key", @claim],
    ) {
        my ($status, $reason, @options) = @$_;
        ($answer, $verdict) = call('/x', @options);
        refused($answer, $status, $reason, 'a call');
        is $verdict, $reason, 'recorded as that';
    }
};

subtest 'two callers, a connection each' => sub {
    my ($first, $second) = persistently(
        sub {
            my @out = (calls('/a/[1-200]', @caller), calls('/b/[1-200]', @other));
            my @said = map { my $handle = $_; [<$handle>] } @out;
            return (grep {/ 000$/} map {@$_} @said) ? () : @said;
        });
    is_deeply $_, ["3 1 200\n", ("3 0 200\n") x 199], 'all calls by one connection' for $first, $second;
    my %seen;
    for my $record (decisions($gate->since(400, 400))) {
        my $request = $record->{body}{'adl.core.request'};
        next if $request->{resource}{id} eq 'unknown';    # a call of an earlier try, given up
        $seen{ substr($request->{resource}{properties}{path}, 0, 2) . ' ' . $request->{subject}{id} }++;
    }
    is_deeply \%seen, { "/a $GGI::Gate::OIN" => 200, '/b 00000001002564440000' => 200 }, 'each record has its caller';
};

subtest 'revoked while its connection is open' => sub {
    my ($out) = persistently(
        sub {
            my $handle = calls('/x?[1-20]', '--rate', '2/s', @other);
            return $gate->since(1, 1) =~ /"decision":true/ ? $handle : ();
        });
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
