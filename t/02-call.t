# SPDX-License-Identifier: EUPL-1.2
# The core without gates: what it refuses to start with, and what every call gets.
use strict;
use warnings;

use Test::More;

use GGI::Gate;

my @core = ('ngx_http_ggi_dienst_module');
my $listen = 'listen 127.0.0.1:%%PORT%%;';
my $off = join ' ', map {"ggi_$_ off;"} qw(pkio autorisatie doelbinding audit);

for my $gate (qw(pkio autorisatie doelbinding audit)) {
    my $others = $off =~ s/ggi_$gate off;//r;
    GGI::Nginx->refuses(
        "gate $gate without its module",
        qr/dienst\ "brp"\ has\ gate\ ggi_$gate\ on,\ which\ needs\ "load_module"\ of
            \ ngx_http_ggi_${gate}_module\.so,\ or\ "ggi_$gate\ off;"\ in\ \S+nginx\.conf:\d+/x,
        modules => \@core,
        http => "server { $listen location /a/ { ggi_dienst brp; $others } }");
}

GGI::Nginx->refuses(
    'an unknown mode', qr/invalid value "maybe" in \S+nginx\.conf:\d+/,
    modules => \@core, http => "server { $listen ggi_pkio maybe; }");

for my $contact ('', 'nobody', 'mailto:a b', "mailto:\xc3\xab", 'mailto:"x"', 'mailto:' . 'x' x 250) {
    GGI::Nginx->refuses(
        "contact '$contact'", qr/invalid contact .* in \S+nginx\.conf:\d+/,
        modules => \@core, http => "server { $listen ggi_dienst_contact '$contact'; }");
}

my $gate = GGI::Gate->new(
    modules => \@core,
    gates => [],
    tls => 0,
    server => 'add_header X-Call "$ggi_dienst $ggi_decision $ggi_reason $ggi_transaction_id" always;',
    locations => <<'CONF',
        location /plain/ { proxy_pass http://api; }
        location /a/ { ggi_dienst brp; proxy_pass http://api; }
        location /ssi/ { ssi on; ssi_types *; proxy_pass http://api; }
CONF
    answer => '"$request_method $request_uri|$http_traceparent|$http_fsc_transaction_id|$http_x_other"',
    api => q[location /ssi/ { return 200 '[<!--# include virtual="/a/secret" -->]'; }],
    claim => '',
)->start;

my $trace = '0af7651916cd43dd8448eb211c80319c';
my $uuid = qr/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

subtest 'a call without identifiers gets new ones' => sub {
    my $answer = $gate->call('/a/x?y=1');
    is $answer->{status}, 200;
    my ($line, $parent, $id, $other) = split /\|/, $answer->{body}, -1;
    is $line, 'GET /a/x?y=1', 'method and target are untouched';
    like $parent, qr/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/, 'a new trace';
    like $id, qr/^$uuid$/, 'a new transaction id, UUID version 7';
    is $answer->{headers}{'x-call'}, "brp allowed  $id", 'the variables';
    my $ms = hex(substr $id, 0, 8) * 65536 + hex substr $id, 9, 4;
    ok abs($ms / 1000 - time) < 5, 'which holds the time';
    isnt $gate->call('/a/x')->{body}, $answer->{body}, 'and the next call has others';
};

subtest 'valid identifiers are continued' => sub {
    my $id = '0192A1B2-c3d4-7fff-bfff-ffffffffffff';
    my $answer = $gate->call(
        '/a/x', -H => "traceparent: 00-$trace-b7ad6b7169203331-00",
        -H => "Fsc-Transaction-Id: $id", -H => 'X-Other: kept');
    my (undef, $parent, $passed, $other) = split /\|/, $answer->{body}, -1;
    like $parent, qr/^00-$trace-(?!b7ad6b7169203331)[0-9a-f]{16}-00$/, 'same trace and flags, new span';
    is $passed, lc $id, 'same transaction';
    is $other, 'kept', 'other headers pass';
};

subtest 'ambiguous identifiers are replaced, once' => sub {
    my $answer = $gate->call(
        '/a/x', -H => "traceparent: 00-$trace-b7ad6b7169203331-00",
        -H => "Traceparent: 00-$trace-b7ad6b7169203332-00", -H => 'X-Other: kept',
        -H => 'fsc-transaction-id: 0192a1b2-c3d4-7fff-bfff-ffffffffffff', -H => 'Fsc-Transaction-Id: x');
    my (undef, $parent, $passed, $other) = split /\|/, $answer->{body}, -1;
    like $parent, qr/^00-(?!$trace)[0-9a-f]{32}-[0-9a-f]{16}-01$/, 'a new trace';
    like $passed, qr/^(?!0192a1b2)$uuid$/, 'a new transaction';
    is $other, 'kept', 'other headers pass';
};

subtest 'a location without dienst is as nginx has it' => sub {
    my $answer = $gate->call('/plain/x', -H => 'traceparent: odd');
    is $answer->{body}, 'GET /plain/x|odd||', 'nothing added, nothing changed';
    like $answer->{headers}{'x-call'} // '', qr{^\s*$}, 'and there is no call';
};

is $gate->call('/ssi/')->{body} =~ s/<.*//sr, '[',
    'a subrequest does not enter a dienst that its request was not admitted to';
like $gate->read('logs/error.log'), qr/subrequest to dienst "brp" refused/, 'and the log says so';

$gate->stop;
done_testing;
