# SPDX-License-Identifier: EUPL-1.2
# pkio: the certificate of the connection, its policy and its OIN.
use strict;
use warnings;

use JSON::PP;
use Test::More;

use GGI::Curl qw(curl);
use GGI::Nginx;
use GGI::Pki;

my $pki = GGI::Pki->new;
my @modules = map {"ngx_http_ggi_${_}_module"} qw(dienst pkio);
my $off = 'ggi_autorisatie off; ggi_doelbinding off; ggi_audit off;';
my $oin = '00000001823288444000';

my $nginx = GGI::Nginx->new(modules => \@modules, http => <<"HTTP");
    server {
        listen 127.0.0.1:%%PORT%% ssl http2;
        @{[ $pki->server ]}
        $off
        ggi_dienst_contact mailto:beheer\@example.nl;
        location / {
            ggi_dienst brp;
            proxy_set_header X-Caller \$ggi_oin;
            proxy_set_header X-Sha256 \$ggi_certificate_sha256;
            proxy_pass http://127.0.0.1:%%PORT2%%;
        }
        location /test-prefix {
            ggi_dienst brp;
            ggi_pkio_oin_prefix 00000099;
            proxy_pass http://127.0.0.1:%%PORT2%%;
        }
        location /any {
            ggi_dienst brp;
            ggi_pkio_policy any;
            proxy_pass http://127.0.0.1:%%PORT2%%;
        }
        location /own-policy {
            ggi_dienst brp;
            ggi_pkio_policy 1.2.3.4 1.2.3.5;
            proxy_pass http://127.0.0.1:%%PORT2%%;
        }
        location /observe {
            ggi_dienst brp;
            ggi_pkio observe;
            proxy_pass http://127.0.0.1:%%PORT2%%;
        }
    }
    server {
        listen 127.0.0.1:%%PORT2%%;
        location / {
            return 200 "\$http_x_caller|\$http_x_sha256";
        }
    }
HTTP
$nginx->start;

sub refused {
    my ($name, $reason, $path, @options) = @_;
    my $answer = curl($nginx->https($path), @options);
    subtest "$name: $reason" => sub {
        is $answer->{status}, 403, 'status';
        is $answer->{headers}{'content-type'}, 'application/problem+json', 'content type';
        my $problem = eval { decode_json($answer->{body}) } // {};
        is $problem->{type}, "urn:ggi:problem:$reason", 'type';
        is $problem->{status}, 403, 'status in the body';
        like $problem->{detail}, qr/Questions go to mailto:beheer\@example\.nl$/, 'detail says to whom to turn';
        is $problem->{instance}, "urn:uuid:$answer->{headers}{'fsc-transaction-id'}", 'instance is the transaction';
    };
    return;
}

sub allowed {
    my ($name, $path, @options) = @_;
    my $answer = curl($nginx->https($path), @options);
    is $answer->{status}, 200, "$name: allowed" or diag $answer->{body};
    return $answer->{body};
}

my $sha256 = qx(openssl x509 -in @{[ $pki->leaf('a', '--oin', $oin) ]}.crt -outform DER | sha256sum) =~ s/ .*//sr;
is allowed('an OIN over HTTP/2', '/', $pki->client('a')), "$oin|$sha256", 'the API gets caller and fingerprint';
is allowed('and over HTTP/1.1', '/', '--http1.1', $pki->client('a')), "$oin|$sha256", 'the same';
allowed('TLS 1.2', '/', '--tls-max', '1.2', $pki->client('a'));
allowed('KvK', '/', $pki->client('kvk', '--oin', '00000003123456780000'));
allowed('letters in the main number', '/', $pki->client('letters', '--oin', '0000000700AB1C234000'));
allowed('clientAuth alone', '/', $pki->client('client-only', '--oin', $oin, '--usage', 'clientAuth'));
allowed("policy $_", '/', $pki->client("p$_", '--oin', $oin, '--policy', $_))
    for "2.16.528.1.1003.1.2.8.6", "2.16.528.1.1003.1.2.44.16.25.8", "1.2.3,2.16.528.1.1003.1.2.8.6";
allowed('a test OIN where it is switched on', '/test-prefix', $pki->client('test', '--oin', '00000099000000001000'));
allowed('no policy where any will do', '/any', $pki->client('no-policy', '--oin', $oin, '--policy', 'none'));
allowed('a policy of the operator', '/own-policy', $pki->client('own', '--oin', $oin, '--policy', '1.2.3.5'));

