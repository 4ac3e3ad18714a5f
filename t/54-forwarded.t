# SPDX-License-Identifier: EUPL-1.2
# What the API gets is what was judged, whichever way an operator passes a call on.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(decisions verdicts);
use GGI::Gate;
use GGI::H2;
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(connect_to raw receive tls_options);

my $pki = GGI::Pki->new;

# A gate without TLS in which no certificate is judged, and an API that echoes what it gets.
sub plain_gate {
    my (%args) = @_;
    my $gate = GGI::Gate->new(tls => 0, gates => [qw(autorisatie doelbinding audit)], odd => 1, %args);
    return $gate->start;
}

# What the API got of a request, or "" when it got nothing.
sub echoed {
    my ($gate, $target, @headers) = @_;
    my $answer = raw(
        $gate->port, join "\r\n", "GET $target HTTP/1.1", 'Host: x', $GGI::Gate::CLAIM, @headers,
        'Connection: close', '', '');
    return $answer =~ m{\AHTTP/1.1 200 .*?\r\n\r\n(.*)\z}s ? $1 : '';
}

sub transaction {
    my ($record) = @_;
    return (map { $record->{attributes}{$_} } grep {/transaction_id\z/} sort keys %{ $record->{attributes} })[0];
}
sub decoded { return $_[0] =~ s/%([0-9a-f]{2})/chr hex $1/gier }

# Two hundred paths: each piece of this in each of those places.
my @pieces = (
    qw(x %78 %C3%AB %c3%ab %22 %3b a+b a%2Bb a;b=c %7c %25 %25g %2525 %253f %252e%252e %3f %23 %20 %2520 %09 %0d%0a
        %1f %7f %2541 %25%34%31),
    '"', '|', '~', "\xc3\xab",
    '.', '..', '%2e%2e', '%2f', '%2F..%2f', '%5c', '=', '&', '%26', '%40', '!$', q(%27), '*', '(', '%5b%5d', '{', '^',
    '`', '%u0041', '%3Fa=b', '%3f/publiek');
my @places =
    map { my $piece = $_; ("/brp/$piece", "/brp/a${piece}b", "/brp/$piece/publiek", "/brp/publiek$piece") } @pieces;

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
        set => ['set $to http://api_echo$request_uri; proxy_pass $to;'],
        captured => ['if ($request_uri ~ ^/captured(/[^?]*)) { proxy_pass http://api_echo$1; }'],
        mapped => ['if ($to_mapped = none) { return 418; } proxy_pass http://api_echo$to_mapped;'],
    );
    my $locations = join '', map {
        sprintf "location %s { ggi_dienst brp; ggi_autorisatie off; %s }\n", $ways{$_}[2] // "/$_/",
            $ways{$_}[0]
    } sort keys %ways;
    my $gate = plain_gate(
        more =>
            'upstream api_echo { server 127.0.0.1:%%PORT9%%; } map $request_uri $to_mapped { default $request_uri; }',
        locations => $locations
            . 'location @named { ggi_dienst brp; ggi_autorisatie off; proxy_pass http://api_echo; }',
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
            $path =~ s{\A/\Q$way\E/}{/} if $way eq 'regex' || $way eq 'captured';
            push @faults, "$seen->[0]: judged $path, sent $seen->[1]" if $path ne $seen->[1];
        }
        push @faults, map {"$seen{$_}[0]: no record"} keys %seen;
        is_deeply \@faults, [], "$way: what the API got is what was judged";
        cmp_ok $allowed, '>', 80, "$way: most paths pass";
    }
    $gate->stop;
};

my @ambiguous = qw(/brp/geheim%3f/publiek /brp/a%23b /brp/a%20b /brp/%252e%252e/geheim /brp/%2541 /brp/a%09b /brp/a%7fb
    /brp/%0d%0ax);

subtest 'a path that can be passed on in two ways' => sub {
    my $gate = GGI::Gate->new(pki => $pki, locations => <<'CONF', api => 'location /self/x { return 404; }')->start;
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /self/ {
            ggi_dienst brp;
            proxy_intercept_errors on;
            error_page 404 = /self/%41;
            proxy_pass http://api;
        }
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
    refused(
        $gate->call('/a%20b', -H => 'X-Origin-OIN: 00000001003214345000'), 403, 'path_not_authorised',
        'the path comes before the organisation called on behalf of');
    refused($gate->call('/off/a%20b', -H => 'X-Doelbinding: x'), 403, 'path_not_authorised', 'and before the claim');
    is scalar(my @verdicts = verdicts($gate->since(4 * @ambiguous + 4, 0))), 4 * @ambiguous + 4, 'each has one record';
    is_deeply [grep { $_ !~ /^(?:path|dienst)_not_authorised$/ } @verdicts], [], 'a refusal';
    is $gate->api_calls, 0, 'the API saw none';
    refused($gate->call('/again/x'), 403, 'path_not_authorised', 'one that a rewrite of a second location made');
    is $gate->api_calls, 0, 'nor that';
    refused($gate->call('/self/x'), 403, 'path_not_authorised', 'one that an error page of its own location made');
    is $gate->api_calls, 1, 'the API saw what the page is for, alone';
    allowed($gate->call('/brp/100%25'), 'a percent sign without digits');
    $gate->counts_what_it_records('counted');
    $gate->stop;
};

