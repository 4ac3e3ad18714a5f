# SPDX-License-Identifier: EUPL-1.2
# The trust that counts is that of the dienst's server, whatever server the handshake was made with; revocation by OCSP and by parts
# of a list.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Problem qw(allowed refused);

my $oin = $GGI::Gate::OIN;
my $pki = GGI::Pki->new;

subtest 'another server of the address has another CA' => sub {
    my $other = GGI::Pki->new;
    my $leaf = $other->leaf('impostor', '--oin', $oin);
    my @impostor = ('-k', '--cert', "$leaf.pem", '--key', "$leaf.key", '-H', $GGI::Gate::CLAIM);
    my $gate = GGI::Gate->new(pki => $pki, server => 'server_name gate.example;',
        more => "server { listen 127.0.0.1:%%PORT%% ssl http2; server_name portal.example; @{[ $other->server ]} ssl_verify_depth 3; location / { return 200 portal; } }")->start;
    my $port = $gate->port;
    for my $protocol ('--http1.1', '--http2') {
        for my $name ('gate.example', '127.0.0.1', 'unknown.example') {
            refused(curl("https://$name:$port/x", $protocol, '--resolve', "$name:$port:127.0.0.1", @impostor, '-H', 'Host: gate.example'), 403, 'certificate_untrusted', "$protocol, SNI $name");
        }
    }
    is $gate->api_calls, 0, 'the API saw nothing';
    my @caller = $gate->caller_options;
    allowed(curl("https://gate.example:$port/x", '-k', '--resolve', "gate.example:$port:127.0.0.1", @caller), 'a good certificate with SNI');
    is curl("https://127.0.0.1:$port/x", '-k', @caller, '-H', 'Host: gate.example')->{status}, 403, 'without SNI the portal\'s handshake does not trust it';
    $gate->stop;
};

subtest 'another server of the address has the same CA' => sub {
    $pki->leaf($_, '--oin', $oin) for 'good', 'revoked';
    $pki->run('revoke', 'revoked');
    $pki->run('crls', $pki->dir . '/crl');
    qx(cat @{[ $pki->dir ]}/crl/*.crl > @{[ $pki->dir ]}/all.crl);
    for my $crl ("ssl_crl @{[ $pki->dir ]}/all.crl;", '') {
        my $gate = GGI::Gate->new(pki => $pki, server => "server_name gate.example; $crl",
            more => "server { listen 127.0.0.1:%%PORT%% ssl http2; server_name portal.example; @{[ $pki->server ]} ssl_verify_depth 3; location / { return 200 portal; } }"
                . ($crl ? '' : "ggi_pkio_crl @{[ $pki->dir ]}/crl;"))->start;
        my $port = $gate->port;
        for my $case (['good', 200], ['revoked', 403]) {
            my ($name, $status) = @$case;
            is curl("https://127.0.0.1:$port/x", $pki->client($name), '-H', $GGI::Gate::CLAIM, '-H', 'Host: gate.example')->{status}, $status, "$name, without SNI, " . ($crl ? 'ssl_crl' : 'ggi_pkio_crl');
        }
        $gate->stop;
    }
};

subtest 'a list in parts' => sub {
    my $parts = GGI::Pki->new;
    my ($one, $two) = ('http://crl.example/1', 'http://crl.example/2');
    $parts->leaf('first', '--oin', $oin, '--crl-point', $one);
    $parts->leaf('second', '--oin', $oin, '--crl-point', $two);
    $parts->leaf('third', '--oin', $oin);
    my $crl = $parts->dir . '/crl';
    my $part = sub { local $ENV{GGI_CRL_POINT} = $_[0]; $parts->run('crls', "$crl.part", 'issuing'); rename "$crl.part/issuing.crl", "$crl/$_[1].crl" or die };
    $parts->run('crls', $crl, 'root', 'domain');
    $parts->run('revoke', 'first');
    $part->($one, 'one');
    sleep 1.1;
    # the newer part says nothing of the first one
    $parts->run('leaf', 'unrelated');
    open my $in, '<', $parts->dir . '/.work/issuing.txt' or die;
    my $all = do { local $/; <$in> };
    open my $out, '>', $parts->dir . '/.work/issuing.txt' or die;
    print $out join "\n", (grep { !/^R/ } split /\n/, $all), '';
    close $out;
    $part->($two, 'two');
    my $gate = GGI::Gate->new(pki => $parts, more => "ggi_pkio_crl $crl;")->start;
    refused($gate->call_as([$parts->client('first')], '/x'), 403, 'certificate_revoked', 'on the part that it names');
    allowed($gate->call_as([$parts->client('second')], '/x'), 'not on the part that it names');
    refused($gate->call_as([$parts->client('third')], '/x'), 503, 'revocation_unknown', 'one that names no part is on none');
    $gate->stop;
};

subtest 'lists that can be read later' => sub {
    my $late = GGI::Pki->new;
    my $crl = $late->dir . '/crl';
    $late->leaf('bad', '--oin', $oin);
    $late->run('crls', $crl);
    my $gate = GGI::Gate->new(pki => $late, more => "ggi_pkio_crl $crl;")->start;
    allowed($gate->call_as([$late->client('bad')], '/x'), 'not revoked');
    $late->run('revoke', 'bad');
    my $mask = umask 0077;
    $late->run('crls', $crl);
    umask $mask;
    ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ /Permission denied; those read before are kept/ }, 'the error'), 'nobody may read them yet';
    sleep 2.5;
    is scalar(() = $gate->read('logs/error.log') =~ /Permission denied/g), 1, 'which is said once';
    chmod 0644, glob "$crl/*";
    ok $gate->wait_for(sub { $gate->call_as([$late->client('bad')], '/x')->{status} == 403 }, 'the lists'), 'read as soon as they can be';
    $gate->stop;
} if $> == 0;

subtest 'OCSP' => sub {
    my $port = GGI::Nginx::free_port();
    my $dir = $pki->dir;
    my $pid = fork // die;
    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        exec 'openssl', 'ocsp', '-index', "$dir/.work/issuing.txt", '-port', $port, '-rsigner', "$dir/issuing.crt", '-rkey', "$dir/issuing.key", '-CA', "$dir/issuing.crt", '-ndays', 1;
    }
    sleep 0.3;
    qx(cat $dir/roots.pem $dir/domain.crt $dir/issuing.crt > $dir/chain.pem);
    for my $case ([$port, 'good', 200, undef], [$port, 'revoked', 403, 'certificate_revoked'], [GGI::Nginx::free_port(), 'good', 503, 'revocation_unknown']) {
        my ($responder, $name, $status, $reason) = @$case;
        my $gate = GGI::Gate->new(pki => $pki, server => "ssl_ocsp leaf; ssl_ocsp_responder http://127.0.0.1:$responder; ssl_trusted_certificate $dir/chain.pem;")->start;
        my $answer = $gate->call_as([$pki->client($name)], '/x');
        $reason ? refused($answer, $status, $reason, $name) : allowed($answer, $name);
        $gate->stop;
    }
    kill 'KILL', $pid;
    waitpid $pid, 0;
};

done_testing;