refused('no certificate', 'certificate_missing', '/', $pki->anonymous);
refused('no OIN', 'oin_missing', '/', $pki->client('none'));
refused('two OINs', 'oin_invalid', '/', $pki->client('two', '--oin', $oin, '--oin', $oin));
refused("OIN '$_'", 'oin_invalid', '/', $pki->client("o$_", '--oin', $_))
    for '123', '00000099000000001000', '00000011000000001000', '00000001823288444001', '000000018232884440000',
    '00000003123456789000', '00000001 23288444000', '0000000A823288444000';
refused(
    'another policy', 'certificate_policy_not_allowed', '/',
    $pki->client('other-policy', '--oin', $oin, '--policy', '1.2.3'));
refused(
    'anyPolicy in the leaf', 'certificate_policy_not_allowed', '/',
    $pki->client('any-policy', '--oin', $oin, '--policy', '2.5.29.32.0'));
refused('no policy', 'certificate_policy_not_allowed', '/', $pki->client('no-policy'));
refused(
    'a default policy where the operator named others', 'certificate_policy_not_allowed', '/own-policy',
    $pki->client('a'));
refused('policy comes before OIN', 'certificate_policy_not_allowed', '/', $pki->client('worst', '--policy', '1.2.3'));
is allowed('observe lets through', '/observe', $pki->anonymous), '|', 'without a caller';

subtest 'one connection, several locations: each judges by its own configuration' => sub {
    my @codes = split /\n/,
        qx(curl -s -o /dev/null -o /dev/null -o /dev/null -w '%{http_code} %{num_connects}\\n' \\
            @{[ $pki->client('own') ]} @{[ map { $nginx->https($_) } qw(/own-policy / /own-policy) ]});
    is_deeply \@codes, ['200 1', '403 0', '200 0'];
};

subtest 'a certificate that expires while its connection is open is refused at the next request' => sub {
    my $until = POSIX::strftime('%Y%m%d%H%M%SZ', gmtime(time + 2));
    my $leaf = $pki->leaf('brief', '--oin', $oin, '--not-after', $until);
    my $command = join ' ', 'openssl s_client -quiet -no_ign_eof -verify_quiet -CAfile', $pki->dir . '/roots.pem',
        '-cert', "$leaf.crt",
        '-cert_chain', "$leaf.pem", '-key', "$leaf.key", '-connect', '127.0.0.1:' . $nginx->port;
    my $request = "GET / HTTP/1.1\\r\\nHost: localhost\\r\\n";
    my $requests = "printf '$request\\r\\n'; sleep 4; printf '${request}Connection: close\\r\\n\\r\\n'; sleep 1";
    my $out = qx(($requests) | $command 2>/dev/null);
    my @status = $out =~ m{HTTP/1.1 (\d+)}g;
    is_deeply \@status, [200, 403] or diag $out;
    like $out, qr/certificate_expired/;
};

subtest 'POST with a body and HEAD' => sub {
    my @codes = split /\n/,
        qx(curl -s --http1.1 -o /dev/null -w '%{http_code} %{num_connects}\\n' @{[ $pki->anonymous ]} \\
            -d '@{[ 'x' x 5000 ]}' @{[ $nginx->https('/') ]} --next -s --http1.1 -I -o /dev/null \\
            -w '%{http_code} %{num_connects} %{size_download}\\n' @{[ $pki->anonymous ]} @{[ $nginx->https('/') ]});
    is_deeply \@codes, ['403 1', '403 0 0'], 'refused, on one connection, HEAD without body';
};

ok $nginx->reload, 'reloads';
allowed('after a reload', '/', $pki->client('a'));
$nginx->stop;

for my $case (
    ['ggi_pkio_policy x;', qr/invalid policy "x"/], ['ggi_pkio_policy 1.2.3 any;', qr/invalid policy "any"/],
    ['ggi_pkio_policy 1.2; ggi_pkio_policy 1.3;', qr/is duplicate/],
    ['ggi_pkio_oin_prefix 1;', qr/invalid OIN prefix "1"/]
) {
    my ($directive, $message) = @$case;
    GGI::Nginx->refuses(
        $directive, qr/$message.*nginx\.conf:\d+/, modules => \@modules,
        http => "server { listen 127.0.0.1:%%PORT%%; $directive }");
}

done_testing;