# The rest of a path, behind where a prefix or a capture ends, can begin with "../" though no segment that was judged
# is "..".
subtest 'a segment that is cut where a dot segment begins' => sub {
    my $gate = plain_gate(
        more => 'upstream api_echo { server 127.0.0.1:%%PORT9%%; }',
        locations => join '',
        map {"$_ }\n"} map {
            ("location $_->[0] { ggi_dienst brp; ggi_autorisatie $_->[2]; " . "proxy_pass http://api_echo$_->[1];")
        } ['/prefix', '/api/', 'off'],
        ['~ ^/regex(.*)$', '/api/$1', 'off'],
        ['/observed', '/api/', 'observe'],
        ['/file', '/api/file', 'off']);
    for my $rest (
        '../geheim', '..%2fgeheim', '%2e%2e/geheim', '..', '..;x=/geheim', '..%5cgeheim', 'x/y../geheim',
        '..;/geheim'
    ) {
        is echoed($gate, "/$_$rest"), '', "/$_$rest" for qw(prefix regex observed);
    }
    is_deeply [verdicts($gate->since(24, 0))], [('path_not_authorised') x 24], 'each is refused and recorded';
    like echoed($gate, "/file$_"), qr{\AGET /api/file\Q$_\E HTTP}, "dots within a segment: $_"
        for '/a..b', '/2020..2021/x', '/..a', '/...a', '/a.', '/x/J./y', '/a.;b';
    $gate->stop;
};

# The API behind several diensten can tell them apart by Host alone, which nginx does not look at when the target of a
# request names a host itself.
subtest 'a host by which the dienst was not chosen' => sub {
    my $to = 'proxy_set_header Host $http_host; proxy_pass http://127.0.0.1:%%PORT9%%;';
    my $gate = plain_gate(
        server => 'server_name a.example;',
        locations =>
            "location / { ggi_dienst brp; ggi_autorisatie off; if (\$http_host = b.example) { return 418; } $to }",
        more => "server { listen 127.0.0.1:%%PORT%%; server_name b.example; location / { ggi_dienst brp2; $to } }",
    );
    for my $case (
        ['/x', 'a.example', 'a.example'], ['/x', 'a.example:8080', 'a.example:8080'],
        ['http://a.example/x', 'b.example', 'a.example'],
        ['http://a.example:8080/x', 'b.example:1', 'a.example:8080'],
        ['http://A.example', 'b.example', 'A.example'],
        ['http://a.example?x', 'b.example', 'a.example'],
    ) {
        my ($target, $host, $seen) = @$case;
        $gate->mark;
        my $answer = raw(
            $gate->port, join "\r\n", "GET $target HTTP/1.1", "Host: $host", $GGI::Gate::CLAIM, 'Connection: close',
            '', '');
        is_deeply [$answer =~ /^(Host: .*?)\r$/mg], ["Host: $seen"], "$target with Host: $host";
        my ($decision) = decisions($gate->since(1, 1));
        is $decision->{body}{'adl.core.request'}{resource}{id}, 'brp', 'is judged for the dienst of that host';
    }
    $gate->stop;
};

# What a record does not hold of a path could be what the caller is after, behind parameters that the API passes over.
subtest 'a path that is too long to be recorded' => sub {
    my $gate = plain_gate(
        server => 'large_client_header_buffers 4 32k;',
        locations => join '',
        map {"location /$_/ { ggi_dienst brp; ggi_autorisatie $_; proxy_pass http://127.0.0.1:%%PORT9%%; }\n"}
            qw(observe off));
    for my $where (qw(observe off)) {
        my ($begin, $end) = ("/$where/personen;x=", '/geheim');
        my $path = sub { my ($length) = @_; return $begin . 'x' x ($length - length "$begin$end") . $end };
        for my $length (4096, 4097, 8192) {
            $gate->mark;
            like echoed($gate, $path->($length)), qr{\AGET \Q@{[ $path->($length) ]}\E HTTP}, "$length bytes pass";
            my ($decision) = decisions($gate->since(1, 1));
            is $decision->{body}{'adl.core.request'}{resource}{properties}{path}, $path->($length),
                'and are recorded';
        }
        for my $length (8193, 20_000) {
            $gate->mark;
            is echoed($gate, $path->($length)), '', "$length bytes do not pass";
            my $text = $gate->since(1, 0);
            is_deeply [verdicts($text)], ['path_not_authorised'], 'are refused';
            is length((decisions($text))[0]{body}{'adl.core.request'}{resource}{properties}{path}), 8192,
                'and recorded as far as records go';
        }
    }
    $gate->stop;
};

# nginx's dav_methods write to the file that the alias gives what follows the location's prefix, whatever that prefix is
# in the header Destination.
subtest 'a copy to a path that the alias of its location makes another one' => sub {
    my $dav = qx($GGI::Nginx::BINARY -V 2>&1) =~ /http_dav_module/ ? 'dav_methods COPY MOVE;' : '';
    my $gate = plain_gate(
        locations => join '',
        map {"location /$_/in/ { ggi_dienst brp; ggi_autorisatie $_; alias %%PREFIX%%/files/; $dav }\n"}
            qw(observe off));
    my $files = $gate->prefix . '/files';
    mkdir $files or die "$files: $!\n";
    chmod 0777, $files;
    $gate->write('files/a', 'text');
    chmod 0666, "$files/a";
    my $copy = sub {
        my ($where, $to) = @_;
        return raw(
            $gate->port, join "\r\n", "COPY /$where/in/a HTTP/1.1", 'Host: x', $GGI::Gate::CLAIM, "Destination: $to",
            'Connection: close', '', '');
    };
    my @elsewhere = ('/', '/b', '/onn/in/b', '/other/in/b', 'http://x/other/in/b', '/other/in/b?', 'in/b');
    for my $where (qw(observe off)) {
        $gate->mark;
        for my $to (@elsewhere) {
            my $answer = $copy->($where, $to);
            like $answer, qr{\AHTTP/1.1 403 .*"urn:ggi:problem:path_not_authorised"}s, "$where: to $to";
            like $answer, qr/The header is Destination/, 'the answer names the header';
        }
        is_deeply [verdicts($gate->since(scalar @elsewhere, 0))], [('path_not_authorised') x @elsewhere],
            'each is refused and recorded';
        is_deeply [glob "$files/*"], ["$files/a"], 'nothing is written';
        unlike $copy->($where, "/$where/in/$where.copy"), qr/urn:ggi/, "$where: to a path of its own location";
        is -e "$files/$where.copy" ? 1 : 0, $dav ? 1 : 0, 'which is written' . ($dav ? '' : ', where nginx can');
        unlink "$files/$where.copy";
    }
    $gate->stop;
};

