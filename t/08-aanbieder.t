# SPDX-License-Identifier: EUPL-1.2
# ggi_functie_aanbieder: the provider of a call is who it should be, before anything of the call leaves.
use strict;
use warnings;

use Test::More;

use GGI::Audit;
use GGI::Child;
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::RawApi;

my $functions = <<'JSON';
[ { "toepassing": "zaaksysteem", "versie": 3, "functies": { "f": { "diensten": { "brp": {
    "methoden": ["GET", "POST"], "paden": ["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"] } } } } } ]
JSON
my $pki = GGI::Pki->new;
my ($dir, $oin) = ($pki->dir, '00000001823288444000');
my $own = $pki->leaf('own', '--oin', '00000004000000068000');
my $verify = "proxy_ssl_verify on; proxy_ssl_verify_depth 3; proxy_ssl_trusted_certificate $dir/roots.pem;";
my $present = "proxy_ssl_certificate $own.pem; proxy_ssl_certificate_key $own.key;";

sub gate {
    my (%args) = @_;
    return GGI::Gate->new(
        tls => 0,
        gates => [qw(doelbinding audit)],
        functions => $functions,
        %args);
}

# The locations of brp with role=afnemer and these directives in each.
sub locations {
    my $n = 0;
    return join "\n", map { "location /brp/" . ++$n . "/ { ggi_dienst brp role=afnemer; $_ }" } @_;
}

subtest 'a provider that nobody verifies' => sub {
    my ($good, $output) = gate(
        allow_errors => [qr/./],
        locations => locations(
            'proxy_pass https://api;',
            "ggi_functie_aanbieder $oin; proxy_pass https://\$arg_to;",
            "ggi_functie_aanbieder $oin; proxy_pass http://api;",
            "ggi_functie_aanbieder $oin; $verify $present proxy_pass https://api;",
            'grpc_pass grpcs://api;',
            "$verify $present proxy_pass https://api; if (\$arg_x) { grpc_pass grpcs://api; }",
            "$verify $present proxy_pass https://api; if (\$arg_x) { uwsgi_pass suwsgi://\$arg_to; }")
    )->test_configuration;
    ok !$good, 'is refused';
    my @errors = map {/\[emerg\] (.*)/} split /\n/, $output;
    is @errors, 6, 'in each location' or diag $output;
    like $errors[$_], qr/verifies: it needs "proxy_ssl_verify on;".* in \S+:\d+$/, "https, $_" for 0, 1;
    like $errors[2], qr{"ggi_functie_aanbieder", which needs "proxy_pass https://...".* in \S+:\d+$}, 'http';
    like $errors[3], qr/it needs "grpc_ssl_verify on;" with "grpc_ssl_trusted_certificate"/, 'grpcs';
    like $errors[4], qr/it needs "grpc_ssl_verify on;"/, 'grpcs in an "if" beside what is verified';
    like $errors[5], qr/it needs "uwsgi_ssl_verify on;"/, 'suwsgi by a variable in an "if" beside what is verified';
};

subtest 'what is missing' => sub {
    my ($good, $output) = gate(
        locations => locations(
            "$verify $present proxy_pass https://api;",
            "$verify ggi_functie_aanbieder $oin; proxy_pass https://api; if (\$arg_x) { break; }",
            "ggi_functie off; ggi_functie_aanbieder $oin; $verify $present proxy_pass https://api;",
            'proxy_pass http://api;'))->test_configuration;
    ok $good, 'is accepted' or diag $output;
    my @warnings = GGI::Nginx::warnings_in($output);
    is @warnings, 2, 'with warnings' or diag $output;
    like $warnings[0], qr/nothing says who provides dienst "brp".*ggi_functie_aanbieder.* in \S+:\d+$/, 'no OIN';
    like $warnings[1], qr/does not learn which organisation calls: add "proxy_ssl_certificate"/, 'no certificate';
};

for my $case (
    ['no OIN', 'ggi_functie_aanbieder 123;', qr/invalid OIN "123" in "ggi_functie_aanbieder": expected 20 digits/],
    ['two', "ggi_functie_aanbieder $oin; ggi_functie_aanbieder $oin;", qr/"ggi_functie_aanbieder" directive is dup/]
) {
    my ($name, $directives, $message) = @$case;
    my ($good, $output) = gate(allow_errors => [qr/./], locations => locations($directives))->test_configuration;
    ok !$good && $output =~ $message, $name or diag $output;
}

