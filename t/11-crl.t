# SPDX-License-Identifier: EUPL-1.2
# pkio: revocation lists, of the whole chain, read again when they change; and no session is resumed past them.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use GGI::Curl qw(curl);
use GGI::Nginx;
use GGI::Pki;
use GGI::Problem qw(allowed refused);

my $pki = GGI::Pki->new;
my $oin = '00000001823288444000';
my $crl = $pki->dir . '/crl';
$pki->run('crls', $crl);

# With a cache, so that there are processes of nginx that are no workers.
my $nginx = GGI::Nginx->new(http => <<"HTTP");
    ggi_pkio_crl $crl;
    proxy_cache_path %%PREFIX%%/cache keys_zone=answers:1m;
    ggi_autorisatie off;
    ggi_doelbinding off;
    ggi_audit off;
    server {
        listen 127.0.0.1:%%PORT%% ssl http2;
        server_name first;
        @{[ $pki->server ]}
        ssl_session_cache shared:ssl:1m;
        location / {
            return 200 'first';
        }
    }
    server {
        listen 127.0.0.1:%%PORT%% ssl http2;
        server_name localhost;
        @{[ $pki->server ]}
        ssl_session_cache shared:ssl:1m;
        location / {
            ggi_dienst brp;
            proxy_pass http://127.0.0.1:%%PORT2%%;
        }
    }
    server {
        listen 127.0.0.1:%%PORT2%%;
        location / {
            return 200 ok;
        }
    }
HTTP
$nginx->start;

sub call {
    my (@options) = @_;
    return curl(
        'https://localhost:' . $nginx->port . '/', '--resolve', 'localhost:' . $nginx->port . ':127.0.0.1',
        @options);
}

# Waits until a worker has read the lists anew.
sub reread {
    my ($action, $message) = @_;
    my $before = length $nginx->read('logs/error.log');
    $action->();
    return $nginx->wait_for(sub { substr($nginx->read('logs/error.log'), $before) =~ $message }, 'the lists are read');
}

my @good = $pki->client('good', '--oin', $oin);
my @bad = $pki->client('bad', '--oin', $oin);
my @worse = $pki->client('worse');
allowed(call(@good), 'one that has not been revoked');
allowed(call(@bad), 'another');
refused(call(@worse), 403, 'oin_missing', 'one without OIN');