# Blanks and tabs round a value are no part of it: a rule must not be passed by by adding some.
subtest 'a rule on what a header says' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki, profiles => $GGI::Gate::PROFILES =~ s/"BRPACT-AlgemeneTaken"/"BRPACT-AlgemeneTaken", "Geheim"/gr,
        register => $GGI::Gate::REGISTER =~
            s/(\{ "id".*?\})(?= \] \})/"$1, " . $1 =~ s,BRPACT-AlgemeneTaken,Geheim,r/ser,
        more => <<'CONF', locations => <<'CONF2')->start;
        map $http_x_doelbinding $claim_barred { default 0; Geheim 1; }
        map $http_user_agent $agent_barred { default 0; barred 1; }
        map $http_x_gebruiker $user_barred { default 0; barred 1; }
        log_format claimed "<$request_uri|$http_x_doelbinding|$http_oin|$ggi_oin>";
        access_log %%PREFIX%%/logs/claimed.log claimed;
CONF
        location / {
            ggi_dienst brp;
            if ($http_x_doelbinding = Geheim) { return 418; }
            if ($user_barred) { return 418; }
            proxy_pass http://api;
        }
        location /map/ {
            ggi_dienst brp;
            if ($claim_barred) { return 418; }
            if ($agent_barred) { return 418; }
            proxy_pass http://api;
        }
        location /plain/ { if ($http_x_doelbinding = Geheim) { return 418; } try_files /none @plain; }
        location @plain { ggi_dienst brp; proxy_pass http://api; }
CONF2
    my @leaf = ($pki->leaf('caller', '--oin', $GGI::Gate::OIN));
    my ($tls, $tls2) = (tls_options(@leaf), tls_options(@leaf, SSL_alpn_protocols => ['h2']));
    my @blanks = (['', ''], ["\t", ''], ['', "\t"], [" \t ", ' '], ['', " \t"]);
    my $http2 = sub {
        my $socket = connect_to($gate->port, $tls2);
        syswrite $socket, GGI::H2::requests([@_]);
        my ($answer, $bytes);
        $gate->wait_for(
            sub {
                $bytes .= receive($socket, undef, 0.05);
                ($answer) = GGI::H2::answers($bytes);
                return $answer && $answer->{ended};
            },
            'an answer');
        return $answer->{status};
    };
    my $http1 = sub {
        my ($path, @headers) = @_;
        return raw(
            $gate->port,
            join(
                "\r\n", "GET $path HTTP/1.1", 'Host: x', 'Connection: close', (map {"$_->[0]:$_->[1]"} @headers), '',
                ''),
            tls => $tls) =~ m{\AHTTP/1.1 (\d+)} ? $1 : 0;
    };
    for my $blanks (@blanks) {
        my $spelt = join('|', @$blanks) =~ s/\t/T/gr =~ s/ /B/gr;
        my ($claim, $other) = map { ['x-doelbinding', "$blanks->[0]$_$blanks->[1]"] } 'Geheim', 'BRPACT-AlgemeneTaken';
        for my $send (['HTTP/1.1', $http1], ['HTTP/2', $http2]) {
            my ($version, $code) = @$send;
            is $code->($_, $claim), 418, "$version $spelt: the claim that is barred at $_"
                for '/x', '/map/x', '/plain/x';
            is $code->('/map/x', $other, ['user-agent', "$blanks->[0]barred$blanks->[1]"]), 418,
                "$version $spelt: another header";
            is $code->('/x', $other, ['x-gebruiker', "$blanks->[0]barred$blanks->[1]"]), 418,
                "$version $spelt: the user";
            is $code->('/x', $other), 200, "$version $spelt: the claim that is not";
        }
    }
    is $gate->api_calls, 2 * @blanks, 'the API saw those alone';
    raw($gate->port, "\x01\r\n\r\n", tls => $tls);
    $gate->wait_for(
        sub { $gate->read('logs/claimed.log') =~ /^<-\|-\|-\|.*>$/m },
        'a request line that nginx cannot read is logged');
    $gate->stop;
};

my $oin = $GGI::Gate::OIN;
my $other = '00000001002564440000';
my $stranger = '99999999999999999999';

# The value of a header that the API got, undef when it got none.
sub got { my ($answer, $name) = @_; return $answer->{body} =~ /^\Q$name\E: (.*?)\r$/mi ? $1 : undef }

subtest 'what the caller sent is not kept by a variable' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki, odd => 1,
        server => 'set $at_server $http_oin; set $by_server $http_x_origin_oin; set $uri_server $request_uri;',
        more => <<'CONF', locations => <<'LOCATIONS');
        map $http_oin $mapped_oin { default $http_oin; }
        map "$http_x_origin_oin" $mapped_origin { default $http_x_origin_oin; }
        map $request_uri $mapped_uri { default $request_uri; }