my @without = map {"ngx_http_ggi_${_}_module"} qw(dienst netwerk autorisatie functie doelbinding audit);
my ($good, $output) = gate(
    modules => \@without,
    allow_errors => [qr/./],
    locations => locations("ggi_functie_aanbieder $oin; $verify $present proxy_pass https://api;"))->test_configuration;
ok !$good && $output =~ /needs "load_module" of ngx_http_ggi_pkio_module\.so in/, 'nobody who judges'
    or diag $output;

# Providers, each a server that says who it is: the options of its certificate.
my %other = (oin => '00000001002564440000');
my %providers = (
    right => ['--oin', $oin], wrong => ['--oin', $other{oin}], none => [],
    policy => ['--oin', $oin, '--policy', '2.16.528.1.1003.1.2.41.15.35.12'],
    revoked => ['--oin', $oin],
    expired => ['--oin', $oin, '--not-before', '20200101000000Z', '--not-after', '20210101000000Z'],
    future => ['--oin', $oin, '--not-before', '20990101000000Z', '--not-after', '21000101000000Z'],
    client => ['--oin', $oin, '--usage', 'clientAuth'],
    name => ['--oin', $oin, '--san', 'DNS:other.example'],
    self => ['--oin', $oin, '--ca', 'self'],
);
my @names = sort keys %providers;
my $n = 2;
my $format = '$server_name $ssl_session_reused $connection $connection_requests';
my $more = "log_format provider '$format'; ggi_pkio_crl %%PREFIX%%/crl;";
for my $name (@names) {
    my $leaf = $pki->leaf($name, '--san', 'DNS:api.example', @{ $providers{$name} });
    my $port = 'PORT' . ++$n;
    $more .= <<"CONF";
    upstream $name { server 127.0.0.1:%%$port%%; }
    server {
        listen 127.0.0.1:%%$port%% ssl http2;
        server_name $name;
        ssl_certificate $leaf.pem;
        ssl_certificate_key $leaf.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        access_log %%PREFIX%%/logs/provider.log provider;
        add_header Fsc-Transaction-Id 01900000-0000-7000-8000-000000000001;
        location / { return 200 "$name"; }
    }
CONF
}
# Locations besides: their upstream, and what else they have. "open" says nothing of who provides the dienst.
my %port = map { $names[$_] => '%%PORT' . ($_ + 3) . '%%' } 0 .. $#names;
my $again = 'proxy_http_version 1.1; proxy_set_header Connection "";';
my %upstreams = (
    kept => "server 127.0.0.1:$port{right}; keepalive 4;", wrongkept => "server 127.0.0.1:$port{wrong}; keepalive 4;",
    zone => "zone provider 64k; server 127.0.0.1:$port{right};",
    last => "server 127.0.0.1:$port{self} max_fails=0; server 127.0.0.1:$port{right};",
    several => "server 127.0.0.1:$port{wrong}; server 127.0.0.1:$port{right}; server 127.0.0.1:$port{self};",
);
$more .= "upstream $_ { $upstreams{$_} }\n" for sort keys %upstreams;
my $expect = "ggi_functie_aanbieder 00000009999999990000 $oin;";
# Ways by which a call could leave beside the one that is verified: with an address in variables, and without.
my %beside = (
    (map { ($_ => "${_}_pass \$arg_to;", "$_/fixed" => "${_}_pass 127.0.0.1:%%PORT21%%;") } qw(fastcgi scgi)),
    (   map {
            my ($kind, $scheme) = @$_;
            (   $scheme => "${kind}_pass $scheme://\$arg_to;",
                "$scheme/fixed" => "${kind}_pass $scheme://127.0.0.1:%%PORT21%%;")
        } [qw(uwsgi uwsgi)],
        [qw(uwsgi suwsgi)],
        [qw(grpc grpc)],
        [qw(grpc grpcs)]),
    'suwsgi/wrong' => 'uwsgi_pass suwsgi://wrong;', 'grpcs/wrong' => 'grpc_pass grpcs://wrong;',
    memcached => 'set $memcached_key k; memcached_pass 127.0.0.1:%%PORT21%%;',
);
my %locations = (
    (map { $_ => "$expect proxy_pass https://$_;" } @names, 'zone', 'several'),
    raw => "$expect proxy_pass https://127.0.0.1:%%PORT20%%;",
    open => 'proxy_pass https://wrong;',
    (map { ("open/$_" => "proxy_pass https://$_;") } qw(right self expired name last)),
    'open/cut' => 'proxy_pass https://127.0.0.1:%%PORT2%%;',
    tls13 => "$expect proxy_ssl_protocols TLSv1.3; proxy_pass https://127.0.0.1:$port{right};",
    kept => "$expect $again proxy_pass https://kept;",
    'kept/open' => "$again proxy_pass https://kept;",
    'kept/other' => "ggi_functie_aanbieder $other{oin}; $again proxy_pass https://kept;",
    wrongkept => "$expect $again proxy_pass https://wrongkept;",
    'wrongkept/open' => "$again proxy_pass https://wrongkept;",
    first => "$expect proxy_next_upstream off; proxy_pass https://several;",
    to => "$expect proxy_pass https://\$arg_to;",
    url => "$expect proxy_pass \$arg_to;",
    (map { ("grpc/$_" => "$expect grpc_pass grpcs://$_;", "uwsgi/$_" => "$expect uwsgi_pass suwsgi://$_;") } @names),
    'grpc/to' => "$expect grpc_pass grpcs://\$arg_to;", 'uwsgi/to' => "$expect uwsgi_pass suwsgi://\$arg_to;",
    'grpc/url' => "$expect grpc_pass \$arg_to;",
    (map { ("beside/$_" => "$expect proxy_pass https://right; if (\$arg_to) { $beside{$_} }") } keys %beside),
);
my $gate = gate(
    more => $more,
    allow_errors =>
        [qr/upstream SSL certificate/, qr/the provider is not trusted/, qr/has no policy of/, qr/SSL_do_handshake/],
    server =>
        join(' ', map { "proxy_ssl_name api.example; $verify $present" =~ s/proxy_/${_}_/gr } qw(proxy grpc uwsgi)),
    locations =>
        join("\n", map {"location /brp/$_/ { ggi_dienst brp role=afnemer; $locations{$_} }"} sort keys %locations));
