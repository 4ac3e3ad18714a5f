# SPDX-License-Identifier: EUPL-1.2
# The path from a client certificate to its root, as the server that is called judges it: how long it may be, and how
# strong its keys and signatures.
use strict;
use warnings;

use Test::More;

use GGI::Gate;
use GGI::Pki;
use GGI::Tls qw(tls_call);

my $oin = $GGI::Gate::OIN;

# A gateway behind a portal without a dienst, which is the default server of the address.
sub behind_a_portal {
    my ($pki, $portal, %of) = @_;
    return GGI::Gate->new(pki => $pki, server => 'server_name gate.example;', %of, more => <<"HTTP");
        @{[ $of{more} // '' ]}
        server {
            listen 127.0.0.1:%%PORT%% ssl http2;
            server_name portal.example;
            @{[ $pki->server ]}
            $portal
            location / { return 200 portal; }
        }
HTTP
}

subtest 'keys and signatures that TLS refuses' => sub {
    my $pki = GGI::Pki->new;
    my %leaf = (
        good => $pki->leaf('good', '--oin', $oin),
        'RSA-2048' => $pki->leaf('rsa2048', '--oin', $oin, '--key', 'rsa:2048'),
        'RSA-1024' => $pki->leaf('rsa1024', '--oin', $oin, '--key', 'rsa:1024'),
        'SHA-1' => $pki->leaf('sha1', '--oin', $oin, '--digest', 'sha1'),
    );
    $pki->run('renew', 'issuing', '--digest', 'sha1');
    $leaf{'SHA-1 in the issuing CA'} = $pki->leaf('under-sha1', '--oin', $oin);
    $pki->run('renew', 'issuing', '--key', 'rsa:1024');
    $leaf{'RSA-1024 in the issuing CA'} = $pki->leaf('under-rsa1024', '--oin', $oin);
    my $lax = 'ssl_ciphers DEFAULT:@SECLEVEL=0;';
    for my $case (['no SNI', $lax, ''], ['SNI', '', '', 'gate.example'], ['a lax dienst', $lax, $lax]) {
        my ($how, $portal, $dienst, $sni) = @$case;
        my $gate = behind_a_portal($pki, $portal, server => "server_name gate.example; $dienst")->start;
        for my $name (sort keys %leaf) {
            my $strong = $dienst || $name eq 'good' || $name eq 'RSA-2048';
            for my $version ('tls1_2', 'tls1_3') {
                my $answer = tls_call(
                    $gate->port,
                    leaf => $leaf{$name}, version => $version, sni => $sni, host => 'gate.example',
                    options => ['-cipher DEFAULT:@SECLEVEL=0']);
                is "$answer->{status} $answer->{reason}", $strong ? '200 ' : '403 certificate_untrusted',
                    "$name, $version, $how" or diag $answer->{body};
            }
        }
        $gate->stop;
    }
};

subtest 'the depth of the server that is called' => sub {
    my $pki = GGI::Pki->new;
    my $leaf = $pki->leaf('caller', '--oin', $oin);
    for my $case (['', 200], ['ssl_verify_depth 2;', 200], ['ssl_verify_depth 1;', 403]) {
        my ($depth, $status) = @$case;
        my $gate = behind_a_portal($pki, 'ssl_verify_depth 3;', server => "server_name gate.example; $depth");
        my ($good, $output) = $gate->test_configuration;
        my @warnings = GGI::Nginx::warnings_in($output);
        my $expected =
            qr/"ssl_verify_depth\ 1"\ is\ too\ small.*dienst\ "brp"\ are\ refused.*at\ least\ 2.*nginx\.conf:\d+/x;
        is scalar(grep {/$expected/} @warnings), $status == 200 ? 0 : 1, "nginx -t warns of what is too small: $depth";
        $gate->start;
        for my $sni (undef, 'gate.example') {
            my $answer = tls_call($gate->port, leaf => $leaf, sni => $sni, host => 'gate.example');
            is $answer->{status}, $status, "a chain with two CAs, '$depth', " . ($sni ? 'SNI' : 'no SNI');
        }
        $gate->stop;
    }
};

done_testing;
