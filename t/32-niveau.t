# SPDX-License-Identifier: EUPL-1.2
# The level of assurance at which the end user authenticated: asked by a location and by the register, claimed in a
# header, recorded, and passed on as it was established.
use strict;
use warnings;

use Test::More;

use GGI::Api;
use GGI::Audit qw(decisions verdicts);
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Protocols;

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my $header = 'X-Betrouwbaarheidsniveau';
my @levels = qw(geen laag substantieel hoog);    # what an entry of the register asks, and its id
my $profiles = qq([{"oin":"$oin","versie":1,"diensten":{) . join(
    ',',
    map {
              qq("$_":{"methoden":["GET","POST"],"paden":["/**"],)
            . qq("doelbindingen":["geen","laag","substantieel","hoog","elders"]})
    } qw(brp brp2)) . '}}]';
my $register = '{"versie":"1","doelbindingen":[' . join(
    ',',
    map {
        my $asks = $_ eq 'geen' ? '' : qq(,"betrouwbaarheidsniveau":"$_");
        my ($id, $diensten) = ($_, $_ eq 'elders' ? '"x"' : '"brp","brp2"');
        $asks = ',"betrouwbaarheidsniveau":"hoog"' if /elders|extra/;
        qq({"id":"$id","doel":"d","grondslag":{"avg":"6.1.e"},"diensten":[$diensten]$asks})
    } @levels,
    'elders',
    'extra') . ']}';

sub gate {
    my (%args) = @_;
    my $gate = GGI::Gate->new(
        pki => $pki, profiles => $profiles, register => $register, claim => 'X-Doelbinding: geen',
        %args);
    $gate->{echo} = GGI::Api->new($gate->port(9));
    $gate->start;
    my $leaf = $pki->leaf('caller', '--oin', $oin);
    $gate->{protocols} =
        GGI::Protocols->new($gate->port, '-cert', "$leaf.crt", '-cert_chain', "$leaf.pem", '-key', "$leaf.key");
    return $gate;
}

# A call with a claim that asks for nothing by itself, and with headers.
sub call {
    my ($gate, $path, @headers) = @_;
    return $gate->call($path, map { (-H => $_) } @headers);
}

# The values of a header that the API got, or that it got in a variable.
sub got {
    my ($answer, $name) = @_;
    return [$answer->{body} =~ /^\Q$name\E: ?(.*?)\r$/mig];
}

# What is expected of a call: [reason or '', header claimed, asked] of the record.
sub recorded {
    my ($record) = @_;
    my ($request, $response) = @{ $record->{body} }{qw(adl.core.request adl.core.response)};
    return [
        $response->{context}{reason} // '',
        @{ $request->{context} }{qw(betrouwbaarheidsniveau betrouwbaarheidsniveau_vereist)}];
}

my $server = 'underscores_in_headers on; ignore_invalid_headers off; keepalive_requests 10000;';
my $gate = gate(server => $server, locations => <<"CONF");
    location / { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }
    location /geen/ { ggi_dienst brp; ggi_doelbinding_niveau off; proxy_pass http://127.0.0.1:%%PORT9%%; }
    location /laag/ { ggi_dienst brp; ggi_doelbinding_niveau laag; proxy_pass http://127.0.0.1:%%PORT9%%; }
    location /substantieel/ {
        ggi_dienst brp;
        ggi_doelbinding_niveau substantieel;
        proxy_pass http://127.0.0.1:%%PORT9%%;
    }
    location /hoog/ {
        ggi_dienst brp;
        ggi_doelbinding_niveau hoog;
        proxy_pass http://127.0.0.1:%%PORT9%%;
        location /hoog/inner/ { proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /hoog/off/ { ggi_doelbinding_niveau off; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /hoog/lower/ { ggi_doelbinding_niveau laag; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location ~ ^/hoog/regex { proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /hoog/if/ {
            if (\$arg_x) { proxy_pass http://127.0.0.1:%%PORT9%%; }
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
        location /hoog/post/ {
            limit_except GET { proxy_pass http://127.0.0.1:%%PORT9%%; }
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
    }
    location /observe/ {
        ggi_dienst brp;
        ggi_doelbinding observe;
        ggi_doelbinding_niveau hoog;
        proxy_pass http://127.0.0.1:%%PORT9%%;
    }
    location /gate-off/ {
        ggi_dienst brp;
        ggi_doelbinding off;
        ggi_doelbinding_niveau hoog;
        proxy_pass http://127.0.0.1:%%PORT9%%;
    }
    location /named/ {
        ggi_dienst brp;
        ggi_doelbinding_niveau hoog;
        ggi_doelbinding_niveau_header X-LoA;
        proxy_pass http://127.0.0.1:%%PORT9%%;
    }
CONF

# Makes requests whose paths end in their number. Returns the answers, and number => decision.
sub made {
    my ($version, @requests) = @_;
    $gate->mark;
    my @answers = $gate->{protocols}->$version(@requests);
    my %decision =
        map { ($_->{body}{'adl.core.request'}{resource}{properties}{path} =~ m{/(\d+)$} ? $1 : '') => $_ }
        decisions($gate->since(scalar @requests, 0));
    return (\@answers, \%decision);
}

subtest 'the stricter of what location and register ask' => sub {
    my @claims = (undef, '', qw(laag substantieel hoog Hoog), 'laag, hoog', 'loa4', "\t hoog ");
    my (@requests, @expected);
    for my $place (0 .. 3) {
        for my $entry (0 .. 3) {
            for my $claim (@claims) {
                my $asked = $place > $entry ? $place : $entry;
                my $value = ($claim // '') =~ s/^\s+|\s+$//gr;
                my ($level) = grep { $levels[$_] eq $value } 1 .. 3;
                my $reason = !$asked ? '' : !$level ? 'assurance_missing' : $level < $asked ? 'assurance_too_low' : '';
                push @requests, [
                    "/$levels[$place]/" . @requests,
                    ['X-Doelbinding', $levels[$entry]], defined $claim ? [$header, $claim] : ()];
                push @expected, {
                    record => [$reason, length $value ? $value : undef, $asked ? $levels[$asked] : undef],
                    named => $reason ? $header : undef,
                    status => !$reason ? 200 : $reason =~ /missing/ ? 400 : 403,
                    api => $reason ? undef : $level ? [$value] : [],
                };
            }
        }
    }
    for my $version (qw(http1 http2)) {
        my ($answers, $decisions) = made($version, @requests);
        my @answers = @$answers;
        my %record = %$decisions;
        my @differ = grep {
            my ($n, $got) = ($_, $record{$_} // {});
            my %got = (
                record => recorded($got), named => $got->{attributes}{'ggi.refusal.header'},
                status => $answers[$n]{status} + 0,
                api => $answers[$n]{status} == 200 ? got($answers[$n], $header) : undef);
            !eq_hash(\%got, $expected[$n]) && diag explain $requests[$n], \%got, $expected[$n];
        } 0 .. $#requests;
        is scalar @differ, 0, "$version: " . @requests . ' calls are judged, recorded and passed on as they have to be';
    }
    cmp_ok scalar(grep { $_->{status} == 200 } @expected), '>', 20, 'some are let in';
};

subtest 'where it is asked' => sub {
    for my $path ('/hoog/x', '/hoog/inner/x', '/hoog/regex', '/hoog/if/x', '/hoog/if/x?x=1', '/hoog/post/x') {
        refused(call($gate, $path, "$header: substantieel"), 403, 'assurance_too_low', $path);
        allowed(call($gate, $path, "$header: hoog"), $path);
    }
    refused(
        $gate->call('/hoog/post/x', -d => 'x', -H => "$header: laag"), 403, 'assurance_too_low',
        'another method');
    refused(call($gate, '/hoog/lower/x'), 400, 'assurance_missing', 'a lower one that is named');
    allowed(call($gate, '/hoog/lower/x', "$header: laag"), 'and met');
    allowed(call($gate, $_), "none: $_") for '/hoog/off/x', '/x';
    refused(
        call($gate, '/hoog/off/x', 'X-Doelbinding;', 'X-Doelbinding: hoog'), 400, 'claim_malformed',
        'two claims, of which one asks for a level');
};

subtest 'after the other reasons' => sub {
    for my $case (
        [400, 'claim_missing'],
        [403, 'claim_unknown', 'X-Doelbinding: onbekend'],
        [403, 'claim_not_for_dienst', 'X-Doelbinding: elders'],
        [403, 'claim_not_in_profile', 'X-Doelbinding: extra'],
        [400, 'claim_malformed', 'X-Doelbinding: hoog', "X-Gebruiker: \x01"]
    ) {
        my ($status, $reason, @sent) = @$case;
        for my $claimed (undef, 'laag') {
            $gate->mark;
            my @headers = (@sent, defined $claimed ? "$header: $claimed" : ());
            refused(
                $gate->call('/substantieel/x', { claim => '' }, map { (-H => $_) } @headers),
                $status, $reason, "$reason first");
            my ($decision) = decisions($gate->since(1, 0));
            my $asked = $reason =~ /not/ ? 'hoog' : 'substantieel';
            is_deeply recorded($decision), [$reason, $claimed, $asked], 'the record has what was claimed and asked';
        }
    }
};

# [name, reason or '', what is recorded as claimed, what the API gets, header line, ...]
my @spellings = (
    ['as it should be', '', 'hoog', 'hoog', "$header: hoog"],
    ['in capitals', '', 'hoog', 'hoog', uc($header) . ': hoog'],
    ['in odd case', '', 'hoog', 'hoog', 'x-bEtrouwbaarheidsNiveau: hoog'],
    ['with underscores', '', 'hoog', 'hoog', 'X_Betrouwbaarheidsniveau: hoog'],
    ['with a dot', '', 'hoog', 'hoog', 'X.Betrouwbaarheidsniveau: hoog'],
    ['with another sign', '', 'hoog', 'hoog', 'X!Betrouwbaarheidsniveau: hoog'],
    ['with blanks and tabs', '', 'hoog', 'hoog', "$header:\t hoog \t"],
    ['another header', 'assurance_missing', undef, undef, 'X-Betrouwbaarheidsniveaus: hoog'],
    ['a part of its name', 'assurance_missing', undef, undef, 'X-Betrouwbaarheids: hoog'],
    ['a doubled hyphen', 'assurance_missing', undef, undef, 'X--Betrouwbaarheidsniveau: hoog'],
    ['empty', 'assurance_missing', undef, undef, "$header;"],
    ['blanks', 'assurance_missing', undef, undef, "$header: \t "],
    (   map { ["the value $_", 'assurance_missing', $_, undef, "$header: $_"] }
            qw(Hoog HOOG hoogst hoo 4 high "hoog" off)),
    ['a list', 'assurance_missing', 'hoog, hoog', undef, "$header: hoog, hoog"],
    ['a weight', 'assurance_missing', 'hoog;q=1', undef, "$header: hoog;q=1"],
    ['a no-break space', 'assurance_missing', "hoog\xa0", undef, "$header: hoog\xc2\xa0"],
    ['a BSN', 'assurance_missing', 'hoog *********', undef, "$header: hoog 123456782"],
    ['twice', 'claim_malformed', undef, undef, ("$header: hoog") x 2],
    ['twice, lower first', 'claim_malformed', undef, undef, "$header: laag", "$header: hoog"],
    ['twice, higher first', 'claim_malformed', undef, undef, "$header: hoog", "$header: laag"],
    ['twice, one empty', 'claim_malformed', undef, undef, "$header;", "$header: hoog"],
    ['twice, in two spellings', 'claim_malformed', undef, undef, "$header: laag", 'x_betrouwbaarheidsniveau: hoog'],
    [   'twice, in two others', 'claim_malformed', undef, undef, 'X.Betrouwbaarheidsniveau: hoog',
        'X!Betrouwbaarheidsniveau: hoog'],
    ['a tab within', 'claim_malformed', undef, undef, "$header: ho\tog"],
    ['a control character', 'claim_malformed', undef, undef, "$header: hoog\x01"],
    ['ISO-8859-1', 'claim_malformed', undef, undef, "$header: h\xf6\xf6g"],
    ['1024 bytes', 'assurance_missing', 'x' x 1024, undef, "$header: " . 'x' x 1024],
    ['1025 bytes', 'claim_malformed', undef, undef, "$header: " . 'x' x 1025],
);

# A spelling as GGI::Protocols takes it.
sub fields {
    return map { /^(.*?)(?:;$|:(.*))/s ? [$1, $2 // ''] : () } @_;
}

for my $place (['hoog', 'where one is asked'], ['geen', 'where none is'], ['observe', 'where the gate observes']) {
    my ($path, $name) = @$place;
    subtest "spellings $name" => sub {
        my @requests =
            map { ["/$path/$_", ['X-Doelbinding', 'geen'], fields(@{ $spellings[$_] }[4 .. $#{ $spellings[$_] }])] }
            0 .. $#spellings;
        for my $version (qw(http1 http2)) {
            my ($answers, $decisions) = made($version, @requests);
            my @answers = @$answers;
            my %record = %$decisions;
            for my $n (0 .. $#spellings) {
                my ($what, $reason, $claimed, $api) = @{ $spellings[$n] };
                $reason = '' if $path eq 'geen' && $reason eq 'assurance_missing';
                my ($decision, $answer) = ($record{$n} // {}, $answers[$n]);
                my $context = $decision->{body}{'adl.core.response'}{context};
                my $would = $path eq 'observe' ? $reason : '';
                $reason = '' if $would;
                is_deeply [@{ recorded($decision) }, $context->{would_refuse} // ''],
                    [$reason, $claimed, $path eq 'geen' ? undef : 'hoog', $would], "$version: $what: the record";
                is $decision->{attributes}{ $would ? 'ggi.would_refuse.header' : 'ggi.refusal.header' },
                    $reason || $would ? $header : undef, 'names the header';
                is $answer->{status}, !$reason ? 200 : $reason eq 'assurance_too_low' ? 403 : 400, 'the answer';
                next if $reason;
                my @names = $answer->{body} =~ /^(x[^a-z0-9]betrouwbaarheidsniveau): /mig;
                is_deeply [map {lc} @names], [defined $api ? lc $header : ()], 'the API gets it once or not at all';
                is_deeply got($answer, $header), [defined $api ? $api : ()], 'with what was established';
            }
        }
    };
}

subtest 'a folded header, and one in a trailer' => sub {
    for my $fold ("\r\n ", "\r\n\t") {
        my ($answer) = $gate->{protocols}->http1(['/hoog/x', ['X-Doelbinding', 'geen'], [$header, "ho$fold" . 'og']]);
        is $answer->{status}, 400, 'folded: rejected by nginx';
    }
    my ($answer) = $gate->{protocols}->http1(
        [   '/hoog/x', ['X-Doelbinding', 'geen'], ['Transfer-Encoding', 'chunked'],
            ['Trailer', "$header\r\n\r\n0\r\n$header: hoog"]]);
    like $answer->{body}, qr/assurance_missing/, 'a trailer is no header';
};

subtest 'a gate that is off, and a header of another name' => sub {
    my $answer = call($gate, '/gate-off/x', "$header: Hoog");
    allowed($answer, 'off');
    is_deeply got($answer, $header), ['Hoog'], 'what nobody judges reaches the API as it came';
    refused(call($gate, '/named/x', "$header: hoog"), 400, 'assurance_missing', 'the default name');
    like call($gate, '/named/x')->{body}, qr/The header is X-LoA\. The level that is asked is hoog\./, 'what to send';
    $answer = call($gate, '/named/x', "$header: hoog", 'X-LoA: hoog');
    allowed($answer, 'the other name');
    is_deeply [got($answer, $header), got($answer, 'X-LoA')], [[], ['hoog']],
        'the API does not get the default name, that nobody has judged';
};

subtest 'what the caller is told' => sub {
    my $problem = JSON::PP::decode_json(call($gate, '/hoog/x', "$header: laag")->{body});
    like $problem->{detail}, qr/The header is $header\. The level that is asked is hoog\.$/, 'in English';
    $problem = JSON::PP::decode_json(call($gate, '/laag/x', 'Accept-Language: nl', 'X-Doelbinding;')->{body});
    unlike $problem->{detail}, qr/gevraagde/, 'nothing of a level where another reason is given';
    $problem = JSON::PP::decode_json(call($gate, '/laag/x', 'Accept-Language: nl')->{body});
    like $problem->{detail}, qr/Het gaat om de header $header\. Het gevraagde niveau is laag\.$/, 'in Dutch';
    my $answer = call($gate, '/hoog/x', 'Content-Type: text/xml', "$header: laag");
    is $answer->{status}, 403, 'SOAP';
    like $answer->{body}, qr/<faultcode>soap:Client.*urn:ggi:problem:assurance_too_low.*asked is hoog\./s, 'a fault';
    is call($gate, '/hoog/x', 'Content-Type: application/grpc', @$_[0 .. $#$_ - 1])->{headers}{'grpc-status'}, $_->[-1],
        "gRPC: $_->[-1]" for ["$header: laag", 7], [3];
};
$gate->counts_what_it_records('the metrics have counted each reason');
$gate->stop;

subtest 'ways round it' => sub {
    my $roundabout = gate(
        more => 'ggi_doelbinding_niveau substantieel;',
        api => <<'CONF', locations => <<'CONF2');
        location /redirect/ { add_header X-Accel-Redirect $arg_to; return 200 "redirect"; }
        location /ssi { default_type text/html; return 200 '[<!--# include virtual="$arg_u" -->]'; }
        location /page { return 200 "level <$http_x_betrouwbaarheidsniveau>\n"; }
CONF
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /redirect/ { ggi_dienst brp; ggi_doelbinding_niveau laag; proxy_pass http://api; }
        location /other/ { ggi_dienst brp2; ggi_doelbinding_niveau hoog; proxy_pass http://api; }
        location /strict/ { ggi_dienst brp; ggi_doelbinding_niveau hoog; proxy_pass http://api; }
        location /lax/ { ggi_dienst brp; ggi_doelbinding_niveau off; proxy_pass http://api/page; }
        location /page/ {
            ggi_dienst brp;
            ggi_doelbinding_niveau hoog;
            error_page 400 403 = /lax/page;
            error_page 400 403 = @lax;
            recursive_error_pages on;
            proxy_intercept_errors on;
            proxy_pass http://api;
        }
        location @lax { ggi_dienst brp; ggi_doelbinding_niveau off; proxy_pass http://api; }
        location @strict { ggi_dienst brp; ggi_doelbinding_niveau hoog; proxy_pass http://api; }
        location /try/ { ggi_dienst brp; ggi_doelbinding_niveau off; try_files /none @strict; }
        location /to-lax/ { ggi_dienst brp; ggi_doelbinding_niveau hoog; try_files /none @lax; }
        location /rewritten/ { ggi_dienst brp; rewrite ^ /strict/x last; }
        location /observed/ {
            ggi_dienst brp;
            ggi_doelbinding observe;
            try_files /none @strict;
        }
        location /renamed/ {
            ggi_dienst brp;
            ggi_doelbinding_niveau off;
            ggi_doelbinding_niveau_header X-LoA;
            try_files /none @strict;
        }
        location /ssi/ { ggi_dienst brp; ggi_doelbinding_niveau off; ssi on; ssi_types *; proxy_pass http://api/ssi; }
        location /mirror/ { ggi_dienst brp; ggi_doelbinding_niveau off; mirror /strict/m; proxy_pass http://api; }
        location /auth/ { ggi_dienst brp; ggi_doelbinding_niveau off; auth_request /strict/a; proxy_pass http://api; }
CONF2
    my $api = 0;
    for my $case (
        ['the level of http', '/x', 'laag'],
        ['X-Accel-Redirect', '/redirect/x?to=/strict/x', 'laag', 1],
        ['X-Accel-Redirect to another dienst', '/redirect/x?to=/other/x', 'substantieel', 1],
        ['try_files to a named location', '/try/x', 'substantieel'],
        ['try_files to a lower level', '/to-lax/x', 'substantieel'],
        ['an error page of a refusal', '/page/x', 'substantieel'],
        ['rewrite', '/rewritten/x', 'substantieel'],
        ['out of one that observes', '/observed/x', 'laag'],
        ['auth_request', '/auth/x', 'laag']
    ) {
        my ($name, $path, $level, $more) = @$case;
        $roundabout->mark;
        my $answer = call($roundabout, $path, "$header: $level");
        is $answer->{status}, 403, "$name: refused";
        my @seen = verdicts($roundabout->since(1, 0));
        is $seen[-1], 'assurance_too_low', 'recorded';
        $api += $more // 0;
        is $roundabout->api_calls, $api, 'the API has not seen it';
    }
    for my $case (
        ['out of one that observes', '/observed/x', "$header: HOOG"],
        ['of another name', '/renamed/x', "$header: hoog", 'X-LoA: hoog']
    ) {
        my ($name, $path, @headers) = @$case;
        refused(
            call($roundabout, $path, @headers), 400, 'assurance_missing',
            "$name, what was not passed on is not there");
    }
    refused(
        call($roundabout, '/observed/x', "$header: hoog", "$header: hoog"), 400, 'assurance_missing',
        'nor what was repeated');
    is $roundabout->api_calls, $api, 'the API has seen none of these';

    my $answer = call($roundabout, '/ssi/x?u=/strict/x', "$header: laag");
    is $answer->{status}, 200, 'a page';
    unlike $answer->{body}, qr/ok/, 'without what asks for more';
    is call($roundabout, '/mirror/x', "$header: laag")->{status}, 200, 'a call';
    is $roundabout->api_calls, $api + 2, 'is not mirrored to a location that asks for more';
    like call($roundabout, '/ssi/x?u=/lax/y', "$header: hoog")->{body}, qr/<hoog>/,
        'a subrequest has what was established';
    like call($roundabout, '/ssi/x?u=/lax/y', "$header: Hoog")->{body}, qr/<>/, 'or nothing';
    $roundabout->stop;
};

subtest 'variables' => sub {
    my $reading = gate(
        more =>
            'map $http_x_betrouwbaarheidsniveau $mapped { default none; hoog yes; } map $ggi_doelbinding_niveau $late '
            . '{ default other; hoog high; }',
        server => $server,
        locations => <<'CONF');
        add_header X-Late "$ggi_doelbinding_niveau $late" always;
        location /late/ {
            ggi_dienst brp;
            proxy_set_header Got-Variable $ggi_doelbinding_niveau;
            proxy_set_header Got-Header $http_x_betrouwbaarheidsniveau;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
        location /early/ {
            ggi_dienst brp;
            if ($ggi_doelbinding_niveau = hoog) { return 418; }
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
        location /if/ {
            ggi_dienst brp;
            ggi_doelbinding observe;
            if ($http_x_betrouwbaarheidsniveau = hoog) { set $high 1; }
            set $read $http_x_betrouwbaarheidsniveau;
            proxy_set_header Got-Read $read;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
        location /map/ {
            ggi_dienst brp;
            ggi_doelbinding_niveau laag;
            set $read $mapped;
            proxy_set_header Got-Read $read;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
        location /plain/ { ggi_dienst off; set $read $mapped; rewrite ^ /if/x last; }
        location /off/ {
            ggi_dienst brp;
            ggi_doelbinding off;
            set $read $http_x_betrouwbaarheidsniveau;
            proxy_set_header Got-Read $read;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
CONF
    my $answer = call($reading, '/late/x', "$header: hoog");
    is $answer->{headers}{'x-late'}, 'hoog high', '$ggi_doelbinding_niveau after the gates';
    is_deeply [got($answer, 'Got-Variable'), got($answer, 'Got-Header')], [['hoog'], ['hoog']], 'and in a header';
    $answer = call($reading, '/late/x', "$header: Hoog");
    is_deeply [got($answer, 'Got-Variable'), got($answer, 'Got-Header')], [[], []], 'nothing that is no level';
    refused(call($reading, '/early/x', "$header: hoog"), 500, 'request_rejected', 'it is not known before the gates');
    for my $path (qw(/if/x /map/x /plain/x /off/x)) {
        my $read = $path =~ /map/ ? 'yes' : 'hoog';
        $answer = call($reading, $path, "$header: hoog");
        allowed($answer, "$path: one that is established");
        is_deeply got($answer, 'Got-Read'), [$read], 'is what was read before the gates' if $path ne '/plain/x';
    }
    for my $sent (['Hoog'], ['hoog, hoog'], ['hoog', 'hoog'], ['hoog', 'laag']) {
        for my $path (qw(/if/x /plain/x)) {
            refused(
                call($reading, $path, map {"$header: $_"} @$sent), 500, 'request_rejected',
                "$path: what was read of @$sent is not what was established");
        }
    }
    refused(
        call($reading, '/if/x', 'X!Betrouwbaarheidsniveau: hoog'), 500, 'request_rejected',
        'nor of a name that the variable does not have');
    is_deeply got(call($reading, '/off/x', "$header: Hoog"), 'Got-Read'), ['Hoog'],
        'where the gate is off it is as it came';
    push @{ $reading->{allow_errors} }, qr/was read before the gates/;
    $reading->stop;
};

subtest 'ggictl explain says what the gate says' => sub {
    my $files = GGI::Gate->new(pki => $pki, profiles => $profiles, register => $register);
    my @command = (
        "$GGI::Nginx::ROOT/scripts/ggictl", 'explain', '-o', 'json', '--oin', $oin, '--dienst', 'brp', '--method',
        'GET',
        '--path', '/x', '--profiles', $files->prefix . '/profielen.json', '--register',
        $files->prefix . '/doelbindingen.json');
    for my $place (0 .. 3) {
        for my $entry (0, 2, 3) {
            for my $claim (undef, '', qw(laag substantieel hoog Hoog), "h\tg") {
                my ($level) = grep { $levels[$_] eq ($claim // '') } 1 .. 3;
                my $asked = $place > $entry ? $place : $entry;
                my $reason =
                      ($claim // '') =~ /\t/ ? 'claim_malformed'
                    : !$asked ? undef
                    : !$level ? 'assurance_missing'
                    : $level < $asked ? 'assurance_too_low'
                    : undef;
                my @given = ('--claim', $levels[$entry]);
                push @given, '--asked', $levels[$place] if $place;
                push @given, '--niveau', $claim if defined $claim;
                open my $out, '-|', @command, @given or die "ggictl: $!\n";
                my $said = JSON::PP::decode_json(join '', <$out>);
                close $out;
                is_deeply [@$said{qw(reason betrouwbaarheidsniveau_vereist)}],
                    [$reason, $asked && ($reason // '') ne 'claim_malformed' ? $levels[$asked] : undef], "@given";
            }
        }
    }
};

sub configuration {
    my (%args) = @_;
    return GGI::Gate->new(pki => $pki, %args)->test_configuration;
}

subtest 'configurations' => sub {
    my $location = sub { return (locations => "location / { ggi_dienst brp; $_[0] proxy_pass http://api; }") };
    for my $case (
        [   'an unknown level',
            qr/"ggi_doelbinding_niveau" takes "off", "laag", "substantieel" or "hoog": invalid value "hoogst"/,
            'ggi_doelbinding_niveau hoogst;'],
        ['an empty level', qr/"ggi_doelbinding_niveau" takes .*: invalid value ""/, 'ggi_doelbinding_niveau "";'],
        ['a variable', qr/invalid value "\$x"/, 'ggi_doelbinding_niveau $x;'],
        ['no level', qr/invalid number of arguments in "ggi_doelbinding_niveau"/, 'ggi_doelbinding_niveau;'],
        ['two levels', qr/invalid number of arguments/, 'ggi_doelbinding_niveau laag hoog;'],
        [   'a level twice', qr/"ggi_doelbinding_niveau" directive is duplicate/,
            'ggi_doelbinding_niveau hoog; ggi_doelbinding_niveau off;'],
        [   'in an if', qr/"ggi_doelbinding_niveau" directive is not allowed here/,
            'if ($arg_x) { ggi_doelbinding_niveau off; }'],
        [   'a header twice', qr/"ggi_doelbinding_niveau_header" directive is duplicate/,
            'ggi_doelbinding_niveau_header X-A; ggi_doelbinding_niveau_header X-B;'],
        [   'an invalid name', qr/invalid header name "X_A" in "ggi_doelbinding_niveau_header"/,
            'ggi_doelbinding_niveau_header X_A;'],
        (   map {
                [   "the header $_", qr/header "$_" stands for two parts of the claim/i,
                    "ggi_doelbinding_niveau_header $_;"]
            } qw(X-Doelbinding x-verwerking X-GEBRUIKER X-Toepassing)),
        [   'a header that has its default name', qr/header "$header" stands for two parts of the claim/,
            "ggi_doelbinding_gebruiker_header $header;"],
        [   'one that the gate gives the API', qr/is one that the gate gives the API itself/,
            'ggi_doelbinding_niveau_header traceparent;'],
        ['one of HTTP', qr/has a meaning of its own in HTTP/, 'ggi_doelbinding_niveau_header Authorization;'],
        (   map {
                [   "$_ for two",
                    qr/header "X-Origin-OIN" stands for a part of the claim and for "ggi_dienst_origin_header"/i,
                    "$_ X-Origin-OIN;"]
            } map {"ggi_doelbinding_$_"}
                qw(niveau_header header verwerking_header gebruiker_header toepassing_header)),
        [   'the origin in the header of the level',
            qr/header "$header" stands for a part of the claim and for "ggi_dienst_or/,
            "ggi_dienst_origin_header $header;"],
    ) {
        my ($name, $error, $text) = @$case;
        my ($good, $output) = configuration($location->($text));
        ok !$good, "$name: refused";
        like $output, qr/\[emerg\].*$error.* in \S+nginx\.conf:\d+/, 'with a message that names the place'
            or diag $output;
    }
    for my $text (
        'ggi_doelbinding_niveau Hoog;',
        'ggi_dienst_origin_header X-Namens; ggi_doelbinding_niveau_header X-Origin-OIN;',
        'ggi_doelbinding_niveau_header X-Gebruiker; ggi_doelbinding_gebruiker_header X-Betrouwbaarheidsniveau;'
    ) {
        my ($good, $output) = configuration($location->($text));
        ok $good, "taken: $text" or diag $output;
    }
    my ($good, $output) = configuration(register => $register =~ s/"hoog"\}/"Hoog"}/r);
    ok !$good, 'a register that asks for no known level';
    like $output, qr/betrouwbaarheidsniveau: invalid, expected "laag", "substantieel" or "hoog"/, 'names the place';
};

done_testing;
