# SPDX-License-Identifier: EUPL-1.2
# Policies over paths by chance: the gate lets in for a policy whom section 6.1 of RFC 5280 lets in and whose leaf names
# that policy itself, whatever CAs name, map, require and inhibit. GGI::PolicyTree has that section without OpenSSL.
use strict;
use warnings;

use Test::More;

use GGI::Cases;
use GGI::Certificate qw(policies);
use GGI::Der qw(extension from_pem integer oid read_file tlv);
use GGI::Gate;
use GGI::PolicyTree qw(valid);
use GGI::Raw qw(raw tls_options_unseen);

my ($seed, $count) = ($ENV{GGI_SEED} // 5280, $ENV{GGI_CASES} // 60);
srand $seed;
note "GGI_SEED=$seed GGI_CASES=$count";

my @named = map {"1.2.3.$_"} 1 .. 3;
my $any = '2.5.29.32.0';
sub chance { my ($of) = @_; return rand() < $of }

# certificatePolicies of some policies, or nothing.
sub some_policies {
    return '' if chance(0.08);
    my @some = grep { chance(0.45) } @named;
    push @some, $any if chance(0.4);
    return policies(@some ? @some : $named[rand @named]);
}

# What a CA maps, requires and inhibits.
sub some_rules {
    my @rules;
    my @mappings = map {
        tlv(0x30, map { oid($named[rand @named]) } 1, 2)
    } 1 .. 1 + rand 3;
    push @rules, extension('2.5.29.33', tlv(0x30, @mappings)) if chance(0.35);
    my @constraints = map { chance(0.6) ? tlv($_, pack 'C', rand 3) : () } 0x80, 0x81;
    push @rules, extension('2.5.29.36', tlv(0x30, @constraints), 1) if @constraints && chance(0.25);
    push @rules, extension('2.5.29.54', integer(int rand 3), 1) if chance(0.25);
    return @rules;
}

my $cases = GGI::Cases->new;
my @leaves;
for (1 .. $count) {
    my ($ca, $sub) = map { { policies => some_policies(), extensions => [some_rules()] } } 1, 2;
    $sub->{subject} = GGI::Cases::ca_name($cases->next_number) if chance(0.25);
    my $required = chance(0.1) ? [extension('2.5.29.36', tlv(0x30, tlv(0x80, "\0")), 1)] : [];
    my %leaf = (policies => some_policies(), extensions => $required);
    push @leaves, $cases->add(ca => $ca, leaf => \%leaf, chance(0.75) ? (sub => $sub) : ());
}
$cases->finish;

my %accepts = (any => [], 1 => [1], 2 => [2], 3 => [3], 12 => [1, 2], 123 => [1 .. 3]);
my @locations = sort keys %accepts;
my $locations = join "\n", map {
    my $accepted = join(' ', map {"1.2.3.$_"} @{ $accepts{$_} }) || 'any';
    "location /$_ { ggi_dienst brp; ggi_pkio_policy $accepted; proxy_pass http://api; }"
} @locations;
my $gate = GGI::Gate->new(
    pki => $cases,
    locations => $locations,
    more => "ggi_pkio_crl $cases->{dir}/lists;",
    server => 'ssl_verify_depth 5;')->start;

sub request {
    my ($location) = @_;
    my $connection = $location eq $locations[-1] ? "Connection: close\r\n" : '';
    return "GET /$location HTTP/1.1\r\nHost: localhost\r\n$GGI::Gate::CLAIM\r\n$connection\r\n";
}

# The certificates of a case, as GGI::PolicyTree reads them, the CA first.
sub path {
    my ($leaf) = @_;
    my @pem = read_file("$leaf.pem") =~ /(-----BEGIN.*?-----END[^\n]*\n)/sg;
    return [map { GGI::PolicyTree::certificate(from_pem($_)) } reverse @pem];
}

# The locations that let in a path. Nowhere is one let in with constraints in a certificate that names no policy.
sub expected {
    my ($path) = @_;
    return if grep { !$_->{policies} && (defined $_->{explicit_below} || defined $_->{mapping_below}) } @$path;
    my @permitted = grep { valid($path, explicit => 1, policies => [$_]) } @{ $path->[-1]{policies} // [] };
    my %permitted = map { $_ => 1 } @permitted;
    return grep {
        my $accepted = $accepts{$_};
        $_ eq 'any' ? valid($path) : grep { $permitted{"1.2.3.$_"} } @$accepted
    } @locations;
}

my %let_in;
for my $leaf (@leaves) {
    my $text =
        raw($gate->port, join('', map { request($_) } @locations), tls => tls_options_unseen($leaf), seconds => 60);
    my @codes = $text =~ m{HTTP/1\.1 (\d+)}g;
    my @expected = expected(path($leaf));
    $let_in{$_}++ for @expected;
    is join(' ', map { "$_:" . shift @codes } @locations), join(
        ' ',
        map {
            my $location = $_;
            "$_:" . ((grep { $_ eq $location } @expected) ? 200 : 403)
        } @locations),
        'let in at ' . (join(' ', @expected) || 'none');
}
$gate->stop;
is_deeply [grep { ($let_in{$_} // 0) < $count / 20 || $let_in{$_} > $count * 19 / 20 } @locations], [],
    'at each location some are let in, and some are not';

done_testing;
