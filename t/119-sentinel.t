# SPDX-License-Identifier: EUPL-1.2
# autorisatie from a Redis that Sentinels keep up: the gate follows each failover, and serves nothing of the old master.
# GGI_FAILOVERS is how many failovers are gone through, one kind after the other; the default is one of each.
use strict;
use warnings;

use Test::More;
use Time::HiRes ();

use GGI::Audit ();
use GGI::Child;
use GGI::Gate;
use GGI::Port ();
use GGI::Problem qw(allowed refused);
use GGI::Redis;
use GGI::Sentinels;
use GGI::Slow qw(sleep);

plan skip_all => 'it is about times' if GGI::Nginx::under_instrument();

my $pki = GGI::Pki->new;
my $agreed = $GGI::Gate::OIN;
my %oin = (withdrawn => '00000001002564440000', later => '00000004000000068000');
my %as = map { $_ => { as => [$pki->client($_, '--oin', $oin{$_})] } } keys %oin;

sub profile {
    my ($oin) = @_;
    return qq({ "oin": "$oin", "versie": 1, "diensten": { "brp": { "methoden": ["GET"], "paden": ["/**"], )
        . qq("doelbindingen": ["BRPACT-AlgemeneTaken"] } } });
}

sub put {
    my ($redis, $oin) = @_;
    $redis->cli('set', "ggi:profiel:$oin", profile($oin));
    return published($redis, $oin);
}
sub withdraw { my ($redis, $oin) = @_; $redis->cli('del', "ggi:profiel:$oin"); return published($redis, $oin) }
sub published { my ($redis, $oin) = @_; return $redis->cli('publish', 'ggi:profiel:gewijzigd', $oin) }

my $trio = GGI::Sentinels->new(slow => $ENV{GGI_FAILOVERS});
my $first = $trio->master;
put($first, $agreed);
my $gate = GGI::Gate->new(redis => $trio->url . ' timeout=500ms', pki => $pki, workers => 2)->start;
$gate->subscribed;

my %status;    # of the calls of the agreed caller, whose profile is cached
sub served { my $status = $gate->call('/x')->{status}; $status{$status}++; return $status }

my %how = (
    kill => sub { $_[0]->stop('KILL') },
    hang => sub { $_[0]->signal('STOP') },
    demotion => sub { $trio->ask(0, 'failover', $GGI::Sentinels::NAME) },
);

# An old master comes back with what it had, and takes itself for the master until the Sentinels demote it.
my %back = (
    kill => sub { my ($old) = @_; $old->start; put($old, $oin{withdrawn}) },
    hang => sub { $_[0]->signal('CONT') },
    demotion => sub { },
);