$gate->{pki} = $pki;
$pki->run('revoke', 'revoked');
$pki->run('crls', $gate->prefix . '/crl');
$gate->start;

my @told = map { (-H => $_) } 'X-Toepassing: zaaksysteem', 'X-Gebruiker: jan', 'X-Functie: f';
sub call { my ($path, @more) = @_; return $gate->call("/brp/$path", @told, @more) }

# The requests that providers got since the last time: the provider, and which request of its connection it is; with
# "." or "r" for a resumed session between them when sessions is 1.
my $read = 0;

sub got {
    my ($sessions) = @_;
    my $log = substr $gate->read('logs/provider.log'), $read;
    $read += length $log;
    return [map { $sessions ? s/ \d+ / /r : s/ [.r] \d+ / /r } split /\n/, $log];
}

subtest 'who is called' => sub {
    is allowed(call('right/1'), 'the right provider'), 'right', 'which answers';
    is_deeply got(), ['right 1'], 'it gets a request';
    refused(call("$_/1"), 502, 'provider_not_trusted', $_) for grep { $_ ne 'right' } @names;
    refused(call('wrong/1', -d => 'x' x 100000), 502, 'provider_not_trusted', 'with a body');
    is_deeply got(), [], 'no other does';
    my $log = $gate->read('logs/error.log');
    like $log, qr/the provider is not trusted: $_, OIN .* nothing of the request is sent/, "the log: $_"
        for 'certificate_expired: \w.*', 'it has another OIN', map {"certificate_$_"} qw(policy_not_allowed revoked);
};

