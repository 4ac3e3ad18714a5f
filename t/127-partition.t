# SPDX-License-Identifier: EUPL-1.2
# A network that falls apart between gate, master and Sentinels: nothing is served that was withdrawn at the new master.
use strict;
use warnings;

use Test::More;
use Time::HiRes ();

use GGI::Gate;
use GGI::Net;
use GGI::Sentinels;
use GGI::Slow qw(sleep);

plan skip_all => 'it is about times' if GGI::Nginx::under_instrument();
my $lacks = GGI::Net::lacks();
plan skip_all => $lacks if $lacks;

my $pki = GGI::Pki->new;
my $agreed = $GGI::Gate::OIN;
my %oin = (withdrawn => '00000001002564440000', later => '00000004000000068000');
my %as = map { $_ => { as => [$pki->client($_, '--oin', $oin{$_})] } } keys %oin;

sub published { my ($redis, $oin) = @_; return $redis->cli('publish', 'ggi:profiel:gewijzigd', $oin) }
sub withdraw { my ($redis, $oin) = @_; $redis->cli('del', "ggi:profiel:$oin"); return published($redis, $oin) }

sub put {
    my ($redis, $oin) = @_;
    $redis->cli(
        'set', "ggi:profiel:$oin",
        qq({ "oin": "$oin", "versie": 1, "diensten": { "brp": { "methoden": ["GET"], "paden": ["/**"], )
            . '"doelbindingen": ["BRPACT-AlgemeneTaken"] } } }');
    return published($redis, $oin);
}

my $net = GGI::Net->new([qw(here master)], [qw(here others)], [qw(master others)]);
my $trio = GGI::Sentinels->new(
    first => $net->at('master'), others => $net->at('others'), down => 2000,
    options => [qw(--protected-mode no)]);
my $old = $trio->master;
put($old, $_) for $agreed, $oin{withdrawn};
my $gate = GGI::Gate->new(
    redis => $trio->url . ' timeout=500ms', pki => $pki, workers => 2,
    zone => 'profielen:1m ttl=60s stale=60s')->start;
$gate->subscribed;

my %status;    # of the calls of the agreed caller, whose profile is cached
sub served { my $status = $gate->call('/x')->{status}; $status{$status}++; return $status }
sub status { my ($who) = @_; return $gate->call('/x', $as{$who})->{status} }

# Calls until each of these organisations has had its status. Returns after how many seconds the last call of each began
# that had another one, which a machine that stands still does not make later; 9 when there was no such status.
sub until_all {
    my (%wanted) = @_;
    my $start = Time::HiRes::time();
    my (%took, %last);
    while (Time::HiRes::time() < $start + 8 && keys %took < keys %wanted) {
        for my $who (grep { !exists $took{$_} } keys %wanted) {
            my $began = Time::HiRes::time();
            if ($wanted{$who}->(status($who))) { $took{$who} = ($last{$who} // $start) - $start }
            else { $last{$who} = $began }
        }
        served();
    }
    return map { $took{$_} // 9 } sort keys %wanted;
}

subtest 'the gate is cut off from the master, and the Sentinels are not' => sub {
    is_deeply [served(), status('withdrawn'), status('later')], [200, 200, 403], 'before';
    $net->cut(qw(here master));
    $gate->connected(0);
    withdraw($old, $oin{withdrawn});
    put($old, $oin{later});
    my @none = map { sleep 0.2; served(); status('later') } 1 .. 5;
    is_deeply [grep { $_ != 503 && $_ != 403 } @none], [], 'what nobody can tell is not let in';
    is $trio->master, $old, 'the Sentinels promote nobody';
    $net->heal(qw(here master));
    my ($later, $withdrawn) = until_all(withdrawn => sub { $_[0] == 403 }, later => sub { $_[0] == 200 });
    cmp_ok $later, '<=', 8, 'healed, a profile that was loaded meanwhile serves';
    cmp_ok $withdrawn, '<=', 8, 'by itself, and one that was withdrawn does not';
    note sprintf '%.3f s and %.3f s', $later, $withdrawn;
    is_deeply [keys %status], [200], "no call by a cached profile fails, of $status{200}";
};

subtest 'the old master is cut off from Sentinels and replicas, and the gate is not' => sub {
    put($old, $oin{withdrawn});
    withdraw($old, $oin{later});
    $trio->synced;
    $gate->subscribed;
    $gate->wait_for(sub { status('withdrawn') == 200 && status('later') == 403 }, 'what is known before');
    %status = ();
    $net->cut(qw(master others));
    my $new = $trio->promoted($old, sub { served(); sleep 0.1 });
    withdraw($new, $oin{withdrawn});
    put($new, $oin{later});
    my ($later, $withdrawn) = until_all(withdrawn => sub { $_[0] != 200 }, later => sub { $_[0] == 200 });
    cmp_ok $withdrawn, '<=', 1, 'a profile that was withdrawn at the new master serves no more';
    cmp_ok $later, '<=', 2, 'and one that was loaded there serves';
    note sprintf '%.3f s and %.3f s', $withdrawn, $later;
    like $old->cli('role'), qr/^master/, 'the old master takes itself for the master';
    put($old, $oin{withdrawn});
    is_deeply [grep { $_ == 200 } map { sleep 0.1; served(); status('withdrawn') } 1 .. 5], [], 'and is not believed';
    $net->heal(qw(master others));
    my $wrong = 0;
    $gate->wait_for(
        sub {
            $wrong++ if status('withdrawn') == 200;
            served();
            return $old->cli('role') =~ /^slave/;
        },
        'the Sentinels demote it');
    $wrong++ if status('withdrawn') == 200;
    is $wrong, 0, 'nor when the network is whole again';
    is_deeply $gate->metric_by('autorisatie_redis_up', 'server'), { $new->host . ':' . $new->port => 1 },
        'ggi_status names the new master';
    is_deeply [keys %status], [200], "no call by a cached profile fails, of $status{200}";
};
$gate->stop;
undef $trio;
undef $old;

done_testing;
