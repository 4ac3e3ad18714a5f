# SPDX-License-Identifier: EUPL-1.2
package GGI::Sentinels;

# A real master with two replicas, and three Sentinels that watch them, each a process on a free port of loopback.
#
#   my $trio = GGI::Sentinels->new;
#   my $gate = GGI::Gate->new(redis => $trio->url);
#   my $old = $trio->master;             the GGI::Redis that the Sentinels take for the master
#   $old->stop('KILL');
#   $trio->synced;                       waits until the replicas have what it has
#   $trio->promoted($old);               waits until a Sentinel names another one, and returns that
#
# Parameters: options (of redis-server, for the servers), sentinel (lines of each sentinel.conf), and
# slow => 1: the Sentinels have the periods that they have everywhere, instead of some tenths of a second. With first
# and others, which GGI::Net gives by at(), the first master runs elsewhere, and so do the replicas and the Sentinels. A
# server counts as down after so many ms without an answer: 500, or those of "down".

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET;
use Time::HiRes ();

use GGI::Child ();
use GGI::Port ();
use GGI::Redis;
use GGI::Slow;

our $NAME = 'mymaster';

my @PERIODS = qw(ping-period 100 ask-period 100 info-period 200 publish-period 200);

sub new {
    my ($class, %args) = @_;
    my $self = bless { dir => File::Temp->newdir('ggi-sentinels-XXXXXX', TMPDIR => 1), %args }, $class;
    my @options = (qw(--repl-diskless-sync-delay 0), @{ $args{options} // [] });
    my ($others, $first) = ($args{others} // {}, GGI::Redis->new(%{ $args{first} // {} }, options => [@options]));
    push @options, '--replicaof', $first->host, $first->port;
    $self->{servers} = [$first, map { GGI::Redis->new(%$others, options => [@options]) } 1, 2];
    $self->{host} = $others->{host} // '127.0.0.1';
    $self->{ports} = [map { GGI::Port::free() } 1 .. 3];
    GGI::Slow::wait_for(
        sub { $first->cli('info', 'replication') =~ /connected_slaves:2/ && $first->cli(qw(wait 2 100)) == 2 },
        'the replicas', 10);
    $self->start_sentinel($_) for 0 .. 2;
    GGI::Slow::wait_for(
        sub {
            3 == grep { /\nnum-slaves\n2\n/ && /\nnum-other-sentinels\n2\n/ }
                map { $self->ask($_, 'master', $NAME) . "\n" } 0 .. 2;
        },
        'the Sentinels know each other',
        20);
    return $self;
}

sub start_sentinel {
    my ($self, $i) = @_;
    my $file = "$self->{dir}/$i.conf";
    if (!-e $file) {
        open my $out, '>', $file or die "$file: $!\n";
        print $out map {"$_\n"} "port $self->{ports}[$i]", "bind $self->{host}", "dir $self->{dir}",
            @{ $self->{sentinel} // [] },
            "sentinel monitor $NAME " . $self->{servers}[0]->host . ' ' . $self->{servers}[0]->port . ' 2',
            map {"sentinel $_"} "down-after-milliseconds $NAME " . ($self->{down} // 500),
            "failover-timeout $NAME " . ($self->{slow} ? 2000 : 1500),
            "parallel-syncs $NAME 2";
        close $out or die "$file: $!\n";
    }
    $self->{pids}[$i] = GGI::Child::spawn(
        { out => "$self->{dir}/$i.log" },
        @{ ($self->{others} // {})->{by} // [] }, 'redis-server', $file, '--sentinel');
    GGI::Slow::wait_for(
        sub { IO::Socket::INET->new(PeerAddr => $self->{host}, PeerPort => $self->{ports}[$i]) },
        'a Sentinel', 10);
    $self->ask($i, 'debug', @PERIODS) if !$self->{slow};
    return;
}

# Sends SENTINEL with these arguments to one of them, and returns its output.
sub ask { my ($self, $i, @arguments) = @_; return $self->cli($i, 'sentinel', @arguments) }

sub cli {
    my ($self, $i, @arguments) = @_;
    open my $out, '-|', 'redis-cli', '-h', $self->{host}, '-p', $self->{ports}[$i], @arguments or die "redis-cli: $!\n";
    local $/ = undef;
    my $text = <$out> // '';
    close $out;
    return $text;
}

sub signal_sentinel { my ($self, $i, $signal) = @_; kill $signal, $self->{pids}[$i]; return }

sub stop_sentinel {
    my ($self, $i) = @_;
    my $pid = delete $self->{pids}[$i] or return;
    kill 'CONT', $pid;
    kill 'KILL', $pid;
    waitpid $pid, 0;
    return;
}

sub url { return 'sentinel://' . $_[0]->hosts . "/$NAME/0" }
sub hosts {
    my ($self) = @_;
    return join ',', map {"$self->{host}:$_"} @{ $self->{ports} };
}
sub ports { return @{ $_[0]{ports} } }
sub servers { return @{ $_[0]{servers} } }

# The server that a Sentinel names as the master, by default the first that answers.
sub master {
    my ($self, @which) = @_;
    for my $i (@which ? @which : 0 .. 2) {
        next if !$self->{pids}[$i];
        my ($port) = $self->ask($i, 'get-master-addr-by-name', $NAME) =~ /^(\d+)$/m or next;
        my ($server) = grep { $_->port == $port } $self->servers;
        return $server if $server;
    }
    return;
}

# Waits until each replica has all that the master has. WAIT looks at what its own connection has written alone.
sub synced {
    my ($self) = @_;
    my $master = $self->master;
    my $state = sub {
        my ($server) = @_;
        my $said = $server->cli(qw(info replication));
        my ($offset) = $said =~ /^(?:master|slave)_repl_offset:(\d+)/m;
        return ($server->cli('dbsize'), $offset // 0, $said =~ /^master_link_status:up/m);
    };
    return GGI::Slow::wait_for(
        sub {
            my ($size, $offset) = $state->($master);
            for my $replica (grep { $_ != $master && $_->{pid} } $self->servers) {
                my ($there, $to, $up) = $state->($replica);
                return 0 if !$up || $to < $offset || $there ne $size;
            }
            return 1;
        },
        'the replicas have what the master has',
        20);
}

# Waits until one of the Sentinels names another master than this one, and returns it. During is called meanwhile.
sub promoted {
    my ($self, $old, $during) = @_;
    my $until = Time::HiRes::time() + 180;    # a Sentinel that stood still for 2 s chooses nobody for a while
    while (Time::HiRes::time() < $until) {
        for my $i (0 .. 2) {
            my $new = $self->{pids}[$i] && $self->master($i);
            return $new if $new && $new != $old;
        }
        $during->() if $during;
    }
    die "no Sentinel names another master\n";
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    $self->stop_sentinel($_) for 0 .. 2;
    return;
}

1;
