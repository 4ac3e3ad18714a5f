# SPDX-License-Identifier: EUPL-1.2
# autorisatie from a Redis Cluster of three masters and three replicas: slots, failovers, and slots that move.
use strict;
use warnings;

use POSIX ();
use Test::More;

use GGI::Audit ();
use GGI::Child;
use GGI::Cluster;
use GGI::Curl qw(curl);
use GGI::Folder;
use GGI::Gate;
use GGI::Nginx;
use GGI::Pki;
use GGI::Problem qw(allowed refused);
use GGI::Slow qw(sleep time);

plan skip_all => 'says nothing about C code under instruments that the other tests of Redis do not'
    if GGI::Nginx::under_instrument();

my $ROUNDS = $ENV{GGI_CLUSTER_ROUNDS} // 1;    # of failovers
my @OINS = map { sprintf '00000001%09d000', 1000 + 7 * $_ } 1 .. 12;

my $GGICTL = "$GGI::Nginx::BUILD/ggictl";
my $pki = GGI::Pki->new;
my $dir = GGI::Folder->new;
my $cluster = GGI::Cluster->new;
my %as = map { $_ => [$pki->client("org$_", '--oin', $_)] } @OINS;

sub profile {
    my ($oin, $version) = @_;
    return qq({ "oin": "$oin", "versie": $version, "diensten": { "brp": { "methoden": ["GET"], "paden": ["/**"], )
        . '"doelbindingen": ["BRPACT-AlgemeneTaken"] } } }';
}

sub put {
    my ($oin, $version) = @_;
    $cluster->cli('set', "ggi:profiel:$oin", profile($oin, $version // 1));
    $cluster->cli('publish', 'ggi:profiel:gewijzigd', $oin);
    return;
}

sub withdraw {
    my ($oin) = @_;
    $cluster->cli('del', "ggi:profiel:$oin");
    $cluster->cli('publish', 'ggi:profiel:gewijzigd', $oin);
    return;
}

my $gate;
sub status { my ($oin) = @_; return $gate->call('/x', { as => $as{$oin} })->{status} }

# The statuses of calls by organisations, "200 403", in order: by one curl, which is quicker than one for each.
sub statuses {
    my (@oins) = @_;
    my @calls = map {
        (   '--next', '-s', '-o', '/dev/null', '-w', '%{http_code} ', @{ $as{$_} }, '-H', $GGI::Gate::CLAIM,
            $gate->address('/x'))
    } @oins;
    shift @calls;
    open my $out, '-|', 'curl', @calls or die "curl: $!\n";
    return (readline $out) =~ s/ \z//r;
}

# Waits until calls by organisations give these statuses.
sub become {
    my ($statuses, $what, @oins) = @_;
    return ok $gate->wait_for(sub { statuses(@oins) eq $statuses }, $what), $what;
}

# The organisations whose profile a node has.
sub of {
    my ($node) = @_;
    my @masters = $cluster->masters(map {"ggi:profiel:$_"} @OINS);
    return map { $OINS[$_] } grep { $masters[$_] == $node } 0 .. $#OINS;
}

put($_) for @OINS;
$gate = GGI::Gate->new(
    redis => $cluster->url . ' timeout=500ms', pki => $pki, workers => 2, zone => 'profielen:1m ttl=2s stale=60s',
    allow_errors => [qr/counts as not answering for profiles in slot/])->start;
$gate->connected;
$gate->subscribed;

subtest 'every organisation is judged by its own master' => sub {
    is statuses(@OINS), join(' ', (200) x @OINS), 'all are let in';
    my %masters = map { $_->port => 1 } $cluster->masters(map {"ggi:profiel:$_"} @OINS);
    is scalar(keys %masters), 3, 'by three masters';
    is scalar(grep { $_->calls('get') } $cluster->nodes), 3, 'which alone were asked, and no replica';
    withdraw($_) for @OINS[0 .. 3];
    become('403 403 403 403 200 200', 'a withdrawal at any of them bites', @OINS[0 .. 5]);
    put($_, 2) for @OINS[0 .. 3];
    become('200 200 200 200', 'as does what is given back', @OINS[0 .. 3]);
};

# What ggi_status tells of the masters, as { port => [value, role, found] }, and of their slots, as { port => slots }.
sub told {
    my $status = $gate->status;
    my %up = map { $_->{server} =~ s/.*://r => [@$_{qw(value role found)}] } @{ $status->{ggi_autorisatie_redis_up} };
    my %slots = map { $_->{server} =~ s/.*://r => $_->{value} } @{ $status->{ggi_autorisatie_redis_cluster_slots} };
    return (\%up, \%slots, $status);
}

sub redirects { return $gate->metric_by('redis_redirects_total', 'answer') }

subtest 'ggi_status tells of the Cluster' => sub {
    my ($up, $slots, $status) = told();
    my %masters = map { $_->port => 1 } $cluster->masters(map {"ggi:profiel:$_"} @OINS);
    is_deeply $up, { map { $_ => [1, 'master', 'cluster'] } keys %masters }, 'its masters, which all serve';
    is_deeply [sort values %$slots], [5461, 5461, 5462], 'with their slots';
    is $status->{ggi_autorisatie_redis_doubted_slots}, 0, 'none of which is doubted';
    cmp_ok $status->{time} - $status->{ggi_redis_topology_timestamp_seconds}, '<=', 15, 'and when that was last read';
    is_deeply redirects(), { moved => 0, ask => 0 }, 'nobody was redirected';
    my $html = curl($gate->url('/ggi-status', 2), -H => 'Accept: text/html')->{body} =~ s/<[^>]*>/ /gr =~ s/ +/ /gr;
    my $port = (keys %masters)[0];
    like $html, qr/^ Profiles 127\.0\.0\.1:$port master cluster serves 20\S+Z $slots->{$port} $/m, 'the page has it';
    like $html, qr/^ Redis Cluster of profiles: slots in doubt 0 $/m, 'and doubts';
};

# What calls of an organisation give until one is let in, or refused, as wanted: after how many seconds the last other
# one began, which a machine that stands still does not make later; and the statuses of those.
sub until_status {
    my ($oin, $wanted) = @_;
    my $start = time;
    my ($last, @before) = ($start);
    while (time - $start < 20) {
        my $began = time;
        my $status = status($oin);
        last if $status == $wanted;
        $last = $began;
        push @before, $status;
        sleep 0.02;
    }
    return ($last - $start, @before);
}

# Ends a master in a way, and looks at what becomes of its organisations and of others until and after a promotion.
sub failover {
    my ($how, $end, $again) = @_;
    my $old = $cluster->master("ggi:profiel:$OINS[0]");
    my ($cached, $withdrawn, @more) = of($old);
    my ($other) = grep {
        my $oin = $_;
        !grep { $_ eq $oin } $cached, $withdrawn, @more
    } @OINS;
    statuses(@OINS);
    $end->($old);
    if (!$old->{pid}) {
        $gate->wait_for(sub { ((told())[0]{ $old->port } // [0])->[0] == 0 }, 'ggi_status: it does not serve');
        my ($exit, $said) = tool(qw(profiel list));
        like "$exit $said", qr/\A2 .*ggictl: redis: .*127\.0\.0\.1:@{[ $old->port ]}/s,
            'ggictl lists no profiles when a master does not answer';
    }
    my @seen;
    my $new;
    my $child = GGI::Child->function(sub { $cluster->promoted("ggi:profiel:$cached", $old) });
    my $start = time;
    until (waitpid($child->{pid}, POSIX::WNOHANG()) > 0) {
        push @seen, split / /, statuses($cached, $other);
        sleep 0.05;
        last if time - $start > 60;
    }
    delete $child->{pid};
    my $promoted = time - $start;
    is scalar(grep { $_ != 200 } @seen), 0,
        sprintf '%s: of %d calls by cached profiles until the promotion, %.1f s later, none fails', $how, scalar @seen,
        $promoted;
    withdraw($withdrawn);
    my ($seconds) = until_status($withdrawn, 403);
    cmp_ok $seconds, '<', 1, sprintf '%s: what the new master withdraws bites after %.2f s', $how, $seconds;
    put($withdrawn, 13);
    my @before;
    ($seconds, @before) = until_status($withdrawn, 200);
    cmp_ok $seconds, '<', 2, sprintf '%s: service by the new master after %.2f s', $how, $seconds;
    $again->($old);
    is statuses(($withdrawn) x 10), join(' ', (200) x 10), "$how: the old master comes back, and is not asked";
    $cluster->settled;
    $gate->connected;
    $gate->subscribed;
    is statuses(@OINS), join(' ', (200) x @OINS), "$how: all are let in";
    return;
}

sub tool { return $cluster->tool(@_) }
sub listed { my ($exit, $said) = tool(qw(profiel list)); return ($exit, sort $said =~ /^(\d{20})\t/mg) }

subtest 'ggictl at all masters' => sub {
    my $file = sub {
        my ($version, @oins) = @_;
        return $dir->file("$version.json", '[' . join(',', map { profile($_, $version) } @oins) . ']');
    };
    is_deeply [listed()], [0, @OINS], 'list shows the profiles of all';
    my ($exit, $said) = tool(qw(profiel load), $file->(10, @OINS));
    is $exit, 0, 'load';
    like $said, qr/^12 of 12 profiles changed$/m, 'loads all of them';
    ($exit, $said) = tool(qw(profiel show), $OINS[5]);
    like "$exit $said", qr/\A0 .*"versie": 10,/s, 'show has one of them';
    put($OINS[7], 12);
    ($exit, $said) = tool(qw(profiel load), $file->(11, @OINS));
    like "$exit $said", qr/\A1 nothing changed: $OINS[7] has version 12 in Redis, and version 11 in the file/,
        'one that is newer in Redis';
    like + (tool(qw(profiel show), $_))[1], qr/"versie": 10,/, 'and no other is changed then' for @OINS[0, 11];
    ($exit, $said) = tool(qw(profiel load --force), $dir . '/11.json');
    like $said, qr/^12 of 12 profiles changed$/m, 'load --force';
    ($exit, $said) = tool(qw(profiel withdraw), $OINS[2]);
    is "$exit $said", "0 $OINS[2]: withdrawn\n", 'withdraw';
    my ($seconds) = until_status($OINS[2], 403);
    cmp_ok $seconds, '<', 1, 'which bites at once';
    is_deeply [listed()], [0, grep { $_ ne $OINS[2] } @OINS], 'list has it no more';
    ($exit, $said) = tool(qw(profiel history), $OINS[2]);
    is join(' ', $exit, $said =~ /\t(load|withdraw)\t/g), '0 load load withdraw', 'its history';
    ($exit, $said) = tool(qw(dataset show));
    like "$exit $said", qr/\A0 id .*^slots +16384 of 16384\n\z/ms, 'each slot has its marker';
    my $key = "ggi:profiel:$OINS[4]";
    my ($from, $slot) = ($cluster->master($key), $cluster->slot($key));
    my ($to) = grep { $_ != $from } $cluster->masters(map {"ggi:profiel:$_"} @OINS);
    $cluster->begin_move($slot, $from, $to);
    $cluster->move_keys($slot, $from, $to);
    ($exit, $said) = tool(qw(profiel show), $OINS[4]);
    like "$exit $said", qr/\A0 .*"versie": 11,/s, 'a profile whose slot moves is found by ASK';
    $cluster->end_move($slot, $from, $to);
    put($OINS[2], 12);
};

for my $round (1 .. $ROUNDS) {
    subtest "failover $round by kill" => sub {
        failover('kill', sub { $_[0]->stop('KILL') }, sub { $_[0]->start });
    };
    subtest "failover $round by hang" => sub {
        failover('hang', sub { $cluster->hang($_[0]) }, sub { $cluster->go_on($_[0]) });
    };
}

subtest 'slots that move under load' => sub {
    my $oin = $OINS[3];
    my $key = "ggi:profiel:$oin";
    my $from = $cluster->master($key);
    my ($to) = grep { $_ != $from } $cluster->masters(map {"ggi:profiel:$_"} @OINS);
    my $slot = $from->cli(qw(cluster keyslot), $key);
    $cluster->begin_move($slot, $from, $to);
    is status($oin), 200, 'before its key is moved';
    $cluster->move_keys($slot, $from, $to);
    like $from->cli('get', $key), qr/^ASK $slot /, 'now the old master answers with ASK';
    $cluster->cli('publish', 'ggi:profiel:gewijzigd', $oin);
    my $before = redirects();
    is join(' ', map { sleep 0.05; status($oin) } 1 .. 3), '200 200 200', 'the call is let in by the new one';
    cmp_ok redirects()->{ask}, '>', $before->{ask}, 'which is counted';
    $cluster->end_move($slot, $from, $to);
    like $from->cli('get', $key), qr/^MOVED $slot /, 'and now with MOVED';
    $cluster->cli('publish', 'ggi:profiel:gewijzigd', $oin);
    is join(' ', map { sleep 0.05; status($oin) } 1 .. 3), '200 200 200', 'the call is let in by the new one';
    cmp_ok redirects()->{moved}, '>', $before->{moved}, 'which is counted too';
};

# Organisations of a test whose keys are in the given slots, each with a certificate.
sub organisations {
    my ($n, %slots) = @_;
    my @found;
    for (my $i = 2000; @found < $n; $i++) {
        my $oin = sprintf '00000001%09d000', $i;
        push @found, $oin if $slots{ $cluster->slot("ggi:profiel:$oin") };
    }
    $as{$_} //= [$pki->client("org$_", '--oin', $_)] for @found;
    return @found;
}

# What calls of two organisations give, one with a profile and one without, when what is cached of them counts no more,
# also after the one without has got a profile, and after it was withdrawn.
sub half_moved {
    my ($known, $other) = @_;
    my @seen;
    for my $change (undef, \&put, \&withdraw) {
        $change ? $change->($other) : $cluster->cli('publish', 'ggi:profiel:gewijzigd', $other);
        $cluster->cli('publish', 'ggi:profiel:gewijzigd', $known);
        sleep 0.1;
        push @seen, statuses($known, $other);
    }
    return join ', ', @seen;
}

subtest 'a slot of which some keys have moved' => sub {
    my ($known) = $OINS[8];
    my $slot = $cluster->slot("ggi:profiel:$known");
    my $from = $cluster->master("ggi:profiel:$known");
    my ($to) = grep { $_ != $from } $cluster->masters(map {"ggi:profiel:$_"} @OINS);
    my %keys = (profile => "ggi:profiel:$known", marker => (grep {/dataset/} $cluster->keys_of($slot, $from))[0]);
    my ($other) = organisations(1, $slot => 1);
    my $right = '200 403, 200 200, 200 403';
    is half_moved($known, $other), $right, 'before';
    for my $order ([qw(marker profile)], [qw(profile marker)]) {
        $cluster->begin_move($slot, $from, $to);
        is half_moved($known, $other), $right, 'none has moved: all calls are answered right';
        for my $key (@$order) {
            $cluster->move_key($keys{$key}, $from, $to);
            is half_moved($known, $other), $right, "now its $key has, too";
            next if $key ne $order->[0];
            my ($exit, $said) = $cluster->tool(qw(profiel withdraw), $known);
            like "$exit $said", qr/\A2 .*only some of its keys have moved: .*redis-cli --cluster fix/,
                'ggictl does not change what it cannot mark';
        }
        $cluster->move_keys($slot, $from, $to);
        $cluster->end_move($slot, $from, $to);
        is half_moved($known, $other), $right, 'all have';
        ($from, $to) = ($to, $from);
    }
    is $gate->status->{ggi_redis_doubting}, 0, 'nobody doubts the slot';
};

subtest 'a key that moves while ggictl lists, from a master that it has not asked yet to one that it has' => sub {
    my %masters = map { $_->port => $_ } $cluster->masters(map {"ggi:profiel:$_"} @OINS);
    my %slots = map { $_ => [$cluster->slots($masters{$_})] } keys %masters;
    my ($to, $between, $from) = map { $masters{$_} } sort { $slots{$a}[0] <=> $slots{$b}[0] } keys %masters;
    my ($oin) = grep { $cluster->master("ggi:profiel:$_") == $from } @OINS;
    my $slot = $cluster->slot("ggi:profiel:$oin");
    $cluster->begin_move($slot, $from, $to);
    $between->cli(qw(client pause 1000 all));
    my $out = "$dir/moving";
    my $child = GGI::Child->command({ out => $out }, $GGICTL, qw(profiel list --redis), $cluster->url);
    sleep 0.4;
    $cluster->move_keys($slot, $from, $to);
    is $child->wait, 0, 'listed';
    like GGI::Folder::content($out), qr/^$oin\t/m, 'with that key';
    $cluster->end_move($slot, $from, $to);
};

subtest 'slots that redis-cli moves under load' => sub {
    my $from = $cluster->master("ggi:profiel:$OINS[5]");
    my @slots = $cluster->slots($from);
    my ($to) = grep { $_ != $from } $cluster->masters(map {"ggi:profiel:$_"} @OINS);
    my %moved = map { $_ => 1 } @slots[0 .. 199];
    my ($known, $unknown, $changing, @more) = organisations(6, %moved);
    put($_) for $known, $changing, @more;
    my $child = $cluster->reshard($from, $to, scalar keys %moved);
    my (%seen, %changed);
    until (waitpid($child->{pid}, POSIX::WNOHANG()) > 0) {
        $cluster->cli('publish', 'ggi:profiel:gewijzigd', $_) for $known, $unknown;
        $seen{$_}++ for statuses($known, $unknown, @more, @OINS[0 .. 3]);
        my $there = ++$changed{times} % 2;
        $there ? withdraw($changing) : put($changing);
        my ($seconds) = until_status($changing, $there ? 403 : 200);
        $changed{late}++ if $seconds >= 1;
    }
    delete $child->{pid};
    my $right = '200 403' . ' 200' x (@more + 4);
    is_deeply [keys %seen], [$right], "of @{[ $seen{$right} // 0 ]} times calls at all masters all are answered right";
    is $changed{late}, undef, "of $changed{times} withdrawals and loads all bite within a second";
    is $cluster->master("ggi:profiel:$_"), $to, 'the slot has moved' for $known, $unknown, $changing, @more;
    is $gate->status->{ggi_redis_doubting}, 0, 'nobody doubts what has moved';
    is + ($cluster->tool(qw(dataset show)))[0], 0, 'each slot still has its marker';
    withdraw($changing);
};

# The alerts so far, and those since the last call.
my $alerts = 0;
sub alerts {
    my @all = $gate->read('logs/error.log') =~ /\[alert\](.*)/g;
    my $before = $alerts;
    $alerts = @all;
    return @all[$before .. $#all];
}

sub doubting {
    my ($n) = @_;
    return $gate->wait_for(sub { $gate->status->{ggi_redis_doubting} == $n }, "$n doubt");
}

sub id { return ($cluster->tool(qw(dataset show)))[1] =~ /^id +(\S+)/m ? $1 : 'none' }
sub load { return ($cluster->tool(qw(profiel load --force), $_[0]))[1] }

subtest 'a master that was emptied' => sub {
    my $master = $cluster->master("ggi:profiel:$OINS[0]");
    my ($cached, $fresh, $unknown, @more) = of($master);
    my ($other) = grep { $cluster->master("ggi:profiel:$_") != $master } @OINS;
    my $file = $dir->file('all.json', '[' . join(',', map { profile($_, 20) } $cached, $fresh, @more) . ']');
    withdraw($unknown);
    become('200 200 403 200', 'before', $cached, $fresh, $unknown, $other);
    is_deeply [alerts()], [], 'without an alert';
    $cluster->cli('publish', 'ggi:profiel:gewijzigd', $_) for $fresh, $unknown, $other;
    sleep 0.5;
    $master->cli('flushall');
    is statuses($cached, $fresh, $unknown, $other), '200 503 503 200',
        'what is cached goes on, nobody is told that he is unknown, and other masters serve';
    doubting(2);
    my @alerts = alerts();
    cmp_ok $gate->status->{ggi_autorisatie_redis_doubted_slots}, '>', 0, 'ggi_status counts the slots in doubt';
    is scalar @alerts, 1, 'one alert by two workers';
    like $alerts[0],
        qr/in slot \d+ \(127\.0\.0\.1:@{[ $master->port ]}\).* no data set.*"ggictl dataset adopt @{[ id() ]}"/,
        'names the master and the remedy';
    my ($exit, $said) = $cluster->tool(qw(dataset show));
    like "$exit $said", qr/\A1 .*^unmarked +\d+ of 16384$/ms, 'dataset show tells how many slots lack a marker';
    like load($file), qr/warning: \d+ of 16384 slots of the Cluster lack the marker.* profiles changed/s, 'load warns';
    is statuses($cached, $fresh, $unknown), '503 503 503', 'what is loaded again is another data set';
    like + ($cluster->tool(qw(dataset adopt)))[1], qr/^data set \S+ at change \d+$/, 'adopted';
    doubting(0);
    is statuses($cached, $fresh, $unknown, $other), '200 200 403 200', 'all is as before';
    is_deeply [alerts()], [], 'without another alert';
    like $gate->read('logs/error.log'), qr/\[notice\] .* has its data set in all slots that were doubted/,
        'but a notice';
    put($unknown);
};

subtest 'an old master that comes back with old data' => sub {
    my $master = $cluster->master("ggi:profiel:$OINS[0]");
    my ($withdrawn, $cached) = of($master);
    my @replicas =
        grep { $_->cli(qw(cluster nodes)) =~ /myself,slave @{[ $master->cli(qw(cluster myid)) ]} / } $cluster->nodes;
    ok scalar @replicas, 'it has a replica';
    my $file = $dir->file('one.json', profile($withdrawn, 30));
    like load($file), qr/^1 of 1 profiles? changed$/m, 'loaded';
    is statuses($withdrawn, $cached), '200 200', 'served';
    $master->cli('save');
    is + ($cluster->tool(qw(profiel withdraw), $withdrawn))[0], 0, 'withdrawn';
    my ($seconds) = until_status($withdrawn, 403);
    cmp_ok $seconds, '<', 1, 'and refused';
    $_->stop('KILL') for @replicas, $master;
    $master->start;
    $cluster->settled;
    $_->start for @replicas;
    $cluster->settled;
    $gate->connected;
    $cluster->cli('publish', 'ggi:profiel:gewijzigd', $withdrawn);
    doubting(2);
    is statuses($withdrawn, $cached), '503 200', 'the profile that was withdrawn does not come back';
    my @alerts = alerts();
    is scalar @alerts, 1, 'one alert';
    like $alerts[0], qr/at change \d+, and had change \d+ of it before/, 'says so';
    is + ($cluster->tool(qw(profiel withdraw), $withdrawn))[0], 0, 'withdrawn once more';
    doubting(0);
    is status($withdrawn), 403, 'it is refused again';
    put($withdrawn);
};

subtest 'a subscription that no node lets in' => sub {
    my $connections = sub {
        my $n = 0;
        $n += $_->cli('info', 'stats') =~ /^total_connections_received:(\d+)/m ? $1 : die for $cluster->nodes;
        return $n;
    };
    for my $node ($cluster->nodes) {
        $node->cli(qw(acl setuser default resetchannels));
        $node->cli(qw(client kill type pubsub));
    }
    my $before = $connections->();
    sleep 2;
    cmp_ok $connections->() - $before, '<', 100, 'is tried again with pauses';
    is statuses(@OINS), join(' ', (200) x @OINS), 'and calls go on';
    $_->cli(qw(acl setuser default allchannels)) for $cluster->nodes;
    $gate->subscribed;
    withdraw($OINS[1]);
    cmp_ok((until_status($OINS[1], 403))[0], '<', 1, 'it is there again when a node lets it in');
    put($OINS[1]);
    until_status($OINS[1], 200);
};

subtest 'all nodes restarted, without their data' => sub {
    my $id = id();
    is statuses(@OINS), join(' ', (200) x @OINS), 'all are let in';
    $_->stop('KILL') for $cluster->nodes;
    is statuses(@OINS), join(' ', (200) x @OINS), 'cached profiles serve while none is there';
    unlink $_->dir . '/dump.rdb' for $cluster->nodes;
    $_->start for $cluster->nodes;
    $cluster->settled;
    put($_, 15) for @OINS;
    $gate->connected;
    $gate->subscribed;
    doubting(2);
    is statuses(@OINS[0 .. 3]), '503 503 503 503', 'a Cluster that was filled without markers counts as not answering';
    my ($alert) = alerts();
    like $alert, qr/filled before there was such a key; .* "ggictl dataset adopt $id"/, 'the alert names the remedy';
    $cluster->tool(qw(dataset adopt), $id);
    doubting(0);
    is statuses(@OINS), join(' ', (200) x @OINS), 'adopted, all are let in';
    withdraw($OINS[0]);
    my ($seconds) = until_status($OINS[0], 403);
    cmp_ok $seconds, '<', 1, 'and refused';
};

subtest 'adopted while calls run, by two operators at once' => sub {
    my ($known, $unknown) = @OINS[1, 0];
    is statuses($known, $unknown), '200 403', 'before';
    alerts();
    my %seen;
    my @children = map { GGI::Child->command($GGICTL, qw(dataset adopt --redis), $cluster->url) } 1, 2;
    for my $child (@children) {
        until (waitpid($child->{pid}, POSIX::WNOHANG()) > 0) {
            $cluster->cli('publish', 'ggi:profiel:gewijzigd', $_) for $known, $unknown;
            $seen{ statuses($known, $unknown) }++;
        }
        is $?, 0, 'adopted';
        delete $child->{pid};
    }
    my ($exit, $said) = $cluster->tool(qw(dataset show));
    like "$exit $said", qr/\A0 .*^slots +16384 of 16384\n\z/ms, 'all slots have one id';
    cmp_ok scalar(() = $said =~ /^replaces +(.*)/m ? split(/ /, $1) : ()), '>=', 2,
        'which takes the place of those before';
    is_deeply [keys %seen], ['200 403'], 'all calls are answered right meanwhile';
    doubting(0);
    is statuses($known, $unknown), '200 403', 'and after it';
    is_deeply [alerts()], [], 'without an alert';
};
$gate->stop;

subtest 'a marking that another operator has taken over' => sub {
    my ($first, $last) = map { $cluster->master_of($_, $cluster->any->cli(qw(cluster nodes))) } 0, 16383;
    my ($marker) = grep {/^ggi:dataset:/} $cluster->keys_of(0, $first);
    my $busy = sub { return $first->cli('hget', $marker, 'busy') };
    $last->cli(qw(client pause 1500 write));
    my $out = "$dir/taken";
    my $child = GGI::Child->command({ out => $out }, $GGICTL, qw(dataset adopt --redis), $cluster->url);
    $cluster->wait_for(sub { $busy->() =~ /-/ }, 'the marking');
    $first->cli('hset', $marker, 'busy', 'another', 'since', time);
    is $child->wait >> 8, 2, 'does not go on';
    like GGI::Folder::content($out), qr/^ggictl: .*somebody else has begun to mark the slots/m, 'and says why';
    is $busy->(), 'another', 'and leaves the other one alone';
    $first->cli('hset', $marker, 'busy', '');
    is + ($cluster->tool(qw(dataset adopt)))[0], 0, 'run again, it goes on';
};

# Empties all masters.
sub empty {
    $_->cli('flushall') for grep { $_->cli('role') =~ /^master/ } $cluster->nodes;
    return;
}

# The markers that were made by the log of changes of loads(), each with what came of it: "ID done".
sub recorded {
    my $log = join '', map { GGI::Folder::content($_) } glob "$dir/changes.*.jsonl";
    my @records = GGI::Audit::records($log);
    my %end = map { $_->{trace_id} => $_->{attributes}{'ggi.change.result'} }
        grep { $_->{event_name} eq 'ggi.change_ended' } @records;
    return map {"$_->{attributes}{'ggi.change.item'} $end{ $_->{trace_id} }"}
        grep { ($_->{attributes}{'ggi.change.command'} // '') eq 'dataset create' } @records;
}

# The command that loads profiles of these organisations.
sub loads {
    my (@oins) = @_;
    my $file = $dir->file("$oins[0].json", '[' . join(',', map { profile($_, 40) } @oins) . ']');
    return ($GGICTL, qw(profiel load), $file, '--redis', $cluster->url, '--changes', "$dir/changes.jsonl");
}

sub shown { my ($exit, $said) = $cluster->tool(qw(dataset show)); return "$exit $said" }

subtest 'the first load, by two operators at once' => sub {
    empty();
    my $before = () = recorded();
    my @children = map { GGI::Child->command(loads(@$_)) } [@OINS[0 .. 5]], [@OINS[6 .. 11]];
    is $_->wait, 0, 'loaded' for @children;
    like shown(), qr/\A0 .*^slots +16384 of 16384\n\z/ms, 'all slots have one id';
    is_deeply [listed()], [0, @OINS], 'and all profiles are there';
    my @made = recorded();
    is_deeply [@made[$before .. $#made]], [id() . ' done'], 'that the markers were made is recorded once';
};

subtest 'the first load, cut off half-way' => sub {
    empty();
    my $last = $cluster->master_of(16383, $cluster->any->cli(qw(cluster nodes)));
    $last->cli(qw(acl setuser default -eval));
    my ($exit, $said) = GGI::Folder::run(loads(@OINS), '--force');
    like "$exit $said", qr/\A2 .*nothing is changed: redis: .*NOPERM/s, 'a master refuses';
    like + (recorded())[-1], qr/ unknown\z/, 'which is recorded';
    $last->cli(qw(acl setuser default +eval));
    my $id = id();
    like shown(), qr/\A1 .*^unmarked +\d+ of 16384$/ms, 'some slots are marked';
    ($exit, $said) = GGI::Folder::run(loads(@OINS));
    is "$exit $said" =~ s/\S+: good, .*\n//r, "0 12 of 12 profiles changed\n", 'run again, it loads';
    like shown(), qr/\A0 id +$id\n.*^slots +16384 of 16384\n\z/ms, 'and the other slots get the same id';
    is + (recorded())[-1], "$id done", 'which is recorded too';
};

done_testing;
