# SPDX-License-Identifier: EUPL-1.2
# pkio: revocation lists, of the whole chain, read again when they change.
use strict;
use warnings;

use Digest::SHA qw(sha256 sha256_hex);
use JSON::PP qw(decode_json);
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

use GGI::Audit qw(decisions);
use GGI::Der qw(elements inner);
use GGI::Gate;
use GGI::Kept qw(opened);
use GGI::Problem qw(allowed refused);

my $pki = GGI::Pki->new;
my $oin = $GGI::Gate::OIN;
my $crl = $pki->dir . '/crl';
$pki->run('crls', $crl);

# Behind a portal, and with a cache, so that there are processes of nginx that are no workers.
my $gate = GGI::Gate->new(
    pki => $pki,
    gates => ['pkio', 'audit'],
    server => 'server_name localhost; ssl_session_cache shared:ssl:1m;',
    more => "ggi_pkio_crl $crl; proxy_cache_path %%PREFIX%%/cache keys_zone=answers:1m;"
        . GGI::Gate::portal($pki, 'ssl_session_cache shared:ssl:1m;'),
    claim => '',
)->start;
my @localhost = ('--connect-to', '::127.0.0.1:' . $gate->port);

# A call with a certificate, and with SNI.
sub call {
    my (@certificate) = @_;
    return GGI::Curl::curl('https://localhost:' . $gate->port . '/', @localhost, @certificate);
}

# Waits until a worker has read the lists anew.
sub reread {
    my ($action, $message) = @_;
    my $before = length $gate->read('logs/error.log');
    $action->();
    return $gate->wait_for(sub { substr($gate->read('logs/error.log'), $before) =~ $message }, 'the lists are read');
}

my @good = $pki->client('good', '--oin', $oin);
my @bad = $pki->client('bad', '--oin', $oin);
my @worse = $pki->client('worse');
allowed(call(@good), 'one that has not been revoked');
allowed(call(@bad), 'another');
refused(call(@worse), 403, 'oin_missing', 'one without OIN');

# The name of the lists that judged the last call that is recorded; and that of the lists that are in the directory, by
# openssl alone.
sub state_recorded { return (decisions($gate->audit_text))[-1]{attributes}{'adl.core.information'}{crl} }

sub state_of_directory {
    my @digests;
    for my $file (glob "$crl/*") {
        my $der = qx(openssl crl -in $file -outform DER);
        push @digests, sha256(substr((elements(inner($der)))[2][1], 1));    # without the count of unused bits
    }
    return substr sha256_hex(join '', sort @digests), 0, 32;
}
my $first = state_of_directory();
is state_recorded(), $first, 'the record names the lists that judged';
is decode_json(scalar qx($GGI::Nginx::BUILD/ggictl crl show -o json $crl))->{state}, $first, 'as ggictl crl show does';
like qx($GGI::Nginx::BUILD/ggictl crl show $crl), qr/^the audit records of a gate .* name them $first$/m,
    'in words too';

subtest 'revoked while its connection is open' => sub {
    my $call = opened($gate->port, $pki->leaf('bad'), 'h2', SSL_hostname => 'localhost');
    is $call->(), '200', 'it is let in';
    ok reread(
        sub { $pki->run('revoke', 'bad'); $pki->run('revoke', 'worse'); $pki->run('crls', $crl) },
        qr/3 revocation lists read/),
        'new lists are read';
    is $call->(), '403 certificate_revoked', 'it is refused at the next request';
    isnt state_of_directory(), $first, 'the lists have another name then';
    $gate->wait_for(sub { state_recorded() eq state_of_directory() }, 'the record');
    is state_recorded(), state_of_directory(), 'which the record of the refusal has';
};
refused(call(@bad), 403, 'certificate_revoked', 'and on a new connection');
refused(call(@worse), 403, 'certificate_revoked', 'before its OIN is looked at');
allowed(call(@good), 'the other is not');

my @readers = $gate->read('logs/error.log') =~ m{ (\d+)#\d+: \d+ revocation lists read from}g;
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
ok $gate->wait_for(sub { call(@good)->{status} == 403 }, 'the list with the CA'), 'which the worker has read';
refused(call(@good), 403, 'certificate_revoked', 'with all that it issued');
ok reread(sub { qx(cp $crl/root.crl @{[ $pki->dir ]}/keep.crl); unlink "$crl/root.crl" }, qr/2 revocation lists read/),
    'gone';
ok reread(sub {qx(cp @{[ $pki->dir ]}/keep.crl $crl/root.crl)}, qr/3 revocation lists read/), 'and back';

subtest 'a list that has expired' => sub {
    my $other = GGI::Pki->new;
    my $leaf = $other->leaf('good', '--oin', $oin);
    my $until = time + 5 * $GGI::Slow::FACTOR;
    local $ENV{GGI_NEXT_UPDATE} = POSIX::strftime('%Y%m%d%H%M%SZ', gmtime $until);
    my $late = $other->dir . '/crl';
    $other->run('crls', $late);
    my $expiring = GGI::Gate->new(pki => $other, gates => ['pkio'], more => "ggi_pkio_crl $late;")->start;
    my %good = (as => [$other->client('good')]);
    my $answer = $expiring->call('/', \%good);
    allowed($answer, 'lets through as long as it is current') if time < $until;
    ok $expiring->wait_for(sub { $expiring->call('/', \%good)->{status} == 503 }, 'its end'), 'and then no more';
    refused($expiring->call('/', \%good), 503, 'revocation_unknown', 'after that');
    $expiring->stop;
};

subtest 'a list of another hand' => sub {
    my $stranger = GGI::Pki->new;
    ok reread(sub { $stranger->run('crls', $crl) }, qr/3 revocation lists read/), 'same names, other keys';
    # Three lists are written, and a busy worker may have read them before the last one was.
    ok $gate->wait_for(sub { call(@good)->{status} == 503 }, 'the last list'), 'all of which the worker has read';
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
$gate->stop;

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
    my $lists = GGI::Gate->new(pki => $pki, gates => ['pkio'], more => $main, server => $server);
    system("cat $crl/* >@{[ $pki->dir ]}/crls.pem") == 0 or die;
    my ($good, $output) = $lists->test_configuration;
    ok $good, "\"$main$server\" loads" or diag $output;
    my $said =
        qr/\[warn\].*dienst\ "brp"\ has\ gate\ ggi_pkio\ on,\ which\ does\ not\ see\ that\ a\ certificate\ was\ revoked:
        \ "ggi_pkio_crl"\ in\ http\ names\ the\ revocation\ lists;\ in\ \S+nginx\.conf:\d+/x;
    is !!($output =~ $said), !!$warned, $warned ? 'with a warning' : 'without one';
}

done_testing;