subtest 'the records' => sub {
    $gate->mark;
    my $given = call('right/1')->{headers}{'fsc-transaction-id'};
    isnt $given, '01900000-0000-7000-8000-000000000001', 'the application gets the transaction of its call';
    refused(call('wrong/1'), 502, 'provider_not_trusted', 'the wrong one');
    refused(call('self/1'), 502, 'provider_not_trusted', 'an unknown one');
    got();
    my $text = $gate->since(3, 3);
    my %of = map { $_->{attributes}{'url.path'} => $_->{attributes} } GGI::Audit::completions($text);
    is_deeply [map { $_->{attributes}{'ggi.provider.expected'} } GGI::Audit::decisions($text)],
        [(['00000009999999990000', $oin]) x 3], 'each decision tells who may provide';
    my ($right, $wrong, $self) = @of{qw(/brp/right/1 /brp/wrong/1 /brp/self/1)};
    is $right->{'ggi.provider.oin'}, $oin, 'the provider';
    my ($sha256) = qx(openssl x509 -in @{[ $pki->leaf('right') ]}.crt -noout -fingerprint -sha256) =~ /=(\S+)/;
    is $right->{'ggi.provider.certificate_sha256'}, lc($sha256 =~ tr/://dr), 'its certificate';
    is $right->{'ggi.provider.transaction_id'}, '01900000-0000-7000-8000-000000000001', 'its transaction';
    is_deeply [@{$right}{qw(ggi.transaction_id ggi.upstream.status_code error.type)}], [$given, 200, undef],
        'its answer';
    is_deeply [@{$wrong}{qw(ggi.provider.oin http.response.status_code error.type ggi.provider.transaction_id)}],
        [$other{oin}, 502, 'provider_not_trusted', undef], 'the wrong one';
    is $self->{'ggi.provider.oin'}, undef, 'no OIN that nobody vouches for';
    like $self->{'ggi.provider.certificate_sha256'}, qr/^[0-9a-f]{64}$/, 'but the certificate';
};

subtest 'not a byte' => sub {
    pipe my $nothing, my $held or die "pipe: $!\n";
    my $leaf = $pki->leaf('wrong');
    my $raw = GGI::Child->command(
        { in => $nothing, out => $gate->prefix . '/raw', err => $gate->prefix . '/raw.err' },
        qw(openssl s_server -quiet -accept), '127.0.0.1:' . $gate->port(20), -cert => "$leaf.crt", -key => "$leaf.key",
        -cert_chain => "$leaf.pem");
    $gate->wait_for(sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $gate->port(20)) }, 's_server');
    refused(call('raw/1', -d => 'secret'), 502, 'provider_not_trusted', 'another OIN');
    $raw->stop;
    is $gate->read('raw'), '', 'the wrong provider got nothing';
};

subtest 'sessions that are resumed' => sub {
    for my $path (qw(right zone tls13)) {
        allowed(call("$path/1"), $path) for 1, 2;
        is_deeply [(@{ got(1) })[-1]], ['right r 1'], "$path: is resumed";
    }
    is allowed(call('open/1'), 'whoever it is'), 'wrong', 'the wrong one, which leaves a session' for 1, 2;
    is_deeply [(@{ got(1) })[-1]], ['wrong r 1'], 'that is resumed';
    refused(call('wrong/1'), 502, 'provider_not_trusted', 'but not here');
    is_deeply got(), [], 'nothing is sent';
};

subtest 'connections that are kept' => sub {
    allowed(call('kept/1'), 'the right provider') for 1, 2;
    is_deeply got(), ['right 1', 'right 2'], 'over one connection';
    allowed(call('kept/open/1'), 'for another location');
    refused(call('kept/other/1'), 502, 'provider_not_trusted', 'another OIN is expected');
    is_deeply got(), ['right 3'], 'nothing is sent for that';
    allowed(call('wrongkept/open/1'), 'whoever it is') for 1, 2;
    refused(call('wrongkept/1'), 502, 'provider_not_trusted', 'the wrong one');
    is_deeply got(), ['wrong 1', 'wrong 2'], 'nothing is sent';
    allowed(call('kept/open/2'), 'a connection of another location');
    allowed(call('kept/2'), 'is used when it is right');
    is_deeply got(), ['right 1', 'right 2'], 'that one';
};