# Goes through a failover. Returns what was seen: when the last calls began that had not heard of it, how many calls the
# old master let in, the answers to calls by the cached profile by their status, and whether the new master is still the
# master, as it is unless this machine stood still for so long that the Sentinels have chosen once more.
sub failover {
    my ($kind) = @_;
    my $old = $trio->master;
    put($old, $oin{withdrawn});
    withdraw($old, $oin{later});
    $trio->synced;
    $gate->wait_for(sub { $gate->call('/x', $as{withdrawn})->{status} == 200 }, 'a profile that is withdrawn later');
    $gate->wait_for(sub { $gate->call('/x', $as{later})->{status} == 403 }, 'one that is loaded later');
    %status = ();
    served();
    $how{$kind}->($old);
    my $new = $trio->promoted($old, sub { served(); sleep 0.1 });
    withdraw($new, $oin{withdrawn});
    put($new, $oin{later});
    my $published = Time::HiRes::time();
    my %right = (withdrawn => sub { $_[0] != 200 }, later => sub { $_[0] == 200 });
    my (%took, %last);
    while (Time::HiRes::time() < $published + 5 && keys %took < 2) {
        for my $who (grep { !exists $took{$_} } keys %right) {
            my $began = Time::HiRes::time();
            if ($right{$who}->($gate->call('/x', $as{$who})->{status})) {
                $took{$who} = ($last{$who} // $began) - $published;
            }
            else { $last{$who} = $began }
        }
        served();
    }
    $back{$kind}->($old);
    my ($wrong, $calls) = (0, 0);
    my $until = Time::HiRes::time() + 20;
    my $demoted = 0;
    while (Time::HiRes::time() < $until && $demoted < 3) {
        $calls++;
        $wrong++ if $gate->call('/x', $as{withdrawn})->{status} == 200;
        $demoted++ if $old->cli('role') =~ /^slave/;
        served();
        sleep 0.1;
    }
    return { %took, wrong => $wrong, calls => $calls, status => {%status}, stayed => $trio->master == $new };
}

sub follows {
    my ($kind) = @_;
    my $seen;
    for (1 .. 3) {
        $seen = failover($kind);
        last if $seen->{stayed};
        note 'the Sentinels have chosen once more';
    }
    cmp_ok $seen->{withdrawn} // 9, '<=', 1, 'a profile that was withdrawn at the new master serves no more';
    cmp_ok $seen->{later} // 9, '<=', 2, 'and one that was loaded there serves';
    is $seen->{wrong}, 0, "nor does it after the old master is back ($seen->{calls} calls)";
    $gate->wait_for(
        sub {
            ($gate->metric_by('autorisatie_redis_master_timestamp_seconds', 'server') // {})
                ->{ '127.0.0.1:' . $trio->master->port };
        },
        'ggi_status names the master');
    is_deeply [keys %{ $seen->{status} }], [200], "no call of the $seen->{status}{200} by a cached profile fails";
    note sprintf '%s: %.3f s until nothing withdrawn serves, %.3f s until what is new does', $kind,
        map { $seen->{$_} // 9 } qw(withdrawn later);
    diag grep {/master at|Sentinel|replica/} $gate->read('logs/error.log') if !Test::More->builder->is_passing;
    return;
}

my @kinds = qw(kill hang demotion);
for my $n (1 .. $ENV{GGI_FAILOVERS} // @kinds) {
    my $kind = $kinds[($n - 1) % @kinds];
    subtest "failover $n, by $kind" => sub { follows($kind) };
}

# Runs ggictl, and returns its exit status and all that it says.
sub ggictl {
    my ($url, @arguments) = @_;
    my $text = qx('$GGI::Nginx::BUILD/ggictl' @arguments --redis '$url' 2>&1);
    return ($? >> 8, $text);
}

subtest 'ggi_status tells how the master was found' => sub {
    my $status = $gate->status;
    is_deeply $status->{ggi_autorisatie_redis_up},
        [{ server => '127.0.0.1:' . $trio->master->port, role => 'master', found => 'sentinel', value => 1 }],
        'by a Sentinel';
    cmp_ok $status->{time} - $status->{ggi_redis_topology_timestamp_seconds}, '<=', 20, 'and when that was last asked';
    ok !exists $status->{ggi_autorisatie_redis_cluster_slots}, 'and nothing of slots';
    ok !exists $status->{ggi_redis_redirects_total}, 'or of redirections';
};

subtest 'ggictl goes to the master that the Sentinels name' => sub {
    my $file = $gate->prefix . '/later.json';
    $gate->write('later.json', profile($oin{later}) =~ s/"versie": 1/"versie": 5/r);
    $trio->signal_sentinel(0, 'STOP');
    is((ggictl($trio->url, 'profiel', 'load', $file))[0], 0, 'load, while a Sentinel hangs');
    $trio->signal_sentinel(0, 'CONT');
    like $trio->master(1)->cli('get', "ggi:profiel:$oin{later}"), qr/"versie":\s*5/, 'it is at the master';
    like + (ggictl($trio->url, 'profiel', 'list'))[1], qr/^$oin{later}\b.*5/m, 'list';
    is((ggictl($trio->url, 'profiel', 'withdraw', $oin{later}))[0], 0, 'withdraw');
    $gate->wait_for(sub { $gate->call('/x', $as{later})->{status} == 403 }, 'the gate hears of that');
    my ($replica) = grep { $_->cli('role') =~ /^slave/ } $trio->servers;
    my ($exit, $said) = ggictl($replica->url, 'profiel', 'list');
    is $exit, 2, 'a replica is an error';
    like $said, qr{^ggictl: redis: \S+ is a replica of (\S+) .* as redis://\g1, or its Sentinels},
        'that names the master';
    ($exit, $said) = ggictl($trio->url =~ s/mymaster/other/r, 'profiel', 'list');
    is $exit, 2, 'so is another name of the master';
    like $said, qr/knows no master|No such master/, 'that says so';
};

subtest 'without a Sentinel the master that is known goes on' => sub {
    my $master = $trio->master;
    withdraw($master, $oin{later});
    $trio->stop_sentinel($_) for 0 .. 2;
    sleep 0.3;
    refused($gate->call('/x', $as{later}), 403, 'profile_not_found', 'no profile');
    put($master, $oin{later});
    $gate->wait_for(sub { $gate->call('/x', $as{later})->{status} == 200 }, 'a new profile');
    like $gate->read('logs/error.log'), qr/a Sentinel of redis \S+ \(127\.0\.0\.1:\d+\) (?:has closed|cannot be)/,
        'the log says so';
    my @wrong = grep {/\[(?:alert|crit|emerg)\]/} split /\n/, $gate->read('logs/error.log');
    is_deeply \@wrong, [], 'and no more than that';
    my ($exit, $said) = ggictl($trio->url, 'profiel', 'list');
    is $exit, 2, 'ggictl does not know where to go';
    like $said, qr/^ggictl: redis: Connection refused \(127\.0\.0\.1:\d+\)$/, 'and says so';
    $trio->start_sentinel($_) for 0 .. 2;
};

subtest 'a URL of one server names no Sentinel, no replica and no node of a Cluster' => sub {
    my $replica = (grep { $_->cli('role') =~ /^slave/ } $trio->servers)[0];
    my $node = GGI::Redis->new(options => ['--cluster-enabled', 'yes', '--cluster-port', GGI::Port::free()]);
    my $one = GGI::Redis->new;
    my ($sentinel, $port) = ($trio->ports)[0];
    for my $case (
        ["redis://127.0.0.1:$sentinel", qr{is a Sentinel, .* name it as sentinel://127\.0\.0\.1:$sentinel/MASTER}],
        [$replica->url, qr{is a replica of 127\.0\.0\.1:(\d+) \(connected\), .* as redis://127\.0\.0\.1:\g1, or its}],
        [$node->url, qr{is a node of a Cluster, .* name it as redis-cluster://127\.0\.0\.1:@{[ $node->port ]}}],
        [$one->url =~ s/^redis/redis-cluster/r, qr{is no node of a Cluster: name it as redis://, or its}]
    ) {
        my ($url, $message) = @$case;
        my $wrong = GGI::Gate->new(redis => $url, pki => $pki)->start;
        refused($wrong->call('/x'), 503, 'profile_unavailable', 'a call');
        $wrong->wait_for(sub { $wrong->read('logs/error.log') =~ $message }, 'the message');
        like $wrong->read('logs/error.log'), qr/\[error\].* redis \S+ (?:\(\S+\) )?$message/,
            'the log names the right URL';
        $wrong->stop;
        like + (ggictl($url, 'profiel', 'list'))[1], qr/^ggictl: redis: \S* ?$message/, 'and so does ggictl';
    }
};

subtest 'a server that becomes a replica counts as no Redis, and again when it is the master' => sub {
    my ($one, $other) = map { GGI::Redis->new } 1, 2;
    put($one, $agreed);
    my $alone = GGI::Gate->new(redis => $one->url, pki => $pki)->start;
    $alone->subscribed;
    allowed($alone->call('/x'), 'a call');
    $one->cli('replicaof', '127.0.0.1', $other->port);
    $alone->wait_for(sub { $alone->status->{ggi_redis_subscribed} == 0 }, 'the end of the subscription');
    allowed($alone->call('/x'), 'a call by a cached profile');
    refused($alone->call('/x', $as{later}), 503, 'profile_unavailable', 'a call by none');
    $one->cli(qw(replicaof no one));
    put($one, $oin{later});
    $alone->wait_for(sub { $alone->call('/x', $as{later})->{status} == 200 }, 'the master');
    $alone->stop;
};

subtest 'a Sentinel with users of its own, and TLS by client certificates with it and with the master' => sub {
    my ($dir, $port) = ($pki->dir, GGI::Port::free());
    my $redis = GGI::Redis->with_tls($pki, 'server', '--tls-auth-clients', 'yes');
    put($redis, $agreed);
    my $file = $redis->dir . '/sentinel.conf';
    open my $out, '>', $file or die $!;
    print $out map {"$_\n"} 'port 0', "tls-port $port", "tls-cert-file $dir/server.pem", "tls-key-file $dir/server.key",
        "tls-ca-cert-file $dir/roots.pem", 'tls-auth-clients yes', 'tls-replication yes', 'requirepass guard',
        'user gate on >gate-pass ~* &* +@all',
        'dir ' . $redis->dir, 'sentinel monitor mymaster 127.0.0.1 ' . $redis->tls_port . ' 1';
    close $out or die $!;
    my $sentinel = GGI::Child->command('redis-server', $file, '--sentinel');
    my $url = "sentinels://127.0.0.1:$port/mymaster";
    my $tls = "ca=$dir/roots.pem cert=$dir/server.pem key=$dir/server.key";
    for my $as ('sentinel_password=guard', 'sentinel_user=gate sentinel_password=gate-pass') {
        my $good = GGI::Gate->new(redis => "$url $tls $as", pki => $pki)->start;
        $good->subscribed;
        allowed($good->call('/x'), "a call with $as");
        $good->stop;
    }
    my $none = GGI::Gate->new(redis => "$url ca=$dir/roots.pem sentinel_password=guard", pki => $pki)->start;
    refused($none->call('/x'), 503, 'profile_unavailable', 'without a client certificate');
    like $none->read('logs/error.log'),
        qr/\[warn\].* a Sentinel of redis \S+ \(127\.0\.0\.1:$port\) asks for a client certificate, which "cert="/,
        'the log says so';
    $none->stop;
    my $bad = GGI::Gate->new(redis => "$url $tls sentinel_password=secret", pki => $pki)->start;
    refused($bad->call('/x'), 503, 'profile_unavailable', 'another password');
    my $log = $bad->read('logs/error.log');
    like $log, qr/\[warn\].* a Sentinel of redis \S+ \(127\.0\.0\.1:$port\) refuses WRONGPASS/, 'the log says so';
    unlike $log, qr/secret|guard/, 'without the password';
    $bad->stop;
    my @show = ('profiel', 'show', $agreed, '--redis-ca', "$dir/roots.pem");
    my @known = ('--redis-cert', "$dir/server.pem", '--redis-key', "$dir/server.key");
    local $ENV{GGI_REDIS_SENTINEL_PASSWORD} = 'guard';
    is((ggictl($url, @show, @known))[0], 0, 'ggictl has it of the environment');
    my ($exit, $said) = ggictl($url, @show);
    is $exit, 2, 'but no certificate';
    like $said,
        qr/^ggictl: redis: the server asks for a client certificate, which --redis-cert and --redis-key name: \w/,
        'and says so';
    local $ENV{GGI_REDIS_SENTINEL_PASSWORD} = 'secret';
    ($exit, $said) = ggictl($url, @show, @known);
    is $exit, 2, 'or another password';
    like $said, qr/^ggictl: redis: WRONGPASS .*\(127\.0\.0\.1:$port over TLS\): .* GGI_REDIS_SENTINEL_PASSWORD$/,
        'and says so, and where it is given';
    local @ENV{ map {"GGI_REDIS_$_"} qw(SENTINEL_USER SENTINEL_PASSWORD CERT KEY) } =
        ('gate', 'gate-pass', @known[1, 3]);
    is((ggictl($url, @show))[0], 0, 'and user, certificate and key likewise');
    delete local @ENV{ map {"GGI_REDIS_$_"} qw(SENTINEL_USER SENTINEL_PASSWORD CERT KEY) };
    for my $case (
        ['gate-pass', qr/^warning: redis: redis 127\.0\.0\.1:@{[ $redis->tls_port ]} over TLS keeps no file/m],
        ['secret', qr/^critical: redis: redis cannot be used: WRONGPASS /m]
    ) {
        my ($password, $finding) = @$case;
        my $conf = $gate->write(
            'doctor.conf',
            "http { ggi_autorisatie_redis $url $tls sentinel_user=gate sentinel_password=$password; }");
        like qx('$GGI::Nginx::BUILD/ggictl' doctor --config $conf 2>&1), $finding, "doctor, by $password";
    }
    $sentinel->stop;
};

$gate->stop;
done_testing;
