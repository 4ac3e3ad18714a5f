# SPDX-License-Identifier: EUPL-1.2
# A header means the same however it is spelt and over whatever version of HTTP: one table of spellings, sent byte by
# byte over HTTP/1.1 and HTTP/2, has the same decisions, the same records and the same call at the API.
use strict;
use warnings;

use Encode qw(decode);
use JSON::PP ();
use Test::More;

use GGI::Audit qw(decisions);
use GGI::Gate;
use GGI::Protocols;

my $oin = $GGI::Gate::OIN;
my $namens = '00000001002564440000';
my $good = 'BRPACT-AlgemeneTaken';
my $uuid = '01a21079-2c2d-7c5f-a97f-07d4c4a7a1ce';
my $trace = '00-763f245121e97a05df8bcbf87bf94c2f-73498ea5cdc541e7-01';
my @claim = (['X-Doelbinding', $good]);

my $gate = GGI::Gate->new(
    odd => 1,
    users => 'ggi_audit_user plain;',
    locations => <<'CONF',
        keepalive_requests 10000;
        location / { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /observe/ { ggi_dienst brp; ggi_doelbinding observe; proxy_pass http://127.0.0.1:%%PORT9%%; }
CONF
);
$gate->start;
my $leaf = $gate->{pki}->leaf('caller', '--oin', $oin);
my $protocols = GGI::Protocols->new($gate->port, '-cert', "$leaf.crt", '-cert_chain', "$leaf.pem", '-key', "$leaf.key");
sub over_http1 { return $protocols->http1(@_) }
sub over_http2 { return $protocols->http2(@_) }

# [name, what of the record is expected, header, ...]: allowed unless there is a reason
my @cases = (
    ['as it should be', {}, @claim],
    (   map {
            my ($before, $after) = @$_;
            my $name = "$before|$after" =~ s/\t/T/gr =~ s/ /B/gr;
            ["blanks and tabs $name", {}, ['X-Doelbinding', "$before$good$after"]]
        } ['  ', ''],
        ["\t", ''],
        ['', ' '],
        ['', "\t"],
        [' ', ' '],
        ["\t", "\t"],
        [" \t ", "\t \t"],
        ['', ' ' x 50],
        ["\t" x 50, "\t" x 50],
        ['', "\t "],
        [" \t", '']),
    ['nothing', { reason => 'claim_missing', header => 'X-Doelbinding' }],
    (   map {
            [   "an empty value of $_->[0]", { reason => 'claim_missing', header => 'X-Doelbinding' },
                ['X-Doelbinding', $_->[1]]]
        } ['nothing', ''],
        ['blanks', '   '],
        ['a tab', "\t"],
        ['both', " \t \t"]),
    ['doubled', { reason => 'claim_malformed', header => 'X-Doelbinding' }, @claim, @claim],
    [   'doubled, one with blanks', { reason => 'claim_malformed', header => 'X-Doelbinding' }, @claim,
        ['X-Doelbinding', " $good\t"]],
    ['doubled, one empty', { reason => 'claim_malformed', header => 'X-Doelbinding' }, @claim, ['X-Doelbinding', "\t"]],
    [   'a tab within', { reason => 'claim_malformed', header => 'X-Doelbinding' },
        ['X-Doelbinding', "BRPACT\tAlgemeneTaken"]],
    ['a blank within', { reason => 'claim_unknown' }, ['X-Doelbinding', 'BRPACT- AlgemeneTaken']],
    ['a no-break space round it', { reason => 'claim_unknown' }, ['X-Doelbinding', "\xc2\xa0$good"]],
    ['a control character', { reason => 'claim_malformed', header => 'X-Doelbinding' }, ['X-Doelbinding', "$good\x01"]],
    ['a vertical tab', { reason => 'claim_malformed', header => 'X-Doelbinding' }, ['X-Doelbinding', "$good\x0b"]],
    ['DEL', { reason => 'claim_malformed', header => 'X-Doelbinding' }, ['X-Doelbinding', "$good\x7f"]],
    [   'the doelbinding in ISO-8859-1', { reason => 'claim_malformed', header => 'X-Doelbinding' },
        ['X-Doelbinding', "Financi\xeble"]],
    ['1024 bytes and blanks', { reason => 'claim_unknown' }, ['X-Doelbinding', ' ' . 'x' x 1024 . "\t"]],
    ['1025 bytes', { reason => 'claim_malformed', header => 'X-Doelbinding' }, ['X-Doelbinding', 'x' x 1025]],
    ['a list', { reason => 'claim_unknown' }, ['X-Doelbinding', "$good, $good"]],
    ['quotes', { reason => 'claim_unknown' }, ['X-Doelbinding', qq("$good")]],

    (   map {
            my ($header, $member) = @$_;
            (   [   "$header with blanks and tabs", { $member => "Financi\xeble administratie" }, @claim,
                    [$header, "\t Financi\xc3\xable administratie \t"]],
                [   "$header in ISO-8859-1", { $member => "Financi\xeble administratie" }, @claim,
                    [$header, "Financi\xeble administratie"]],
                [   "$header in ISO-8859-1, with blanks", { $member => "Financi\xeble" }, @claim,
                    [$header, " Financi\xeble\t"]],
                [   "$header in ISO-8859-1 to the last place", { $member => "\xff" x 1024 }, @claim,
                    [$header, "\xff" x 1024]],
                [   "$header in ISO-8859-1, too long", { reason => 'claim_malformed', header => $header }, @claim,
                    [$header, "\xff" x 1025]],
                [   "$header with a byte of Windows-1252", { reason => 'claim_malformed', header => $header }, @claim,
                    [$header, "Financi\xeble \x80 12"]],
                [   "$header doubled", { reason => 'claim_malformed', header => $header }, @claim, [$header, 'a'],
                    [$header, 'a']],
                [   "$header with a control character", { reason => 'claim_malformed', header => $header }, @claim,
                    [$header, "a\x01"]],
                ["$header of blanks", { $member => undef }, @claim, [$header, " \t"]],
            )
        } ['X-Verwerking', 'verwerking'],
        ['X-Gebruiker', 'gebruiker'],
        ['X-Toepassing', 'toepassing']),
    ['UTF-8 cut short is ISO-8859-1', { verwerking => "abc\xc3" }, @claim, ['X-Verwerking', "abc\xc3"]],
    [   'a control character of C1 in UTF-8', { reason => 'claim_malformed', header => 'X-Verwerking' }, @claim,
        ['X-Verwerking', "a\xc2\x85b"]],
    ['a BSN in ISO-8859-1', { verwerking => "\xeb *********" }, @claim, ['X-Verwerking', "\xeb 123456782"]],
    ['missing comes first', { reason => 'claim_missing', header => 'X-Doelbinding' }, ['X-Gebruiker', "\x01"]],

    ['X-Origin-OIN with blanks and tabs', { on_behalf_of => $namens }, @claim, ['X-Origin-OIN', "\t$namens \t"]],
    ['X-Origin-OIN of blanks', { on_behalf_of => undef }, @claim, ['X-Origin-OIN', " \t "]],
    [   'X-Origin-OIN doubled', { reason => 'on_behalf_of_not_authorised', header => 'X-Origin-OIN' }, @claim,
        ['X-Origin-OIN', $namens], ['X-Origin-OIN', $namens]],
    [   'X-Origin-OIN of another',
        { reason => 'on_behalf_of_not_authorised', header => 'X-Origin-OIN', origin_claimed => '00000001000000000000' },
        @claim, ['X-Origin-OIN', ' 00000001000000000000 ']],
    ['traceparent with blanks and tabs', { parent => '73498ea5cdc541e7' }, @claim, ['traceparent', "\t$trace\t "]],
    ['traceparent doubled', { parent => undef }, @claim, ['traceparent', $trace], ['traceparent', $trace]],
    [   'Fsc-Transaction-Id with blanks and tabs', { transaction => $uuid }, @claim,
        ['Fsc-Transaction-Id', "\t $uuid \t"]],
    [   'Accept-Language with tabs',
        {
            reason => 'claim_missing', header => 'X-Doelbinding',
            body => qr/Geen doelbinding.*Het gaat om de header X-Doelbinding\./
        },
        ['Accept-Language', "\tnl \t"]],
    [   'Content-Type with tabs',
        {
            reason => 'claim_missing', header => 'X-Doelbinding',
            body => qr/<soap:Envelope.*The header is X-Doelbinding\./s
        },
        ['Content-Type', "\ttext/xml\t"]],
    [   'Content-Type with blanks',
        { reason => 'claim_missing', header => 'X-Doelbinding', body => qr/<soap:Envelope/ },
        ['Content-Type', '  application/soap+xml ; charset=utf-8 ']],
);
my @observed = (
    [   'observed', { would_refuse => 'claim_malformed', would_refuse_header => 'X-Toepassing' }, @claim,
        ['X-Toepassing', "\x01"]],
    ['observed, nothing sent', { would_refuse => 'claim_missing', would_refuse_header => 'X-Doelbinding' }],
);

my @requests;
for my $case (@cases, @observed) {
    my (undef, undef, @headers) = @$case;
    push @requests, [($case->[1]{would_refuse} ? '/observe/' : '/brp/') . @requests, @headers];
}

# What of a record and of an answer has to be the same, whatever the protocol.
sub outcome {
    my ($answer, $record) = @_;
    my ($request, $response) = @{ $record->{body} }{qw(adl.core.request adl.core.response)};
    my %attributes = %{ $record->{attributes} };
    my ($body, $of_caller) = ($answer->{body}, $uuid);
    my @api =
        $response->{decision}
        ? sort map {lc} grep {/^(?:x-|traceparent: \S{35}|fsc-transaction-id: $uuid)/i} split /\r\n/, $body
        : ();
    s/^(traceparent: \S{36})\S+/$1/ for @api;
    s/^traceparent: .*/traceparent: new/ for grep { !/763f245121e97a05df8bcbf87bf94c2f/ } @api;
    my $transaction = $attributes{'ggi.transaction_id'} // $attributes{'adl.fsc.transaction_id'};
    return {
        status => $answer->{status} + 0,
        (map { $_ => $response->{context}{$_} } qw(reason would_refuse)),
        header => $attributes{'ggi.refusal.header'},
        would_refuse_header => $attributes{'ggi.would_refuse.header'},
        (map { $_ => $request->{context}{$_} } qw(doelbinding verwerking gebruiker toepassing origin_claimed)),
        on_behalf_of => $request->{subject}{properties}{on_behalf_of},
        parent => $record->{parent_span_id},
        transaction => $transaction eq $of_caller ? $of_caller : 'new',
        api => \@api,
        body => $response->{decision} ? '' : $body =~ s/urn:uuid:[0-9a-f-]+/urn:uuid:/r,
    };
}

# The values of an outcome in a fixed order.
sub flat {
    my ($outcome) = @_;
    return map { ref $outcome->{$_} ? @{ $outcome->{$_} } : $outcome->{$_} } sort keys %$outcome;
}

sub outcomes {
    my ($send, @all) = @_;
    $gate->mark;
    my @answers = $send->(@all);
    my %record = map { my ($n) = $_->{body}{'adl.core.request'}{resource}{properties}{path} =~ m{/(\d+)$}; ($n => $_) }
        decisions($gate->since(scalar @all, 0));
    is scalar @answers, scalar @all, 'all are answered';
    is scalar keys %record, scalar @all, 'and recorded';
    return map { outcome($answers[$_], $record{$_}) } 0 .. $#all;
}

my @one = outcomes(\&over_http1, @requests);
my @two = outcomes(\&over_http2, @requests);
cmp_ok scalar @one, '>=', 60, 'sixty spellings or more';
for my $n (0 .. $#requests) {
    my ($name, $expected) = @{ ((@cases, @observed)[$n]) };
    subtest $name => sub {
        is_deeply $two[$n], $one[$n], 'the same over HTTP/2 as over HTTP/1.1';
        my %expected = %$expected;
        my $body = delete $expected{body};
        is_deeply {
            map { $_ => $one[$n]{$_} } keys %expected
        }, \%expected, 'as it has to be';
        is $one[$n]{reason}, $expected{reason}, 'the reason';
        my $status = !$expected{reason} ? 200 : $expected{reason} =~ /^claim_m/ ? 400 : 403;
        is $one[$n]{status}, $status, 'the status';
        like $one[$n]{body}, $body, 'the answer' if $body;
        like $one[$n]{body}, qr/The header is \Q$expected{header}\E\./, 'the answer names the header'
            if $expected{header} && !$body;
    };
}

# The API gets what was judged: without the blanks, and otherwise the bytes that were sent.
for my $n (grep { !$one[$_]{reason} && !$one[$_]{would_refuse} } 0 .. $#requests) {
    my ($name, undef, @headers) = @{ $cases[$n] };
    my @sent = sort map { lc($_->[0]) . ':' . ($_->[1] =~ s/^[ \t]+|[ \t]+$//gr =~ s/\A(?=.)/ /sr) }
        grep { $_->[0] =~ /^X-(?!Origin)/ } @headers;
    my @got = grep { !/^(?:x-origin|trace|fsc)/ } @{ $one[$n]{api} };
    s/:\s*$/:/ for @got;
    is_deeply [map {lc} @got], [map {lc} @sent], "$name: the API";
}

subtest 'random spellings' => sub {
    my $seed = $ENV{GGI_SEED} // time;
    note "GGI_SEED=$seed";
    srand $seed;
    my @parts = (
        ' ', "\t", '', '', 'a', $good, $namens, $trace, $uuid, "\xeb", "\xc3\xab", "\x80", "\xc2\x85", "\x01", "\x7f",
        '"', '\\', ',', ';', ':', '%20', '%00', "\xff", "\xe2\x82", '123456782');
    my @names = (
        'X-Doelbinding', 'X-Verwerking', 'X-Gebruiker', 'X-Toepassing', 'X-Origin-OIN', 'traceparent',
        'Fsc-Transaction-Id', 'Accept-Language', 'Content-Type');
    my $value = sub {
        return join '', map { $parts[rand @parts] } 0 .. rand 4;
    };
    my @all = map {
        my $n = $_;
        ["/brp/$n", (rand() < 0.7 ? @claim : ()), map { [$names[rand @names], $value->()] } 1 .. rand 4]
    } 0 .. 299;
    my @random = map { [outcomes($_, @all)] } \&over_http1, \&over_http2;
    my @differ = grep {
        join('|', map { $_ // '' } flat($random[0][$_])) ne join '|',
            map { $_ // '' } flat($random[1][$_])
    } 0 .. $#all;
    is_deeply [map { [$all[$_], $random[0][$_], $random[1][$_]] } @differ[0 .. ($#differ > 2 ? 2 : $#differ)]], [],
        'the same over both';
    my %reasons = map { ($_->{reason} // 'allowed') => 1 } @{ $random[0] };
    cmp_ok scalar keys %reasons, '>=', 4, join ', ', sort keys %reasons;
};

subtest 'a folded header' => sub {
    for my $fold ("\r\n ", "\r\n\t", "\n ") {
        # nginx 1.22 resets a stream of HTTP/2 without an answer, later ones answer
        for my $protocol (
            [\&over_http1, qr/^400$/, 'answered 400'],
            [\&over_http2, qr/^(?:400|0)$/, 'answered 400, or its stream is reset']
        ) {
            my ($send, $status, $name) = @$protocol;
            $gate->mark;
            my ($answer) = $send->(['/brp/folded', ['X-Doelbinding', "BRPACT-$fold" . 'AlgemeneTaken']]);
            like $answer->{status}, $status, "rejected by nginx: $name";
            my ($decision) = decisions($gate->since(1, 0));
            is $decision->{body}{'adl.core.response'}{context}{reason}, 'request_rejected', 'and recorded';
        }
    }
};

$gate->stop;
done_testing;
