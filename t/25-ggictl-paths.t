# SPDX-License-Identifier: EUPL-1.2
# ggictl explain and a running gate: of 500 generated targets of requests they see the same path and decide the same,
# and so they do of the header Destination.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use GGI::Audit qw(decisions verdict);
use GGI::Gate;
use GGI::Raw qw(raw tls_options);

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $oin = $GGI::Gate::OIN;
my $seed = $ENV{GGI_SEED} // time;
note "GGI_SEED=$seed";
srand $seed;

my $profiles = $GGI::Gate::PROFILES =~ s{"/\*\*"}{"/brp/personen", "/brp/personen/*", "/brp/*/b", "/a/**", "/A/*",
    "/", "/*"}r =~ s/"GET"/"GET", "MOVE"/r;
my $gate = GGI::Gate->new(profiles => $profiles, more => 'ggi_audit_anonymous off;')->start;
my $tls = tls_options($gate->{pki}->leaf('caller', '--oin', $oin));

# What the gate makes of a target: "rejected" when nginx answers 400 before any gate, or the verdict and the path of the
# record.
sub gate_says {
    my ($target, $method, $destination) = @_;
    $gate->mark;
    $method //= 'GET';
    my $header = defined $destination ? "Destination: $destination\r\n" : '';
    my $request =
        "$method $target HTTP/1.1\r\nHost: localhost\r\n$header$GGI::Gate::CLAIM\r\nConnection: close\r\n\r\n";
    my ($status) = raw($gate->port, $request, tls => $tls) =~ m{\AHTTP/1\.1 (\d+)} or return 'no answer';
    my ($decision) = decisions($gate->since(1, 0));
    return 'rejected' if $status == 400 && verdict($decision) eq 'request_rejected';
    my $seen = $decision->{body}{'adl.core.request'}{resource}{properties};
    return verdict($decision) . " $seen->{path}" . (length($seen->{destination} // '') ? " $seen->{destination}" : '');
}

# What the tool makes of it, in the same words.
sub tool_says {
    my ($target, $method, $destination) = @_;
    my @call = (
        '--oin', $oin, '--dienst', 'brp', '--method', $method // 'GET', "--path=$target", '--claim',
        'BRPACT-AlgemeneTaken');
    push @call, "--destination=$destination" if defined $destination;
    my @sources = (
        '--profiles', $gate->prefix . '/profielen.json', '--register',
        $gate->prefix . '/doelbindingen.json');
    open my $out, '-|', $tool, 'explain', '-o', 'json', @call, @sources or die "$tool: $!\n";
    my $said = decode_json(do { local $/; <$out> });
    close $out;
    return 'rejected' if ($said->{status} // 0) == 400;
    return join ' ', $said->{decision} ? 'allowed' : $said->{reason}, $said->{path},
        length($said->{destination} // '') ? $said->{destination} : ();
}

my @segments = (
    'brp', 'brp', 'personen', 'personen', 'a', 'A', 'b', '1', '', '', '.', '..', '...', '.a', 'a..',
    '..b');
my @odd = (
    ';', '..;', '.;x', '%2e', '%2E%2e', '.%2e', '%2f', 'a%2Fb', 'a%2f..', '%5c', '\\', '..\\', '%41', '%2541',
    '%252f', '%3f', '%23', '%3Fx', '.%23', '..%3f', '%20', '%0a', '%0d%0a', '%7f', '%00', '%zz', '%4', '%', '%%', '+',
    '%2b', '*', '**', '%2a', '%C3%A9', "\xc3\xa9", "\xff", '%ff', '%c0%ae', '~', '"', '<>', '{}', '|', '^', '`',
    "\x01", "\t", "\x7f", 'a b');
my @ends = ('', '', '', '', '/', '/.', '/..', '?', '?x=/../%zz', '#', '#/../x', '?a#b', '?%00', '/?', "?\x01", '//');
my @starts = ('') x 20;
push @starts, 'http://h', 'HTTP://h.nl:8443', 'http://[::1]:1', 'http://h..nl', 'http:', 'h', '*', '%2F', '.', '\\';

sub target {
    my $path = join '', map { '/' . (rand() < 0.7 ? $segments[rand @segments] : $odd[rand @odd]) } 0 .. rand 4;
    return $starts[rand @starts] . (rand() < 0.03 ? '' : $path) . $ends[rand @ends];
}

my @fixed = (
    '/brp/personen/a%2Fb', '//brp/personen', '/brp/personen', '/brp//personen/1', '/a/..', '/..',
    '/a/%2e%2e/%2e%2e');
my %kinds;
my @differ;
# The tool starts slowly under the sanitizers.
my $count = GGI::Nginx::under_instrument() ? 150 : 500;
for my $target (@fixed, map { target() } @fixed + 1 .. $count) {
    $target = '/' if $target eq '';
    my ($gate_says, $tool_says) = (gate_says($target), tool_says($target));
    $kinds{ $gate_says =~ /^(\S+)/ ? $1 : '' }++;
    push @differ, "$target: the gate says $gate_says, the tool $tool_says" if $gate_says ne $tool_says;
}
is_deeply \@differ, [], "the same of $count targets";
my $kinds = join ', ', map {"$_ $kinds{$_}"} sort keys %kinds;
is_deeply [sort keys %kinds], [qw(allowed path_not_authorised rejected)], "of each kind there are some: $kinds";
cmp_ok $_, '>=', $count / 10, 'and enough' for values %kinds;

is gate_says('/brp/personen/a%2Fb'), 'path_not_authorised /brp/personen/a/b', 'a slash that is encoded is one';
is gate_says('//a//x'), 'allowed /a/x', 'slashes are merged';

is gate_says("/brp/\xff"), 'path_not_authorised /brp/%FF', 'a byte that is no UTF-8';
is gate_says('/brp/%25FF'), 'path_not_authorised /brp/%25FF', 'is told from what looks like it';

for my $destination (
    '/brp/personen/2', '/brp/geheim', '/brp/%70ersonen/%32', 'https://localhost/brp/personen/2', 'https://localhost',
    '/brp/personen/../geheim', '/brp/personen/%2e%2e/geheim', '//brp/personen/2', 'brp/personen/2', '/brp/personen/2?x',
    '/brp/personen/%', '/brp/personen/%252e', '/brp/personen/%FF', '/brp/personen/%C3%AB', '/brp/personen/123456782',
    'x', '/a/%5c..'
) {
    for my $method ('MOVE', 'GET') {
        # the gate masks a BSN in its records, which the tool has no reason to do
        my $said = tool_says('/brp/personen/1', $method, $destination) =~ s/123456782/*********/r;
        is gate_says('/brp/personen/1', $method, $destination), $said, "$method to $destination: $said";
    }
}
like tool_says('/brp/personen/1', 'MOVE', '/brp/personen/2'), qr{^allowed .* /brp/personen/2$}, 'one is allowed';
like tool_says('/brp/personen/1', 'MOVE', '/brp/geheim'), qr{^path_not_authorised .* /brp/geheim$}, 'one is not';
like tool_says('/brp/personen/1', 'GET', '/brp/geheim'), qr{^allowed \S+$}, 'another method has none';

$gate->stop;
done_testing;