subtest 'a provider of whom nothing but its CA is told' => sub {
    my $before = $gate->status->{ggi_provider_not_trusted_total};
    $gate->mark;
    is allowed(call('open/right/1'), 'one that nginx verifies'), 'right', 'is called';
    refused(call("open/$_/1"), 502, 'provider_not_trusted', $_) for qw(self expired name);
    is allowed(call('open/last/1'), 'one after another server'), 'right', 'is called' for 1, 2;
    my $cut = call('open/cut/1');
    is "$cut->{status} " . ($cut->{body} =~ /urn:ggi/ ? 'problem' : 'plain'), '502 plain', 'one that speaks no TLS';
    is $gate->status->{ggi_provider_not_trusted_total} - $before, 3, 'three of them are counted';
    is_deeply got(), [('right 1') x 3], 'no other gets a request';
    my %error = map { $_->{attributes}{'url.path'} => $_->{attributes}{'error.type'} }
        GGI::Audit::completions($gate->since(7, 7));
    is_deeply [@error{ map {"/brp/open/$_/1"} qw(self right cut) }], ['provider_not_trusted', undef, undef],
        'the records say so';
};

subtest 'several servers' => sub {
    is allowed(call('several/1'), 'several'), 'right', 'the right one of several' for 1 .. 3;
    is_deeply got(), [('right 1') x 3], 'and no other';
};

subtest 'addresses with variables' => sub {
    my %to = map { $_ => '127.0.0.1:' . $gate->port($port{$_} =~ /(\d+)/) } qw(right wrong);
    allowed(call("to/1?to=$to{right}"), 'an address');
    allowed(call('to/1?to=right'), 'an upstream');
    is_deeply got(), ['right 1', 'right 1'], 'which get them';
    refused(call("to/1?to=$_"), 502, 'provider_not_trusted', $_) for $to{wrong}, 'wrong';
    allowed(call("url/1?to=https://$to{right}/"), 'a whole URL');
    got();
    my $plain = '127.0.0.1:' . $gate->port(2);
    refused(call("url/1?to=http://$_/"), 502, 'provider_not_trusted', "http://$_") for $plain, 'api', $to{wrong};
    is_deeply got(), [], 'nothing is sent';
    unlike $gate->read('logs/api.log'), qr/GET/, 'nor in the clear';
};

# To the provider, which does not speak uwsgi, that is a bad request.
subtest 'gRPC and uwsgi' => sub {
    for my $kind (qw(grpc uwsgi)) {
        is call("$kind/right/1")->{status}, $kind eq 'grpc' ? 200 : 400, "$kind: the right provider";
        # a stream of HTTP/2 is logged when it is closed, which is after its answer
        $gate->wait_for(sub { length($gate->read('logs/provider.log')) > $read }, 'its log');
        is_deeply got(), ['right 1'], 'is called';
        refused(call("$kind/$_/1"), 502, 'provider_not_trusted', "$kind: $_") for grep { $_ ne 'right' } @names;
        refused(call("$kind/to/1?to=wrong"), 502, 'provider_not_trusted', "$kind: by a variable");
        refused(
            call("$kind/to/1?to=127.0.0.1:" . $gate->port($port{wrong} =~ /(\d+)/)),
            502, 'provider_not_trusted', "$kind: an address by a variable");
    }
    refused(call('grpc/url/1?to=grpc://wrong'), 502, 'provider_not_trusted', 'grpc: without TLS by a variable');
    is_deeply got(), [], 'no other does';
};

subtest 'ways beside the one that is verified' => sub {
    my @raw = map { GGI::RawApi->new($gate->port($_), $gate->prefix . "/beside.$_") } 21, 22;
    for my $way (sort keys %beside) {
        is call("beside/$way/1?to=127.0.0.1:" . $gate->port(22), -m => 20)->{status}, 500, "$way: not passed on";
    }
    is_deeply [map { $_->requests } @raw], [], 'not a byte is sent by any of them';
    is_deeply got(), [], 'nor to a provider';
    is allowed(call('beside/grpc/1'), 'without the "if"'), 'right', 'the way that is verified';
    got();
    like $gate->read('logs/error.log'), qr/nothing of the call is sent: .* such as one in an "if"/, 'the log says why';
};

subtest 'a revocation' => sub {
    allowed(call('kept/1'), 'before');
    allowed(call('right/1'), 'before, with a session');
    $pki->run('revoke', 'right');
    $pki->run('crls', $gate->prefix . '/crl');
    $gate->wait_for(sub { got(); call('kept/1')->{status} == 502 }, 'the revocation');
    is_deeply got(), [], 'nothing is sent over the connection that was kept';
    refused(call("$_/1"), 502, 'provider_not_trusted', $_) for qw(kept right zone tls13 several);
    is_deeply got(), [], 'nor with a session';
};

done_testing;