subtest 'revoked while its connection is open' => sub {
    my $script = join ' ', map {"'$_'"} 'curl', '-s', '--rate', '12/m', '-w', '%{http_code} %{num_connects}\n', '-o',
        '/dev/null', '--resolve',
        'localhost:' . $nginx->port . ':127.0.0.1', @bad, 'https://localhost:' . $nginx->port . '/[1-2]';
    my $pid = open my $out, '-|', $script or die;
    sleep 1;
    ok reread(
        sub { $pki->run('revoke', 'bad'); $pki->run('revoke', 'worse'); $pki->run('crls', $crl) },
        qr/3 revocation lists read/),
        'new lists are read';
    my @codes = map {s/\n//r} <$out>;
    is_deeply \@codes, ['200 1', '403 0'], 'it is refused at the next request';
};
refused(call(@bad), 403, 'certificate_revoked', 'and on a new connection');
refused(call(@worse), 403, 'certificate_revoked', 'before its OIN is looked at');
allowed(call(@good), 'the other is not');

subtest 'no session is resumed' => sub {
    my $leaf = $pki->leaf('good');
    for my $version (qw(tls1_2 tls1_3)) {
        for my $name (qw(localhost first)) {
            my $command =
                  "openssl s_client -$version -servername $name -CAfile @{[ $pki->dir ]}/roots.pem -cert $leaf.crt "
                . "-cert_chain $leaf.pem -key $leaf.key -connect 127.0.0.1:"
                . $nginx->port;
            my $request = "printf 'GET / HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n'; sleep 0.3";
            my $session = $nginx->prefix . "/session.$version.$name";
            qx(($request) | $command -sess_out $session 2>/dev/null);
            my $second =
                -e $session ? qx(($request) | $command -sess_in $session 2>/dev/null) : 'New, no session was given';
            unlike $second, qr/^Reused/m, "$version, SNI $name";
        }
    }
};

my @readers = $nginx->read('logs/error.log') =~ m{ (\d+)#\d+: \d+ revocation lists read from}g;
sub title { my ($pid) = @_; open my $fh, '<', "/proc/$pid/cmdline" or return ''; return <$fh> // '' }
is_deeply [grep { title($_) !~ /worker process/ } @readers], [],
    'the processes of a cache, which judge nothing, read no lists';

ok reread(sub { unlink "$crl/domain.crl" }, qr/2 revocation lists read/), 'the list of a CA above is gone';
refused(call(@good), 503, 'revocation_unknown', 'every CA of the chain needs one');
refused(call(@bad), 403, 'certificate_revoked', 'what is known counts all the same');
refused(call($pki->client('none2')), 403, 'oin_missing', 'it comes last');

ok reread(
    sub { $pki->run('crls', $crl); $pki->run('revoke', 'issuing', 'domain'); $pki->run('crls', $crl, 'domain') },
    qr/3 revocation lists read/),
    'a CA is revoked';
# A busy worker may have read the lists between the two writes, and reads them once more.
ok $nginx->wait_for(sub { call(@good)->{status} == 403 }, 'the list with the CA'), 'which the worker has read';
refused(call(@good), 403, 'certificate_revoked', 'with all that it issued');
ok reread(sub { qx(cp $crl/root.crl @{[ $pki->dir ]}/keep.crl); unlink "$crl/root.crl" }, qr/2 revocation lists read/),
    'gone';
ok reread(sub {qx(cp @{[ $pki->dir ]}/keep.crl $crl/root.crl)}, qr/3 revocation lists read/), 'and back';

subtest 'a list that has expired' => sub {
    my $other = GGI::Pki->new;
    my $leaf = $other->leaf('good', '--oin', $oin);
    local $ENV{GGI_NEXT_UPDATE} = POSIX::strftime('%Y%m%d%H%M%SZ', gmtime(time + 3));
    my $late = $other->dir . '/crl';
    $other->run('crls', $late);
    my $gate = GGI::Nginx->new(http => <<"HTTP");
    ggi_pkio_crl $late;
    ggi_autorisatie off;
    ggi_doelbinding off;
    ggi_audit off;
    server {
        listen 127.0.0.1:%%PORT%% ssl;
        @{[ $other->server ]}
        location / {
            ggi_dienst brp;
            root %%PREFIX%%;
        }
    }
HTTP
    $gate->start;
    is curl($gate->https('/'), $other->client('good'))->{status}, 403,
        'lets through as long as it is current (nginx has no index here)';
    sleep 4;
    refused(curl($gate->https('/'), $other->client('good')), 503, 'revocation_unknown', 'after that');
    $gate->stop;
};

subtest 'a list of another hand' => sub {
    my $stranger = GGI::Pki->new;
    ok reread(sub { $stranger->run('crls', $crl) }, qr/3 revocation lists read/), 'same names, other keys';
    # Three lists are written, and a busy worker may have read them before the last one was.
    ok $nginx->wait_for(sub { call(@good)->{status} == 503 }, 'the last list'), 'all of which the worker has read';
    refused(call(@good), 503, 'revocation_unknown', 'does not count');
};

subtest 'a broken file' => sub {
    my $good = $pki->dir . '/good-crl';
    $pki->run('crls', $crl, 'root', 'issuing');
    ok reread(
        sub { sleep 1.5; open my $fh, '>', "$crl/broken.crl"; print $fh 'no list' },
        qr{revocation\ lists\ of\ "ggi_pkio_crl":\ \Q$crl\E/broken\.crl:
            \ expected\ revocation\ lists\ in\ PEM\ or\ DER;\ those\ read\ before\ are\ kept}x
        ),
        'is named in the log';
    ok reread(sub { unlink "$crl/broken.crl" }, qr/revocation lists read/), 'and forgotten when it is gone';
    ok reread(
        sub { rename $crl, "$crl.away" },
        qr{revocation lists of "ggi_pkio_crl": \Q$crl\E: No such file or directory; those read before are kept}),
        'so is a directory that is gone';
    rename "$crl.away", $crl;
};
$nginx->stop;

subtest 'DER, and several in a file' => sub {
    my $one = GGI::Pki->new;
    my $dir = $one->dir . '/crl';
    $one->run('leaf', 'x', '--oin', $oin);
    $one->run('crls', $dir);
    qx(cat $dir/root.crl $dir/domain.crl > $dir/two.pem; rm $dir/root.crl $dir/domain.crl);
    qx(openssl crl -in $dir/issuing.crl -outform DER -out $dir/issuing.der; rm $dir/*.crl);
    my ($good, $output) = GGI::Nginx->new(http => "ggi_pkio_crl $dir;")->test_configuration;
    ok $good, 'load' or diag $output;
    open my $fh, '>>', "$dir/two.pem";
    print $fh "-----BEGIN X509 CRL-----\nMIIB\n";
    close $fh;
    ($good, $output) = GGI::Nginx->new(http => "ggi_pkio_crl $dir;")->test_configuration;
    ok $good, 'a file that breaks off is no fault of the configuration';
    like $output,
        qr{\[warn\]\ revocation\ lists\ of\ "ggi_pkio_crl"\ in\ \S+nginx\.conf:\d+:\ \Q$dir\E/two\.pem:
            \ expected\ revocation\ lists\ in\ PEM\ or\ DER;\ calls.*revocation_unknown}x, 'and is warned of';
};
GGI::Nginx->refuses(
    'no directory',
    qr{revocation lists of "ggi_pkio_crl": /nonexistent: No such file or directory in \S+nginx\.conf:\d+},
    http => 'ggi_pkio_crl /nonexistent;');
GGI::Nginx->refuses('two', qr/is duplicate/, http => 'ggi_pkio_crl /var/empty; ggi_pkio_crl /var/empty;')
    if -d '/var/empty';

for my $case (
    ['', '', 1], ["ggi_pkio_crl $crl;", '', 0], ['', "ssl_crl @{[ $pki->dir ]}/crls.pem;", 0],
    ['ggi_pkio off;', '', 0]
) {
    my ($main, $server, $warned) = @$case;
    my $lists = GGI::Nginx->new(http => <<"HTTP");
        $main
        ggi_autorisatie off;
        ggi_doelbinding off;
        ggi_audit off;
        server {
            listen 127.0.0.1:%%PORT%% ssl;
            @{[ $pki->server ]} $server location / { ggi_dienst brp; proxy_pass http://127.0.0.1:1; }
        }
HTTP
    system("cat $crl/* >@{[ $pki->dir ]}/crls.pem") == 0 or die;
    my ($good, $output) = $lists->test_configuration;
    ok $good, "\"$main$server\" loads" or diag $output;
    my $said =
        qr/\[warn\].*dienst\ "brp"\ has\ gate\ ggi_pkio\ on,\ which\ does\ not\ see\ that\ a\ certificate\ was\ revoked:
        \ "ggi_pkio_crl"\ in\ http\ names\ the\ revocation\ lists;\ in\ \S+nginx\.conf:\d+/x;
    is !!($output =~ $said), !!$warned, $warned ? 'with a warning' : 'without one';
}

done_testing;
