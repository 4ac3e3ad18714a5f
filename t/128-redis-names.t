# SPDX-License-Identifier: EUPL-1.2
# A Redis Cluster and a Redis of Sentinels whose servers have host names: over TLS by client certificates, and by a
# resolver that knows them or not.
use strict;
use warnings;

use Test::More;

use GGI::Child;
use GGI::Cluster;
use GGI::Dns;
use GGI::Folder;
use GGI::Gate;
use GGI::Nginx;
use GGI::Pki;
use GGI::Port ();
use GGI::Problem qw(allowed refused);
use GGI::Redis;
use GGI::Slow ();

plan skip_all => 'says nothing about C code under instruments that the other tests of Redis do not'
    if GGI::Nginx::under_instrument();

my $pki = GGI::Pki->new;
my $dir = $pki->dir;
my ($oin, @others) = ($GGI::Gate::OIN, map { sprintf '00000001%09d000', 1000 + 7 * $_ } 1 .. 8);

sub profile {
    my ($number) = @_;
    return qq({ "oin": "$number", "versie": 1, "diensten": { "brp": { "methoden": ["GET"], "paden": ["/**"], )
        . '"doelbindingen": ["BRPACT-AlgemeneTaken"] } } }';
}

subtest 'a Cluster over TLS, whose nodes announce host names' => sub {
    my $cluster = GGI::Cluster->new(pki => $pki, replicas => 0);
    my %masters;
    for my $number ($oin, @others) {
        my $key = "ggi:profiel:$number";
        my $master = $cluster->master($key);
        $masters{ $master->port } = 1;
        $master->cli('set', $key, profile($number));
    }
    is scalar(keys %masters), 3, 'each has profiles';
    my $ca = "ca=$dir/roots.pem";
    my $known = "cert=$dir/node2.pem key=$dir/node2.key";
    my $gate = GGI::Gate->new(redis => $cluster->url . " $ca $known", pki => $pki)->start;
    $gate->connected;
    is $gate->call('/x', { as => [$pki->client("org$_", '--oin', $_)] })->{status}, 200, "$_ is let in"
        for $oin, @others;
    $gate->stop;
    my ($exit, $said) = $cluster->tool('list');
    is_deeply [$exit, sort $said =~ /^(\d{20})\t/mg], [0, sort $oin, @others], 'ggictl lists what all of them have';
    my $none = GGI::Gate->new(redis => $cluster->url . " $ca", pki => $pki)->start;
    refused($none->call('/x'), 503, 'profile_unavailable', 'without a client certificate');
    like $none->read('logs/error.log'), qr/redis redis-clusters:\S+ \(\S+\) asks for a client certificate/,
        'the log says so';
    $none->stop;
    my ($node) = $cluster->nodes;
    my $at = $pki->leaf('wrong', '--san', 'DNS:other.test,DNS:localhost');
    $_->cli(qw(config set tls-cert-file), "$at.pem", 'tls-key-file', "$at.key") for $cluster->nodes;
    my $wrong = GGI::Gate->new(redis => $cluster->url . " $ca $known", pki => $pki)->start;
    $wrong->wait_for(
        sub { $wrong->read('logs/error.log') =~ /has a certificate of another name: hostname mismatch/i },
        'the message');
    refused($wrong->call('/x'), 503, 'profile_unavailable', 'a certificate of another name');
    $wrong->stop;
};

my @names = ('one.test', 'two.test');
my $etc = GGI::Folder->new;
$etc->file('hosts', "127.0.0.1 localhost @names\n");

# Starts a process that knows these names by its own /etc/hosts.
sub knowing {
    my (@command) = @_;
    return ('unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', "$etc/hosts", @command);
}

subtest 'a master that Sentinels name by a host name' => sub {
    plan skip_all => 'no file can be mounted here' if $> || system('unshare -m true 2>/dev/null') != 0;
    my %server = map { $_ => GGI::Redis->with_tls($pki, $pki->leaf($_, '--san', "DNS:$_") =~ s{.*/}{}r) } @names;
    my ($one, $two) = @server{@names};
    $_->cli('set', "ggi:profiel:$oin", profile($oin)) for $one, $two;
    $one->cli('set', "ggi:profiel:$_", profile($_)) for @others;
    my ($port, $tls) = map { GGI::Port::free() } 1, 2;
    my $file = $etc->file(
        'sentinel.conf', join "\n",
        "port $port",
        "tls-port $tls",
        "tls-cert-file $dir/server.pem",
        "tls-key-file $dir/server.key",
        "tls-ca-cert-file $dir/roots.pem",
        'tls-auth-clients no',
        'tls-replication yes',
        "dir $etc",
        'sentinel resolve-hostnames yes',
        'sentinel announce-hostnames yes',
        'sentinel monitor mymaster one.test ' . $one->tls_port . " 1\n");
    my $sentinel = GGI::Child->command(knowing('redis-server', $file, '--sentinel'));
    my $ask = sub { return scalar qx(redis-cli -p $port @_ 2>&1) };
    GGI::Slow::wait_for(sub { $ask->('sentinel get-master-addr-by-name mymaster') =~ /one\.test/ }, 'the Sentinel', 10);
    my $dns = GGI::Dns->new;
    my $gate = GGI::Gate->new(
        redis => "sentinels://127.0.0.1:$tls/mymaster ca=$dir/roots.pem",
        pki => $pki,
        more => 'resolver 127.0.0.1:' . $dns->port . ' valid=1s ipv6=off; resolver_timeout 1s;')->start;
    $gate->subscribed;
    my $status = sub { return $gate->call('/x', { as => [$pki->client("org$_[0]", '--oin', $_[0])] })->{status} };
    allowed($gate->call('/x'), 'a call by its profile');
    is $status->($others[0]), 200, 'and one by another';
    $dns->forget('two.test');
    $ask->('sentinel remove mymaster');
    $ask->('sentinel monitor mymaster two.test ' . $two->tls_port . ' 1');
    $ask->('client kill type pubsub');
    $gate->wait_for(
        sub {
            $gate->read('logs/error.log') =~
                /has a master of the name "two\.test", whose address cannot be found: Host/;
        },
        'the message');
    is $status->($others[1]), 503, 'what is not cached is not asked of the master before, which still is there';
    allowed($gate->call('/x'), 'what is cached serves');
    $dns->silence('two.test');
    my $silent = qr/"two\.test", whose address cannot be found: Operation timed out/;
    my $told = sub { $ask->('client kill type pubsub'); return $gate->read('logs/error.log') =~ $silent };
    ok $gate->wait_for($told, 'the message', 30), 'a resolver that does not answer is told of while Sentinels do';
    $dns->know('two.test');
    $gate->wait_for(sub { $status->($others[1]) == 403 }, 'the new master, as soon as its name is known');
    is $status->($others[0]), 403, 'which judges what was cached';
    allowed($gate->call('/x'), 'and what it has');
    unlike $gate->read('logs/error.log'), qr/certificate of another name/, 'each was called by its own name';
    $gate->stop;
    $sentinel->stop;
};

done_testing;
