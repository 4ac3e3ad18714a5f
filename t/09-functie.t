# SPDX-License-Identifier: EUPL-1.2
# functie: the gateway of a consumer, inside the organisation that uses a dienst.
use strict;
use warnings;

use JSON::PP ();
use Test::More;

use GGI::Audit;
use GGI::Cases;
use GGI::Certificate qw(name);
use GGI::Folder ();
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(connect_to raw raw_resumed receive tls_options tls_options_unseen);
use GGI::RawApi;
use GGI::Redis;

my $own = '00000004000000068000';    # of GGI::Gate::ORGANISATION
my $functions = <<'JSON';
{ "toepassingen": [
  { "toepassing": "zaaksysteem", "versie": 3, "functies": {
      "parkeervergunning-afgeven": { "diensten": { "brp": { "methoden": ["GET"], "paden": ["/brp/**"],
          "doelbindingen": ["BRPACT-AlgemeneTaken"], "namens": ["00000001002564440000"] } } },
      "klachten": { "diensten": { "brp2": { "methoden": ["GET"], "paden": ["/**"],
          "doelbindingen": ["BRPACT-AlgemeneTaken"] } } },
      "zonder-doel": { "diensten": { "brp": { "methoden": ["GET"], "paden": ["/**"], "doelbindingen": ["Anders"] } } }
  } },
  { "toepassing": "oud", "versie": 1, "geldig_tot": "2020-01-01", "functies": {} } ] }
JSON
my $sent = join '|', map {"\$http_$_"} qw(x_gebruiker x_toepassing x_functie x_doelbinding x_verwerking x_origin_oin oin
    cookie x_forwarded_for fsc_transaction_id traceparent x_user x_dept);