CONF
        location / {
            ggi_dienst brp;
            set $oin $http_oin;
            set $origin $http_x_origin_oin;
            set $path $request_uri;
            set $method $http_x_http_method_override;
            set $trace $http_traceparent;
            set $transaction $http_fsc_transaction_id;
            set $id $ggi_transaction_id;
            set $ordinary $http_x_ordinary;
            if ($mapped_oin = none) { return 418; }
            if ($mapped_origin = none) { return 418; }
            if ($mapped_uri = none) { return 418; }
            proxy_set_header Set-Oin $oin;
            proxy_set_header Mapped-Oin $mapped_oin;
            proxy_set_header Server-Oin $at_server;
            proxy_set_header Set-Origin $origin;
            proxy_set_header Mapped-Origin $mapped_origin;
            proxy_set_header Server-Origin $by_server;
            proxy_set_header Set-Uri $path;
            proxy_set_header Mapped-Uri $mapped_uri;
            proxy_set_header Server-Uri $uri_server;
            proxy_set_header Set-Method $method;
            proxy_set_header Set-Trace $trace;
            proxy_set_header Set-Transaction $transaction;
            proxy_set_header Set-Id $id;
            proxy_set_header Set-Ordinary $ordinary;
            proxy_set_header Now-Oin $http_oin;
            proxy_set_header Now-Origin $http_x_origin_oin;
            proxy_set_header Now-Uri $request_uri;
            proxy_set_header Now-Request $request;
            proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /observe/ {
            ggi_dienst brp;
            ggi_autorisatie observe;
            set $origin $http_x_origin_oin;
            proxy_set_header Set-Origin $origin;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
LOCATIONS
    $gate->start;
    my $trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    my $answer = $gate->call(
        '/x/..%2fbrp/%70?a=%2e', map { (-H => $_) } "OIN: $stranger", 'X-HTTP-Method-Override: DELETE',
        "traceparent: $trace", 'X-Ordinary: as it came');
    allowed($answer, 'a caller that claims to be another');
    is_deeply [map { got($answer, "$_-Oin") } qw(Set Mapped Server Now)], [($oin) x 4],
        'an OIN is the established one in each of set, map and the server, and after the gates';
    is_deeply [map { got($answer, "$_-Uri") } qw(Set Mapped Server Now)], [('/brp/p?a=%2e') x 4],
        'a path has the spelling that was judged';
    like got($answer, 'Now-Request'), qr{\AGET /x/\.\.%2fbrp/%70\?a=%2e HTTP/}, 'the request line stays as it was sent';
    is got($answer, 'Set-Method'), undef, 'what is removed is not there';
    is got($answer, 'Set-Trace'), got($answer, 'traceparent'), 'the trace is that of the gate';
    isnt got($answer, 'Set-Trace'), $trace, 'and not that of the caller';
    is got($answer, 'Set-Id'), got($answer, 'Fsc-Transaction-Id'), 'the transaction can be read beforehand';
    is got($answer, 'Set-Ordinary'), 'as it came', 'another header is what it was';
    is_deeply [map { got($answer, "$_-Origin") } qw(Set Mapped Server Now)], [undef, undef, undef, $oin],
        'no organisation, no claim';
    $answer = $gate->call(
        '/x', -H => "X-Origin-OIN: $other",
        -H => 'Fsc-Transaction-Id: 0192a1b2-c3d4-7fff-bfff-fffffffffffe');
    allowed($answer, 'a caller that may call on behalf of another');
    is_deeply [map { got($answer, "$_-Origin") } qw(Set Mapped Server Now)], [($other) x 4],
        'a claim that is established';
    is got($answer, 'Set-Transaction'), '0192a1b2-c3d4-7fff-bfff-fffffffffffe', 'a valid transaction';
    refused($gate->call('/x', -H => "X-Origin-OIN: $stranger"), 403, 'on_behalf_of_not_authorised', 'one that may not');
    $gate->mark;
    refused(
        $gate->call('/observe/x', -H => "X-Origin-OIN: $stranger"), 500, 'request_rejected',
        'nor gets it through in a variable where the gate observes');
    is_deeply [verdicts($gate->since(1, 0))], ['request_rejected'], 'recorded';
    like $gate->read('logs/error.log'),
        qr/\[error\].*call to dienst "brp" refused: "\$http_x_origin_oin" was read before the gates/, 'and named';
    allowed($gate->call('/observe/x', -H => "X-Origin-OIN: $oin"), 'an observed claim to be oneself');
    $gate->stop;
};

subtest 'headers that have been given other names' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki, odd => 1, server => 'underscores_in_headers on; ignore_invalid_headers off;',
        locations => <<'CONF');
        location / { ggi_dienst brp; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /other/ {
            ggi_dienst brp;
            ggi_dienst_origin_header X-Namens;
            ggi_doelbinding_header X-Doel;
            ggi_doelbinding_gebruiker_header X-Verwerking;
            ggi_doelbinding_verwerking_header X-Gebruiker; ggi_doelbinding_toepassing_header X-Programma;
            set $origin $http_x_origin_oin;
            set $claim $http_x_doelbinding;
            proxy_set_header Set-Origin $origin;
            proxy_set_header Set-Claim $claim;
            location /other/nested/ { proxy_pass http://127.0.0.1:%%PORT9%%; }
            proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /hyphens/ {
            ggi_dienst brp;
            ggi_dienst_origin_header X-Namens-;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
        location /off/ {
            ggi_dienst brp;
            ggi_dienst_origin_header X-Namens;
            ggi_doelbinding_header X-Doel;
            ggi_autorisatie off;
            ggi_doelbinding off;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
CONF
    $gate->start;
    my @claimed = map { (-H => $_) } 'X-Doel: BRPACT-AlgemeneTaken', "X-Origin-OIN: $stranger",
        "x_origin_oin: $stranger", "X.Origin.OIN: $stranger", 'X-Doelbinding: other', 'X-Toepassing: other',
        'X-Verwerking: user', 'X-Gebruiker: processing';
    for my $path ('/other/x', '/other/nested/x', '/off/x') {
        my $answer = $gate->call($path, @claimed);
        allowed($answer, $path);
        unlike $answer->{body}, qr/$stranger/, 'no organisation that nobody has judged';
        is got($answer, 'X-Namens'), $oin, 'but the one that was established';
        is got($answer, 'X-Doelbinding'), undef, 'no doelbinding that nobody has judged';
        is got($answer, 'X-Doel'), 'BRPACT-AlgemeneTaken', 'but the one that was';
        is_deeply [map { got($answer, $_) } qw(Set-Origin Set-Claim)], [undef, undef], 'nor in a variable';
    }
    my $answer = $gate->call('/other/x', @claimed);
    is_deeply [map { got($answer, $_) } qw(X-Verwerking X-Gebruiker X-Toepassing)], ['user', 'processing', undef],
        'a default name that another header has been given reaches the API';
    $answer = $gate->call('/x', -H => "X-Namens: $stranger", -H => 'X-Doel: x');
    is_deeply [map { got($answer, $_) } qw(X-Namens X-Doel)], [$stranger, 'x'], 'elsewhere these are headers as any';
    is got($answer, 'X-Origin-OIN'), $oin, 'and the default names are what they were';
    # PHP gives HTTP_X.ORIGIN.OIN the name HTTP_X_ORIGIN_OIN, in which the last value stands
    # and others replace whatever is no letter or digit
    for my $name (qw(X.Origin.OIN x_origin.oin X!Origin!OIN X~Origin-OIN)) {
        refused($gate->call('/x', -H => "$name: $stranger"), 403, 'on_behalf_of_not_authorised', $name);
        refused(
            $gate->call('/x', -H => "X-Origin-OIN: $oin", -H => "$name: $stranger"), 403,
            'on_behalf_of_not_authorised', "$name beside the header itself");
    }
    for my $name (qw(X-Namens- X-Namens. x_namens_ X!Namens~)) {
        refused($gate->call('/hyphens/x', -H => "$name: $stranger"), 403, 'on_behalf_of_not_authorised', $name);
        my $own = $gate->call('/hyphens/x', -H => "$name: $oin");
        allowed($own, "$name, of oneself");
        is_deeply [lc($own->{body}) =~ /^(x.namens..*)\r$/mg], ["x-namens-: $oin"], 'which the API gets under its name';
    }
    refused(
        $gate->call('/x', -H => 'X.Doelbinding: BRPACT-AlgemeneTaken'), 400, 'claim_malformed',
        'a claim in two spellings');
    is got($gate->call('/x', -H => "Fsc.Transaction.Id: $other"), 'Fsc.Transaction.Id'), undef, 'an identifier';
    # by these a server that takes them for their namesakes would find another body than the one that was sent
    my $framed = $gate->call(
        '/x', $gate->body(10), map { (-H => $_) } 'Transfer_Encoding: chunked',
        'Transfer.Encoding: chunked', 'Content_Length: 5', 'content!length: 5');
    allowed($framed, 'a body with odd lengths');
    is_deeply [$framed->{body} =~ /^((?:Transfer|Content)\WLength.*|(?:Transfer|Content)[^-]\w+.*|Transfer-.*)\r$/mig],
        ['Content-Length: 10'], 'the API gets the length that nginx found';
    is_deeply [map { got($gate->call('/x', -H => "$_: http://proxy.example"), $_) } 'Proxy', 'PROXY'], [undef, undef],
        'CGI would give an application the variable HTTP_PROXY';

    # a no-break space is taken off by str.strip() of Python
    for my $around (["\xa0", ''], ['', "\xa0"], ['_', '_'], ['..', ''], ['', '-'], ["\xa0\xa0", "\x85"]) {
        my ($before, $after) = @$around;
        my $name = unpack 'H*', "$before|$after";
        my $told = $gate->call('/x', map { (-H => "$before$_$after: /geheim") } 'X-Original-URL', 'OIN', 'Proxy');
        allowed($told, "$name around names");
        unlike $told->{body}, qr{/geheim}, 'none of which the API gets';
        refused(
            $gate->call('/x', -H => "${before}X-Origin-OIN$after: $stranger"), 403, 'on_behalf_of_not_authorised',
            "$name around the organisation called on behalf of");
    }
    is got($gate->call('/x', -H => 'X-Original-URL-2: y'), 'X-Original-URL-2'), 'y', 'a longer name is another one';
    $gate->stop;
};

subtest 'a rule of an operator holds before the gates' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki,
        more => 'map $ggi_oin $barred { default 0; ' . $oin
            . ' 1; } map $ggi_certificate_sha256 $known { default 0; ~^[0-9a-f]+$ 1; }', locations => <<"CONF");
        location /oin/ { ggi_dienst brp; if (\$ggi_oin = $oin) { return 418; } proxy_pass http://api; }
        location /map/ { ggi_dienst brp; if (\$barred) { return 418; } proxy_pass http://api; }
        location /hash/ { ggi_dienst brp; if (\$known) { return 418; } proxy_pass http://api; }
        location /not/ { ggi_dienst brp; if (\$ggi_oin != $oin) { return 418; } proxy_pass http://api; }
        location /return/ { ggi_dienst brp; return 200 "<\$ggi_oin>"; }
        location /refused/ { ggi_dienst brp; ggi_pkio_policy 1.2.3.4; return 200 "<\$ggi_oin>"; }
        location /observed/ {
            ggi_dienst brp;
            ggi_pkio observe;
            ggi_pkio_policy 1.2.3.4;
            if (\$ggi_oin = $oin) { return 418; }
            proxy_pass http://api;
        }
        location /off/ {
            ggi_dienst brp;
            ggi_pkio off;
            ggi_autorisatie off;
            set \$o "<\$ggi_oin>";
            proxy_set_header X \$o;
            proxy_pass http://api;
        }
        location /redirected/ { ggi_dienst brp; ggi_pkio off; ggi_autorisatie off; try_files /none \@strict; }
        location \@strict { ggi_dienst brp; if (\$ggi_oin = $oin) { return 418; } proxy_pass http://api; }
        location /logged/ {
            ggi_dienst brp;
            set \$o \$ggi_oin;
            add_header X-Set "\$o \$ggi_oin \$barred" always;
            proxy_pass http://api;
        }
CONF
    $gate->start;
    is $gate->call("/$_/x")->{status}, 418, "$_: the rule bars" for qw(oin map hash observed redirected);
    is $gate->api_calls, 0, 'nothing was passed on';
    allowed($gate->call('/not/x'), 'one that bars all others');
    is $gate->call('/return/')->{body}, "<$oin>", 'return gives it';
    is $gate->call('/refused/')->{body}, '<>', 'but nothing where the gate would refuse';
    is $gate->call('/return/', { as => [$pki->anonymous] })->{body}, '<>', 'nor without a certificate';
    allowed($gate->call('/off/x'), 'a gate that is off');
    is $gate->call('/logged/x')->{headers}{'x-set'}, "$oin $oin 1", 'it is the same before and after the gates';
    refused($gate->call('/oin/x', { as => [$pki->anonymous] }), 403, 'certificate_missing', 'without a certificate');
    $gate->stop;
};

subtest 'a rule of a whole server' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki, server => "ggi_pkio_policy 1.2.3.4; if (\$ggi_oin = $oin) { return 418; }",
        locations => <<'CONF')->start;
        location / { ggi_dienst brp; proxy_pass http://api; }
        location /any/ { ggi_dienst brp; ggi_pkio_policy any; proxy_pass http://api; }
CONF
    refused($gate->call('/x'), 403, 'certificate_policy_not_allowed', 'by the rules of the server');
    refused(
        $gate->call('/any/x'), 500, 'request_rejected',
        'a location that recognises more callers than the server did for the rule');
    like $gate->read('logs/error.log'), qr/"\$ggi_oin" was read before the gates/, 'is named';
    $gate->stop;
    $gate = GGI::Gate->new(pki => $pki, server => "if (\$ggi_oin = $oin) { return 418; }");
    $gate->start;
    is $gate->call('/x')->{status}, 418, 'bars';
    $gate->stop;
    $gate = GGI::Gate->new(pki => $pki, server => 'if ($ggi_dienst = brp) { return 418; }');
    $gate->start;
    refused($gate->call('/x'), 500, 'request_rejected', 'a dienst that is not known yet');
    $gate->stop;
};

subtest 'what cannot be known before the gates' => sub {
    my @variables = qw(ggi_doelbinding ggi_profiel_versie ggi_decision ggi_reason);
    my $gate = GGI::Gate->new(
        pki => $pki,
        more => 'map $ggi_doelbinding $by_claim { default 0; x 1; } log_format all "'
            . join('|', map {"\$$_"} @variables)
            . '"; access_log %%PREFIX%%/logs/all.log all;',
        locations => join "\n",
        (map {"location /$_/ { ggi_dienst brp; if (\$$_ = x) { return 418; } proxy_pass http://api; }"} @variables),
        <<'CONF');
        location /set/ { ggi_dienst brp; set $d $ggi_doelbinding; proxy_pass http://api; }
        location /map/ { ggi_dienst brp; if ($by_claim) { return 418; } proxy_pass http://api; }
        location /late/ {
            ggi_dienst brp;
            proxy_set_header X-Claim $ggi_doelbinding;
            add_header X-Late "$ggi_doelbinding $ggi_profiel_versie $ggi_decision <$ggi_reason> $by_claim" always;
            proxy_pass http://api;
        }
        location /after/ { ggi_dienst brp; try_files /none @after; }
        location @after {
            ggi_dienst brp;
            if ($ggi_doelbinding = BRPACT-AlgemeneTaken) { return 204; }
            proxy_pass http://api;
        }
CONF
    $gate->start;
    for my $path (@variables, 'set', 'map') {
        $gate->mark;
        refused($gate->call("/$path/x"), 500, 'request_rejected', $path);
        is_deeply [verdicts($gate->since(1, 0))], ['request_rejected'], 'one record';
        my @lines = grep {m{call to dienst "brp" refused.*"(?:GET) /$path/x}} split /\n/, $gate->read('logs/error.log');
        is scalar @lines, 1, 'one line in the error log, since each location has the mistake';
        my $variable = $path =~ /^ggi/ ? $path : 'ggi_doelbinding';
        like $lines[0], qr/"\$$variable" was read before the gates.*such as in "proxy_set_header"/,
            'names the variable and the remedy';
    }
    refused($gate->call('/set/again'), 500, 'request_rejected', 'again');
    unlike $gate->read('logs/error.log'), qr{GET /set/again}, 'of which nothing is logged in the same minute';
    is $gate->api_calls, 0, 'the API saw none';
    refused(
        $gate->call('/set/x', { as => [$pki->anonymous] }), 403, 'certificate_missing',
        'an earlier reason comes first');
    is $gate->call('/late/x')->{headers}{'x-late'}, 'BRPACT-AlgemeneTaken 7 allowed <> 0',
        'after the gates they have their values';
    is $gate->call('/after/x')->{status}, 204, 'also in a location that is entered after them';
    $gate->mark;
    raw($gate->port, $_) for "GET / HTTP/1.1\r\n\r\n", "\r\n\r\nGET\r\n\r\n";
    is_deeply [verdicts($gate->since(2, 0))], ['request_rejected', 'request_rejected'],
        'what nginx rejects is logged with them';
    $gate->counts_what_it_records('counted');
    like $gate->read('logs/all.log'), qr/^BRPACT-AlgemeneTaken\|7\|allowed\|-?$/m, 'logged';
    $gate->stop;
};

subtest 'from a location without a dienst into one' => sub {
    my $gate = GGI::Gate->new(odd => 1, pki => $pki, locations => <<"CONF");
        location /dienst/ { ggi_dienst brp; proxy_set_header X-Kept \$kept; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /oin/ { if (\$ggi_oin = $oin) { return 418; } rewrite ^ /dienst/x last; }
        location /claim/ { if (\$ggi_doelbinding = x) { return 418; } rewrite ^ /dienst/x last; }
        location /uri/ { set \$kept \$request_uri; rewrite ^ /dienst/x last; }
        location /header/ { set \$kept \$http_oin; rewrite ^ /dienst/x last; }
        location /plain/ {
            ggi_dienst off;
            set \$kept \$http_oin;
            return 200 "\$request_uri|\$http_oin|\$kept|\$ggi_oin";
        }
        location /proxied/ { ggi_dienst off; proxy_pass http://127.0.0.1:%%PORT9%%\$request_uri; }
CONF
    $gate->start;
    refused($gate->call("/$_/x"), 500, 'request_rejected', $_) for qw(oin claim);
    is got($gate->call('/uri/x'), 'X-Kept'), '/uri/x', 'a path that is spelt as it is judged';
    refused($gate->call('/uri/..%2furi/x'), 500, 'request_rejected', 'one that is not');
    is got($gate->call('/header/x', -H => "OIN: $oin"), 'X-Kept'), $oin, 'the OIN of the caller';
    refused($gate->call('/header/x', -H => "OIN: $stranger"), 500, 'request_rejected', 'and of another');
    is $gate->call('/plain/%2e%61', -H => "OIN: $stranger")->{body}, "/plain/%2e%61|$stranger|$stranger|",
        'a location without a dienst has what was sent';
    like $gate->call('/proxied/%61%2Fb')->{body}, qr{\AGET /proxied/%61%2Fb HTTP}, 'and passes it on';
    $gate->stop;
};

subtest 'a map that was read in another location, after the gates have had their turn there' => sub {
    my $gate = GGI::Gate->new(
        pki => $pki, server => 'limit_req zone=seen;',
        more => <<"CONF", locations => <<'LOCATIONS');
        map \$ggi_oin \$known { default no; $oin yes; }
        map \$known \$chained { default "\$known, chained"; }
        map \$host \$result { default \$ggi_oin; }
        map \$ggi_dienst \$named { default none; brp first; brp2 second; }
        map \$ggi_decision \$decided { default none; allowed yes; }
        map \$ggi_doelbinding \$claimed { default none; BRPACT-AlgemeneTaken yes; }
        split_clients "\$ggi_oin" \$split { 0.01% rare; * "\$ggi_oin"; }
        limit_req_zone "\$known\$chained\$result\$named\$decided\$claimed\$split" zone=seen:1m rate=1000r/s;
CONF
        location /dienst/ {
            ggi_dienst brp;
            add_header X-Maps "$known|$chained|$result|$named|$decided|$claimed" always;
            proxy_pass http://api;
        }
        location @second { ggi_dienst brp2; add_header X-Maps "$named|$decided" always; proxy_pass http://api; }
        location /tried/ { ggi_dienst off; try_files /none /dienst/x; }
        location /error/ { ggi_dienst off; error_page 404 = /dienst/x; proxy_intercept_errors on;
            proxy_set_header X-Known $known; proxy_pass http://api/missing; }
        location /sent/ { ggi_dienst off; proxy_set_header X-Known $known; proxy_pass http://api/sent; }
        location /both/ { ggi_dienst brp; error_page 404 = @second; proxy_intercept_errors on;
            proxy_pass http://api/missing; }
        location /claimed/ { ggi_dienst brp; ggi_autorisatie observe; error_page 404 = @named;
            proxy_intercept_errors on; proxy_pass http://api/missing; }
        location @named { ggi_dienst brp2; ggi_dienst_origin_header X-Namens; proxy_pass http://api; }
LOCATIONS
    $gate->write(
        'nginx.conf',
        $gate->read('nginx.conf') =~ s{(location = /ggi-status)}{location /missing { return 404; }
            location /sent { add_header X-Accel-Redirect /dienst/x; return 200; } $1}r);
    $gate->start;
    for my $way (qw(dienst tried error sent)) {
        my $answer = $gate->call("/$way/x");
        allowed($answer, $way);
        is $answer->{headers}{'x-maps'}, "yes|yes, chained|$oin|first|yes|yes",
            'the maps say what the gates have found';
    }
    my $answer = $gate->call('/both/x');
    allowed($answer, 'from one dienst to another');
    is $answer->{headers}{'x-maps'}, 'second|yes', 'the maps say what holds there';
    allowed(
        $gate->call('/claimed/x', -H => 'X-Origin-OIN: ' . 'x' x 30),
        'what another location observed of a claim is not held against the call');
    $gate->stop;
};

# What a header of the caller that the API does not get as it came must not do: reach it in a variable that kept it.
subtest 'a header that was read in another location' => sub {
    my $keep = sub {
        my ($name, $to, $more) = @_;
        return "location /$name/ { @{[ $more // '' ]} set \$kept \$http_$name; rewrite ^/\\w+/(.*) $to/\$1 last; }";
    };
    my @plain = map { $keep->($_, '/dienst') }
        qw(x_http_method_override x_original_url http2_settings traceparent fsc_transaction_id connection upgrade
        x_origin_oin x_ordinary);
    my $gate = GGI::Gate->new(
        pki => $pki, odd => 1,
        more => 'map $http_oin $mapped { default $http_oin; } limit_req_zone $mapped zone=z:1m rate=1000r/s;',
        server => 'set $at_server $http_x_doelbinding; set $origin_at_server $http_x_namens;', locations => <<"CONF");
        @plain
        location /dienst/ {
            ggi_dienst brp;
            proxy_set_header X-Kept \$kept;
            proxy_set_header X-Server \$at_server;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
        location /other/ {
            ggi_dienst brp;
            ggi_dienst_origin_header X-Namens;
            ggi_doelbinding_header X-Doel;
            proxy_set_header X-Kept \$kept;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
        @{[ $keep->('x_doelbinding', '/other') ]}
        @{[ $keep->('x_namens', '/other') ]}
        location /within/ { ggi_dienst brp; set \$kept \$http_x_doelbinding; rewrite ^ /other/x last; }
        location /limited/ { limit_req zone=z; try_files /none \@mapped; }
        location \@mapped { ggi_dienst brp; proxy_set_header X-Kept \$mapped; proxy_pass http://127.0.0.1:%%PORT9%%; }
        location /app/ {
            proxy_set_header X-Method \$http_x_http_method_override;
            proxy_pass http://127.0.0.1:%%PORT2%%/accel;
        }
        location /accelerated/ {
            ggi_dienst brp;
            set \$kept \$http_x_http_method_override;
            proxy_set_header X-Kept \$kept;
            proxy_pass http://127.0.0.1:%%PORT9%%;
        }
        location /unjudged/ { ggi_dienst off; set \$kept \$http_x_http_method_override; return 200 "\$kept"; }
CONF
    $gate->write(
        'nginx.conf',
        $gate->read('nginx.conf') =~
            s{location = /ggi-status}{location /accel { add_header X-Accel-Redirect /accelerated/x; return 200; } $&}r);
    $gate->start;
    my $uuid = '0192a1b2-c3d4-7fff-bfff-fffffffffffe';
    my @doel = (-H => 'X-Doel: BRPACT-AlgemeneTaken');
    for my $case (
        ['/x_http_method_override/x', 'x_http_method_override', 'X-HTTP-Method-Override: DELETE'],
        ['/x_original_url/x', 'x_original_url', 'X-Original-URL: /brp/geheim'],
        ['/traceparent/x', 'traceparent', 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
        ['/fsc_transaction_id/x', 'fsc_transaction_id', "Fsc-Transaction-Id: $other"],
        ['/connection/x', 'connection', 'Connection: close, X-Doelbinding'],
        ['/upgrade/x', 'upgrade', 'Upgrade: echo'],
        ['/x_doelbinding/x', 'x_doelbinding', 'X-Doelbinding: other', @doel],
        ['/x_namens/x', 'x_namens', "X-Namens: $stranger", @doel],
        ['/within/x', 'x_doelbinding', 'X-Doelbinding: other', @doel],
        ['/other/x', 'x_doelbinding', 'X-Doelbinding: other', @doel],
        ['/other/x', 'x_namens', "X-Namens: $stranger", @doel],
        ['/limited/x', 'oin', "OIN: $stranger"],
        ['/app/x', 'x_http_method_override', 'X-HTTP-Method-Override: DELETE'],
    ) {
        my ($path, $variable, $header, @more) = @$case;
        my $answer =
            $gate->call($path, { as => [$pki->client('caller', '--oin', $oin)] }, '--http1.1', -H => $header, @more);
        if ($variable eq 'x_namens') {
            refused($answer, 403, 'on_behalf_of_not_authorised', "$path with $header");
        }
        else {
            refused($answer, 500, 'request_rejected', "$path with $header");
            my @lines = grep {/ refused: "\$http_$variable" was read before the gates/} split /\n/,
                $gate->read('logs/error.log');
            is scalar @lines, $path eq '/app/x' ? 2 : 1, 'is named, once a minute in each location';
        }
    }
    for my $case (
        ['/x_http_method_override/x', undef],
        ['/traceparent/x', undef],
        ['/upgrade/x', undef],
        ['/fsc_transaction_id/x', $uuid, "Fsc-Transaction-Id: $uuid"],
        ['/connection/x', 'close', 'Connection: Close'],
        ['/connection/x', undef],
        ['/x_origin_oin/x', $other, "X-Origin-OIN: $other"],
        ['/x_ordinary/x', 'as it came', 'X-Ordinary: as it came'],
        ['/limited/x', $oin, "OIN: $oin"],
        ['/limited/x', undef],
        ['/app/x', undef],
    ) {
        my ($path, $kept, @headers) = @$case;
        my $answer = $gate->call($path, '--http1.1', map { (-H => $_) } @headers);
        allowed($answer, "$path with " . ($headers[0] // 'no such header'));
        is lc(got($answer, 'X-Kept') // ''), lc($kept // ''), 'keeps what the API gets';
    }
    is got($gate->call('/dienst/x'), 'X-Server'), 'BRPACT-AlgemeneTaken',
        'a header that is as good in this location as in the server';
    is $gate->call('/unjudged/x', -H => 'X-HTTP-Method-Override: PUT')->{body}, 'PUT',
        'a location that leads to no dienst has what was sent';
    $gate->stop;
};

done_testing;
