# SPDX-License-Identifier: EUPL-1.2
# What the API gets is what was judged, whichever way an operator passes a call on.
use strict;
use warnings;

use Test::More;

use GGI::Api;
use GGI::Audit qw(decisions verdicts);
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(raw);

my $pki = GGI::Pki->new;

# A gate without TLS in which neither certificate nor profile is judged, and an API that echoes what it gets.
sub plain_gate {
    my (%args) = @_;
    my $gate = GGI::Gate->new(pki => $pki, listen => 'listen 127.0.0.1:%%PORT%%;', %args);
    $gate->write('nginx.conf', $gate->read('nginx.conf') =~ s/ssl_\w+ .*?;//gr);
    $gate->{echo} = GGI::Api->new($gate->port(9));
    return $gate->start;
}

# What the API got of a request, or "" when it got nothing.
sub echoed {
    my ($gate, $target, @headers) = @_;
    my $answer = raw($gate->port, join "\r\n", "GET $target HTTP/1.1", 'Host: x', $GGI::Gate::CLAIM, @headers, 'Connection: close', '', '');
    return $answer =~ m{\AHTTP/1.1 200 .*?\r\n\r\n(.*)\z}s ? $1 : '';
}

sub transaction { my ($record) = @_; return (map { $record->{attributes}{$_} } grep {/transaction_id\z/} sort keys %{ $record->{attributes} })[0] }
sub decoded { return $_[0] =~ s/%([0-9a-f]{2})/chr hex $1/gier }

# Two hundred paths: each piece of this in each of those places.
my @pieces = (qw(x %78 %C3%AB %c3%ab %22 %3b a+b a%2Bb a;b=c %7c %25 %25g %2525 %253f %252e%252e %3f %23 %20 %2520 %09 %0d%0a %1f %7f %2541 %25%34%31), '"', '|', '~', "\xc3\xab",
    '.', '..', '%2e%2e', '%2f', '%2F..%2f', '%5c', '=', '&', '%26', '%40', '!$', q(%27), '*', '(', '%5b%5d', '{', '^', '`', '%u0041', '%3Fa=b', '%3f/publiek');
my @places = map { my $piece = $_; ("/brp/$piece", "/brp/a${piece}b", "/brp/$piece/publiek", "/brp/publiek$piece") } @pieces;

subtest 'each way of passing on' => sub {
    cmp_ok scalar @places, '>=', 200, 'two hundred paths';
    my %ways = (
        plain => ['proxy_pass http://api_echo;'],
        prefix => ['proxy_pass http://api_echo/x/;', '/x/'],
        regex => ['proxy_pass http://api_echo$1;', '', '~ ^/regex(/.*)$'],
        uri => ['proxy_pass http://api_echo$uri;'],
        request_uri => ['proxy_pass http://api_echo$request_uri;'],
        break => ['rewrite ^/break(/.*)$ $1 break; proxy_pass http://api_echo;'],
        named => ['try_files /none @named;'],
    );
    my $locations = join '', map { sprintf "location %s { ggi_dienst brp; ggi_pkio off; ggi_autorisatie off; %s }\n", $ways{$_}[2] // "/$_/", $ways{$_}[0] } sort keys %ways;
    my $gate = plain_gate(
        more => 'upstream api_echo { server 127.0.0.1:%%PORT9%%; } keepalive_requests 100000;',
        locations => $locations . 'location @named { ggi_dienst brp; ggi_pkio off; ggi_autorisatie off; proxy_pass http://api_echo; }',
    );
    for my $way (sort keys %ways) {
        my @targets = map {"/$way$_?q=%41"} @places;
        $gate->mark;
        my (%seen, @faults);
        for my $target (@targets) {
            my $head = echoed($gate, $target);
            my ($line) = $head =~ /\A([^\r]*)\r\n/ or next;
            my ($path) = $line =~ m{\AGET (/[^ ?#]*)(?:\?q=%41)? HTTP/1\.[01]\z};
            push @faults, "$target: $line" if !defined $path;
            my ($transaction) = $head =~ /^fsc-transaction-id: (.*?)\r$/mi;
            $seen{$transaction} = [$target, decoded($path // '')];
        }
        my $allowed = keys %seen;
        for my $decision (decisions($gate->since($allowed, $allowed))) {
            my $seen = delete $seen{ transaction($decision) } or next;
            my $path = $decision->{body}{'adl.core.request'}{resource}{properties}{path};
            utf8::encode($path);
            $path =~ s{\A/prefix/}{/x/} if $way eq 'prefix';
            $path =~ s{\A/\Q$way\E/}{/} if $way eq 'regex';
            push @faults, "$seen->[0]: judged $path, sent $seen->[1]" if $path ne $seen->[1];
        }
        push @faults, map {"$seen{$_}[0]: no record"} keys %seen;
        is_deeply \@faults, [], "$way: what the API got is what was judged";
        cmp_ok $allowed, '>', 80, "$way: most paths pass";
    }
    $gate->stop;
};

my @ambiguous = qw(/brp/geheim%3f/publiek /brp/a%23b /brp/a%20b /brp/%252e%252e/geheim /brp/%2541 /brp/a%09b /brp/a%7fb /brp/%0d%0ax);

subtest 'a path that can be passed on in two ways' => sub {
    my $gate = GGI::Gate->new(pki => $pki, locations => <<'CONF')->start;
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /observed/ { ggi_dienst brp; ggi_autorisatie observe; proxy_pass http://api; }
        location /off/ { ggi_dienst brp; ggi_autorisatie off; proxy_pass http://api; }
        location /unknown/ { ggi_dienst brp3; proxy_pass http://api; }
        location /rewritten/ { ggi_dienst brp; rewrite ^/rewritten/ /brp/%41 break; proxy_pass http://api; }
        location ~ ^/re(/.*)$ { ggi_dienst brp; proxy_pass http://api$1; }
        location /again/ { ggi_dienst brp; try_files /none @again; }
        location @again { ggi_dienst brp; rewrite ^/again/x$ /again/%41 break; proxy_pass http://api; }
CONF
    for my $where ('', '/re', '/observed', '/off') {
        refused($gate->call("$where$_"), 403, 'path_not_authorised', "$where$_") for @ambiguous;
    }
    refused($gate->call('/rewritten/x'), 403, 'path_not_authorised', 'one that a rewrite made');
    refused($gate->call('/unknown/a%20b'), 403, 'dienst_not_authorised', 'the order of reasons');
    refused($gate->call('/a%20b', -H => 'X-Origin-OIN: 00000001003214345000'), 403, 'path_not_authorised', 'the path comes before the organisation called on behalf of');
    refused($gate->call('/off/a%20b', -H => 'X-Doelbinding: x'), 403, 'path_not_authorised', 'and before the claim');
    is scalar(my @verdicts = verdicts($gate->since(4 * @ambiguous + 4, 0))), 4 * @ambiguous + 4, 'each has one record';
    is_deeply [grep { $_ !~ /^(?:path|dienst)_not_authorised$/ } @verdicts], [], 'a refusal';
    is $gate->api_calls, 0, 'the API saw none';
    refused($gate->call('/again/x'), 403, 'path_not_authorised', 'one that a rewrite of a second location made');
    is $gate->api_calls, 0, 'nor that';
    allowed($gate->call('/brp/100%25'), 'a percent sign without digits');
    $gate->counts_what_it_records('counted');
    $gate->stop;
};

done_testing;