my $gate = GGI::Gate->new(
    tls => 0,
    server => 'underscores_in_headers on;',
    gates => [qw(doelbinding audit)],
    functions => $functions,
    answer => qq("$sent"),
    locations => <<'CONF',
        location /brp/ { ggi_dienst brp role=afnemer; proxy_pass http://api; }
        location /brp/observe/ { ggi_dienst brp role=afnemer; ggi_functie observe; proxy_pass http://api; }
        location /brp/forward/ {
            ggi_dienst brp role=afnemer;
            ggi_functie_forward gebruiker toepassing cookie;
            proxy_pass http://api;
        }
        location /brp/told/ {
            ggi_dienst brp role=afnemer;
            ggi_functie_gebruiker $http_x_user;
            ggi_functie_toepassing zaak$arg_which;
            ggi_functie_functie $arg_functie;
            proxy_pass http://api;
        }
        location /brp/next/ { ggi_dienst brp role=afnemer; error_page 502 = @next; proxy_pass http://127.0.0.1:1; }
        location /brp/next/told/ {
            ggi_dienst brp role=afnemer;
            error_page 502 = @told;
            proxy_pass http://127.0.0.1:1;
        }
        location @next { ggi_dienst brp role=afnemer; proxy_pass http://api; }
        location @told {
            ggi_dienst brp role=afnemer;
            ggi_functie_toepassing zaak$arg_which;
            ggi_functie_gebruiker $arg_who;
            ggi_functie_functie $arg_functie;
            proxy_pass http://api;
        }
        location /brp/composed/ {
            ggi_dienst brp role=afnemer;
            ggi_functie_gebruiker $http_x_dept/${http_x_user};
            ggi_functie_forward gebruiker;
            proxy_pass http://api;
            location /brp/composed/braced/ {
                ggi_dienst brp role=afnemer;
                ggi_functie_gebruiker ${http_x_user};
                proxy_pass http://api;
            }
        }
CONF
)->start;

my %headers = (
    toepassing => 'X-Toepassing: zaaksysteem', gebruiker => 'X-Gebruiker: j.jansen',
    functie => 'X-Functie: parkeervergunning-afgeven');

# A call with those headers, but for some that are others, or undef for none; and with more.
sub call {
    my ($path, $other, @more) = @_;
    my %sent = (%headers, %{ $other // {} });
    return $gate->call($path, map { (-H => $_) } (grep {defined} map { $sent{$_} } sort keys %sent), @more);
}

sub got {
    my ($answer, $name) = @_;
    my %got;
    @got{
        qw(gebruiker toepassing functie doelbinding verwerking origin oin cookie forwarded transaction traceparent user
            dept)
    } = split /\|/, allowed($answer, $name), -1;
    return \%got;
}

subtest 'what leaves' => sub {
    my $transaction = '01900000-0000-7000-8000-000000000001';
    my $got = got(
        call(
            '/brp/1', {}, 'X-Verwerking: v', 'Cookie: session=1', 'X-Forwarded-For: 10.0.0.1',
            "Fsc-Transaction-Id: $transaction", 'OIN: 00000001823288444000', 'X_Gebruiker2: no'),
        'an agreed call');
    is $got->{$_}, '', "not the $_" for qw(gebruiker toepassing functie cookie forwarded origin);
    is $got->{doelbinding}, 'BRPACT-AlgemeneTaken', 'the claim';
    is $got->{verwerking}, 'v', 'and its companion';
    is $got->{transaction}, $transaction, 'the transaction of the application';
    is $got->{oin}, $own, 'the own OIN, where the application sent one';
    like $got->{traceparent}, qr/^00-[0-9a-f]{32}-[0-9a-f]{16}-/, 'a trace';
    is got(call('/brp/1', {}, 'X-Origin-OIN: 00000001002564440000'), 'on behalf of another')->{origin},
        '00000001002564440000', 'which is named';
    refused(call('/brp/1', {}, 'X-Origin-OIN: 00000009999999990000'), 403, 'on_behalf_of_not_authorised', 'a stranger');
    is got(call('/brp/forward/1', {}, 'Cookie: a=b'), 'forwarded')->{$_}, {
        gebruiker => 'j.jansen',
        toepassing => 'zaaksysteem', functie => '', cookie => 'a=b'
        }->{$_}, $_
        for qw(gebruiker toepassing functie cookie);
};

# What an API gets, byte by byte, of headers that are for the inside, in other spellings and repeated as well.
subtest 'credentials and people of the inside' => sub {
    my $other = GGI::Gate->new(
        tls => 0,
        gates => [qw(doelbinding audit)],
        functions => $functions,
        listen => 'listen 127.0.0.1:%%PORT%%; listen 127.0.0.1:%%PORT3%% http2;',
        server => 'underscores_in_headers on;',
        more => 'map $http_authorization $who { default ""; "Bearer secret" jan; }',
        locations => join '',
        map {"location $_->[0] { ggi_dienst brp role=afnemer; $_->[1] proxy_pass http://127.0.0.1:%%PORT9%%; }\n"} (
            ['/brp/', ''], ['/brp/forward/', 'ggi_functie_forward authorization client-cert;'],
            ['/brp/who/', 'ggi_functie_gebruiker $who;'],
            ['/brp/own/', 'proxy_set_header Authorization "Bearer own"; proxy_set_header X-A $http_authorization;']));
    my $api = GGI::RawApi->new($other->port(9), $other->prefix . '/api.raw');
    $other->start;
    my @private = map {"$_: secret"} qw(Proxy-Authorization Cookie From Referer Forwarded X-Forwarded-For
        X-Forwarded-User X-Forwarded-Host X-Forwarded-Client-Cert Client-Cert Client-Cert-Chain X-Real-IP X-Client-IP
        X-Remote-User Remote-User Via baggage tracestate X-Forwarded-Email X-Forwarded-Groups
        X-Forwarded-Preferred-Username X-Forwarded-Access-Token X-Auth-Request-User X-Auth-Request-Email
        X-Auth-Request-Access-Token True-Client-IP SSL-Client-Cert);
    push @private, 'Authorization: Bearer secret', map {s/-/_/gr} grep {/-.*:/} @private;
    for my $version ('--http1.1', '--http2-prior-knowledge') {
        my $got = sub {
            my ($path, @more) = @_;
            my $to = { port => $version eq '--http1.1' ? undef : 3 };
            allowed($other->call($path, $to, $version, map { (-H => $_) } values %headers, @more), "$path $version");
            my @got;
            $other->wait_for(sub { @got = $api->requests; return @got }, 'the API to keep what it got');
            return $got[0];
        };
        unlike $got->('/brp/1', @private), qr/secret|jansen/, 'nothing of them leaves';
        my $forwarded = $got->('/brp/forward/1', @private);
        is_deeply [sort map {lc} $forwarded =~ /^(\S+: .*secret)\r$/mg],
            [sort 'authorization: bearer secret', 'client-cert: secret', 'client_cert: secret'],
            'but for what is forwarded by name';
        unlike $got->('/brp/who/1', @private), qr/secret/, 'nor what tells the user';
        my $own = $got->('/brp/own/1', @private);
        unlike $own, qr/secret/, 'nor under another name';
        like $own, qr/^Authorization: Bearer own\r$/m, 'a credential of the gateway itself does';
    }
    $other->stop;
};

subtest 'who calls, and for what' => sub {
    my @cases = (
        [403, 'application_unknown', toepassing => undef],
        [403, 'application_unknown', toepassing => 'X-Toepassing: x'],
        [403, 'application_unknown', toepassing => 'X-Toepassing: zaaksysteem*'],
        [403, 'application_expired', toepassing => 'X-Toepassing: oud'],
        [400, 'user_missing', gebruiker => undef], [400, 'user_missing', gebruiker => 'X-Gebruiker;'],
        [400, 'user_missing', gebruiker => "X-Gebruiker: a\x01"],
        [400, 'function_missing', functie => undef], [403, 'function_unknown', functie => 'X-Functie: geen'],
        [403, 'dienst_not_authorised', functie => 'X-Functie: klachten'],
        [403, 'claim_not_in_profile', functie => 'X-Functie: zonder-doel'],
    );
    refused(call('/brp/1', { $_->[2] => $_->[3] }), $_->[0], $_->[1], $_->[3] // "no $_->[2]") for @cases;
    my $first = { toepassing => 'X-Toepassing: x', gebruiker => undef, functie => undef };
    refused(call('/brp/1', $first), 403, 'application_unknown', 'the application comes first');
    refused(call('/brp/1', { gebruiker => undef, functie => undef }), 400, 'user_missing', 'then the user');
    refused(call('/brp/1', {}, $headers{toepassing}), 403, 'application_unknown', 'told twice');
    refused(call('/brp/1', {}, 'X_Gebruiker: another'), 400, 'user_missing', 'told twice, in another spelling');
    refused(call('/brp/1', {}, 'X-Functie: klachten'), 400, 'function_missing', 'two functions');
    refused(
        $gate->call('/brp/1', -X => 'POST', map { (-H => $_) } values %headers), 403, 'method_not_authorised',
        'POST');
    refused(
        $gate->call('/brp/1', { claim => '' }, map { (-H => $_) } values %headers), 400, 'claim_missing',
        'no claim');
};

subtest 'told by other values' => sub {
    my %none = (toepassing => undef, gebruiker => undef, functie => undef);
    my $path = '/brp/told/1?functie=parkeervergunning-afgeven&which=';
    my $got = got(call("${path}systeem", \%none, 'X-User: jan', 'X-Gebruiker: piet'), 'by variables');
    is $got->{user}, '', 'the header of the user stays inside';
    is $got->{gebruiker}, '', 'and that of the default name';
    refused(call("${path}x", \%none, 'X-User: jan'), 403, 'application_unknown', 'another application');
    refused(call("${path}systeem", \%none, 'X-User: a', 'X-User: b'), 400, 'user_missing', 'two users');
    my %no_user = (gebruiker => undef);
    for my $case (['', 'soza/jan', ''], ['braced/', '', 'jan']) {
        my ($below, @who) = @$case;
        $got = got(call("/brp/composed/${below}1", \%no_user, 'X-User: jan', 'X-Dept: soza'), "composed $below");
        is_deeply [@{$got}{qw(gebruiker user)}], \@who, 'the user leaves in one header';
        refused(
            call("/brp/composed/${below}1", \%no_user, 'X-User: a', 'X_User: b', 'X-Dept: soza'),
            400, 'user_missing', 'two users');
    }
    is got(call('/brp/composed/1', \%no_user, 'X-User: jan', 'X-Dept: soza'), 'in parts')->{dept}, '',
        'each part stays inside';
    refused(
        call('/brp/composed/1', \%no_user, 'X-User: a', 'X-Dept: b', 'X-Dept: c'), 400, 'user_missing',
        'a part that is told twice');
    refused(call('/brp/next/1'), 403, 'application_unknown', 'by what stayed inside, in a second location');
    $got = got(call('/brp/next/told/1?functie=parkeervergunning-afgeven&which=systeem&who=jan'), 'not by headers');
    is $got->{gebruiker}, '', 'no user leaves there';
};

# The name in the certificate of an application, which anybody may have made.
subtest 'told by a certificate' => sub {
    my $cases = GGI::Cases->new;
    my $leaf = sub { my ($name, %leaf) = @_; return $cases->add(leaf => { subject => name(@$name), %leaf }) };
    my @organisation = (C => 'NL', O => 'Gemeente');
    my $zaak = $leaf->([@organisation, CN => 'zaaksysteem']);
    my $capitals = $leaf->([CN => 'ZaakSysteem']);
    my %empty = (
        'no name' => $leaf->(\@organisation),
        'two names' => $leaf->([CN => 'zaaksysteem', CN => 'ander']),
        'the name twice' => $leaf->([CN => 'zaaksysteem', CN => 'zaaksysteem']),
        'a NUL in the name' => $leaf->([CN => "zaaksysteem\0.ander"]),
        'a name of another type' => $leaf->([CN => \"\x16\x0bzaaksysteem"]));
    my $stranger = $leaf->([CN => 'zaaksysteem'], issuer => name(CN => 'zaaksysteem'));
    $cases->finish;
    my $other = GGI::Gate->new(
        pki => $cases,
        gates => [qw(doelbinding audit)],
        functions => $functions,
        server => 'ssl_verify_depth 4;',
        more => <<"CONF",
    map \$ggi_client_cn \$application { default ""; zaaksysteem zaaksysteem; }
    map \$ggi_client_cn \$exact { default no; ~^zaaksysteem\$ yes; }
    server {
        listen 127.0.0.1:%%PORT3%% ssl;
        @{[ $cases->server =~ s/ssl_verify_client optional/ssl_verify_client optional_no_ca/r ]}
        ssl_verify_depth 4;
        location / { return 200 "[\$ggi_client_cn]"; }
    }
    server { listen 127.0.0.1:%%PORT4%%; location / { return 200 "[\$ggi_client_cn]"; } }
CONF
        locations => <<'CONF',
        location /name { return 200 "[$ggi_client_cn]"; }
        location /mapped { return 200 "[$application $exact]"; }
        location /brp/ { ggi_dienst brp role=afnemer; ggi_functie_toepassing $application; proxy_pass http://api; }
CONF
    )->start;
    my $request = sub { return "GET $_[0] HTTP/1.1\r\nHost: localhost\r\n$_[1]\r\n" };
    my $close = "Connection: close\r\n";
    my $names = sub { return join ' ', $_[0] =~ /^(\[.*?\])/mg };
    my $twice = $request->('/name', '') . $request->('/name', $close);
    is $names->(raw($other->port, $twice, tls => tls_options($zaak))), '[zaaksysteem] [zaaksysteem]',
        'by each call of a connection';
    for my $version (qw(TLSv1_2 TLSv1_3)) {
        my @answers = raw_resumed($other->port, $request->('/name', $close), $zaak, $version, 3);
        is_deeply [map { $names->($_->[0]) } @answers], [('[zaaksysteem]') x @answers], "by a session of $version";
        ok $answers[-1][1], 'which is resumed';
    }
    is $names->(raw($other->port, $request->('/name', $close), tls => tls_options_unseen($empty{$_}))), '[]', $_
        for sort keys %empty;
    is $names->(raw($other->port, $request->('/mapped', $close), tls => tls_options_unseen($_->[0]))), $_->[1], $_->[2]
        for [$zaak, '[zaaksysteem yes]', 'a name in a map'], [$capitals, '[zaaksysteem no]', 'the same in capitals'];
    is $names->(raw($other->port, $request->('/name', $close), tls => tls_options(''))), '[]', 'no certificate';
    is $names->(raw($other->port(4), $request->('/', $close))), '[]', 'no TLS';
    my $as = sub { return raw($other->port(3), $request->('/', $close), tls => tls_options_unseen($_[0])) };
    is $names->($as->($zaak)), '[zaaksysteem]', 'where any certificate is let in, one that is trusted';
    is $names->($as->($stranger)), '[]', 'and another one names nobody';
    my @more = map {"$_\r\n"} $GGI::Gate::CLAIM, @headers{qw(gebruiker functie)}, 'X-Toepassing: zaaksysteem';
    my $call = $request->('/brp/1', join '', @more, $close);
    like raw($other->port, $call, tls => tls_options($zaak)), qr{\AHTTP/1.1 200 }, 'an application by its certificate';
    my $refused = qr/:problem:application_unknown"/;
    like raw($other->port, $call, tls => tls_options_unseen($empty{$_})), $refused, "$_, and no other"
        for sort keys %empty;
    $other->stop;
};

# A handshake with the default server of an address, which trusts another CA, before a call to another server there.
subtest 'told by a certificate to another server' => sub {
    my $cases = GGI::Cases->new;
    my $zaak = $cases->add(leaf => { subject => name(CN => 'zaaksysteem') });
    $cases->finish;
    my $dir = GGI::Folder->new;
    my $forged = "$dir/forged";
    system(
        'openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-batch',
        '-subj', '/CN=zaaksysteem', '-days', 9, '-keyout', "$forged.key", '-out', "$forged.pem") == 0
        or die "openssl req failed\n";
    my $server = sub {
        my ($port, $name, $trusted) = @_;
        my $text = $cases->server =~ s/(ssl_client_certificate) [^;]*;/$1 $trusted;/r;
        return "server { listen 127.0.0.1:%%PORT$port%% ssl; server_name $name; $text ssl_verify_depth 4;"
            . 'location / { return 200 "[$ggi_client_cn] $ssl_client_verify"; } }';
    };
    my ($roots) = $cases->server =~ /ssl_client_certificate ([^;]*);/;
    my $own = "$dir/cas.pem";
    system("cat $roots $zaak.pem >$own") == 0 or die "cat failed\n";
    my $gate = GGI::Gate->new(
        pki => $cases,
        gates => [qw(doelbinding audit)],
        functions => $functions,
        more => join(
            "\n",
            $server->(3, 'portal.example', "$forged.pem"), $server->(3, 'apps.example', $own),
            $server->(4, 'first.example', $own), $server->(4, 'apps.example', $own),
            $server->(5, 'apps.example', $own), $server->(5, 'portal.example', "$forged.pem"),
            $server->(6, 'apps.example', $roots)),
    )->start;
    my $ask = sub {
        my ($port, $tls, $sni, $host) = @_;
        my $socket = connect_to($gate->port($port), [@$tls, SSL_hostname => $sni, SSL_session_key => 'one']);
        syswrite $socket, "GET / HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n";
        my ($name, $verified) = receive($socket, undef, 60) =~ /^(\[.*\]) (\S+)/m;
        my $reused = $socket->get_session_reused ? 'resumed' : 'full';
        close $socket;
        return join ' ', $name // '-', $verified // '-', $reused;
    };
    for my $version (qw(TLSv1_2 TLSv1_3)) {
        my $tls = sub { tls_options_unseen($_[0], SSL_version => $version, SSL_session_cache_size => 9) };
        my $forger = $tls->($forged);
        my ($portal, $apps) = qw(portal.example apps.example);
        is $ask->(3, $forger, '', $portal), '[zaaksysteem] SUCCESS full', "$version: where its CA is trusted";
        like $ask->(3, $forger, '', $apps), qr/\A\[\] /, 'by the default server';
        like $ask->(3, $forger, $apps, $apps), qr/\A(?:\[\]|- -) /, 'by a session of the default server';
        my $fresh = $tls->($forged);
        like $ask->(3, $fresh, '', $apps), qr/\A\[\] SUCCESS full/, 'by a handshake with the default server';
        is $ask->(5, $fresh, $portal, $portal), '[zaaksysteem] SUCCESS full', 'where its CA is trusted';
        like $ask->(5, $fresh, '', $apps), qr/\A(?:\[\]|- -) /, 'by a session of another server';
        my $right = $tls->($zaak);
        is $ask->(4, $right, @$_), "[zaaksysteem] SUCCESS $_->[2]", 'by servers that trust the same'
            for ['', 'first.example', 'full'], ['', $apps, 'resumed'], [$apps, $apps, 'resumed'];
        is $ask->(3, $right, $apps, $apps), "[zaaksysteem] SUCCESS $_", "its own server, $_" for qw(full resumed);
        is $ask->(6, $right, $apps, $apps), "$_", 'a server that does not know the CAs between'
            for '[zaaksysteem] SUCCESS full', '[] SUCCESS resumed';
    }
    $gate->stop;
};

subtest 'the record' => sub {
    $gate->mark;
    allowed(call('/brp/1', {}, 'X-Verwerking: v'), 'an agreed call');
    refused(call('/brp/1', { functie => 'X-Functie: geen' }), 403, 'function_unknown', 'another function');
    allowed(call('/brp/observe/1', { toepassing => 'X-Toepassing: geen', gebruiker => undef }), 'one that is observed');
    my @records = $gate->since(3, 2);
    my ($allowed, $refused, $observed) = GGI::Audit::decisions(@records);
    my ($completed) = GGI::Audit::completions(@records);
    is $_->{attributes}{'ggi.role'}, 'afnemer', 'the role' for $allowed, $refused, $observed, $completed;
    is $allowed->{attributes}{'adl.core.policies'}{functies}, 'urn:ggi:functie:zaaksysteem:3', 'what judged';
    my $request = $allowed->{body}{'adl.core.request'};
    is $request->{subject}{id}, $own, 'the own organisation calls';
    is $request->{context}{functie}, 'parkeervergunning-afgeven', 'for a function';
    is $request->{context}{toepassing}, 'zaaksysteem', 'of an application';
    like $request->{context}{gebruiker}, qr/^hmac:/, 'by a user, whom nobody can read';
    is $refused->{body}{'adl.core.request'}{context}{functie}, 'geen', 'a refused call names its function';
    is $refused->{attributes}{'ggi.refusal.header'}, 'X-Functie', 'and the header at fault';
    is $observed->{body}{'adl.core.response'}{context}{would_refuse}, 'application_unknown', 'what would refuse';
    my %policies = %{ $observed->{attributes}{'adl.core.policies'} };
    is $policies{functies}, undef, 'and no functions judged';
    my $found = sub {
        my @query = (qw(audit query -o json), @_, '--path', '/brp/*1', $gate->prefix . '/logs');
        my (undef, $said) = GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", @query);
        my @of = map { $_->{decision}{body}{'adl.core.request'}{context} } @{ JSON::PP::decode_json($said)->{found} };
        return join ' ', sort keys %{ { map { ("$_->{toepassing}/$_->{functie}" => 1) } @of } };
    };
    is $found->('--functie', 'geen'), 'zaaksysteem/geen', 'calls for a function are found';
    is $found->('--toepassing', 'geen'), 'geen/parkeervergunning-afgeven', 'and those of an application';
    is $found->('--toepassing', 'oud', '--functie', 'geen'), '', 'and those of both';
};

subtest 'functions from Redis' => sub {
    my $redis = GGI::Redis->new;
    my $put = sub {
        my ($versie) = @_;
        my $json = $functions =~ s/.*?(\{ "toepassing": "zaaksysteem".*?\n  \} \}).*/$1/sr =~
            s/"versie": 3/"versie": $versie/r;
        $redis->cli('set', 'ggi:functie:zaaksysteem', $json);
        return $redis->cli('publish', 'ggi:functie:gewijzigd', 'zaaksysteem');
    };
    $put->(4);
    my $url = $redis->url;
    my $other = GGI::Gate->new(
        tls => 0,
        gates => [qw(doelbinding audit)],
        more => "ggi_functie_zone functies:1m ttl=60s; ggi_functie_redis $url timeout=2s;",
        locations => 'location /brp/ { ggi_dienst brp role=afnemer; proxy_pass http://api; }',
    )->start;
    my @headers = map { (-H => $_) } values %headers;
    allowed($other->call('/brp/1', @headers), 'a call');
    my ($decision) = GGI::Audit::decisions($other->since(1, 1));
    is $decision->{attributes}{'adl.core.policies'}{functies}, 'urn:ggi:functie:zaaksysteem:4', 'by what Redis has';
    my %unknown = (%headers, toepassing => 'X-Toepassing: geen');
    refused($other->call('/brp/1', map { (-H => $_) } values %unknown), 403, 'application_unknown', 'one it has not');
    $other->wait_for(
        sub {
            $redis->cli('pubsub', 'numsub', 'ggi:functie:gewijzigd') =~ /\n1/;
        },
        'a subscription');
    $put->(5);
    $other->wait_for(
        sub {
            $other->mark;
            $other->call('/brp/1', @headers);
            my ($last) = GGI::Audit::decisions($other->since(1, 1));
            return $last->{attributes}{'adl.core.policies'}{functies} eq 'urn:ggi:functie:zaaksysteem:5';
        },
        'the changed functions');
    $redis->stop;
    %unknown = (%headers, toepassing => 'X-Toepassing: ander');
    refused($other->call('/brp/1', map { (-H => $_) } values %unknown), 503, 'functions_unavailable', 'Redis is gone');
    allowed($other->call('/brp/1', @headers), 'what is cached serves');
    $other->stop;
};

subtest 'a purpose of the inside, another outside' => sub {
    my $register = $GGI::Gate::REGISTER;
    $register =~ s/("doelbindingen": \[) ?/$1 { "id": "Parkeren-2026", "extern": "BRPACT-AlgemeneTaken", "doel": "x",
        "grondslag": { "avg": "6.1.e" }, "diensten": ["brp"] }, /;
    my $other = GGI::Gate->new(
        tls => 0,
        gates => [qw(doelbinding audit)],
        register => $register,
        functions => $functions =~ s/"BRPACT-AlgemeneTaken"/"BRPACT-AlgemeneTaken", "Parkeren-2026"/gr,
        answer => '"$http_x_doelbinding|$http_x_verwerking"',
        locations => <<'CONF',
        location /brp/ { ggi_dienst brp role=afnemer; proxy_pass http://api; }
        location /brp/forward/ { ggi_dienst brp role=afnemer; ggi_functie_forward verwerking; proxy_pass http://api; }
        location /brp/provider/ { ggi_dienst brp; proxy_pass http://api; }
CONF
    )->start;
    my @headers = map { (-H => $_) } values %headers, 'X-Verwerking: zaak 7';
    my $inside = { claim => 'X-Doelbinding: Parkeren-2026' };
    is allowed($other->call('/brp/1', $inside, @headers), 'a claim of the inside'), 'BRPACT-AlgemeneTaken|',
        'is another outside, without its processing';
    my ($decision) = GGI::Audit::decisions($other->since(1, 1));
    my $context = $decision->{body}{'adl.core.request'}{context};
    is_deeply [@$context{qw(doelbinding doelbinding_extern verwerking)}],
        ['Parkeren-2026', 'BRPACT-AlgemeneTaken', 'zaak 7'], 'both are recorded';
    is allowed($other->call('/brp/forward/1', $inside, @headers), 'forwarded'), 'BRPACT-AlgemeneTaken|zaak 7',
        'with its processing';
    is allowed($other->call('/brp/1', @headers), 'a claim of both sides'), 'BRPACT-AlgemeneTaken|zaak 7',
        'as it was made';
    is allowed($other->call('/brp/provider/1', $inside, @headers), 'at a provider'), 'Parkeren-2026|zaak 7',
        'nothing changes';
    $other->stop;
};

subtest 'configurations' => sub {
    my $try = sub {
        my (%args) = @_;
        return GGI::Gate->new(tls => 0, gates => [qw(doelbinding audit)], functions => $functions, %args)
            ->test_configuration;
    };
    my $location = 'location / { ggi_dienst brp role=afnemer; proxy_pass http://api; %s }';
    my $with = sub { return $try->(locations => sprintf $location, $_[0]) };
    like $try->(locations => 'location / { ggi_dienst brp role=x; }'), qr/invalid parameter "role=x" in "ggi_dienst"/,
        'role';
    like $try->(locations => 'location / { ggi_dienst off role=afnemer; }'), qr/has no role when it is off/, 'off';
    like $with->('ggi_functie_forward x;'), qr/"ggi_functie_forward" takes .*invalid value "x"/, 'what is forwarded';
    like $with->('ggi_functie_gebruiker $x; ggi_functie_gebruiker $y;'), qr/unknown "x" variable|is duplicate/, 'twice';
    like $try->(functions => undef, locations => sprintf $location, ''), qr/"ggi_functie_file" in http/, 'no functions';
    like $try->(organisation => '', locations => sprintf $location, ''), qr/"ggi_dienst_organisation" in http/,
        'who are we';
    like $try->(functions => '[{"toepassing":"a b","versie":1,"functies":{}}]'),
        qr/\$\[0\]\.toepassing: invalid, expected 1 to 64 letters/, 'a name';
};

$gate->stop;
done_testing;
