# SPDX-License-Identifier: EUPL-1.2
package GGI::Cluster;

# A real Redis Cluster of three masters, each with a replica, on free ports of loopback. Each slot is marked with a data
# set; with dataset => 0 none is. With pki => a GGI::Pki all of it speaks TLS by client certificates, and each node
# announces a host name, node1.test and so on, to which its certificate is made out. No resolver knows these names.
#
#   my $cluster = GGI::Cluster->new;
#   $cluster->cli('set', 'key', 'value');                  at whichever master has the key
#   $cluster->tool(qw(profiel list));                      ggictl
#   my $node = $cluster->master('key');                    a GGI::Redis
#   $node->signal('STOP');
#   $cluster->wait_for(sub { ... }, 'what');

use strict;
use warnings;

use GGI::Child ();
use GGI::Folder ();
use GGI::Nginx ();
use GGI::Port ();
use GGI::Redis;
use GGI::Slow ();
use Time::HiRes ();

my $TIMEOUT = 500;    # ms after which a node counts as lost

# The CRC16 of each byte.
my @CRC = map {
    my $crc = $_ << 8;
    $crc = ($crc << 1 ^ ($crc & 0x8000 ? 0x1021 : 0)) & 0xffff for 1 .. 8;
    $crc
} 0 .. 255;

sub new {
    my ($class, %args) = @_;
    my $self = bless { masters => $args{masters} // 3, replicas => $args{replicas} // 1, nodes => [] }, $class;
    $self->{options} = $args{options} // [];
    $self->{pki} = $args{pki};
    $self->{timeout} = $args{timeout} // $TIMEOUT;
    my $n = $self->{masters} * (1 + $self->{replicas});
    $self->add for 1 .. $n;
    $self->join;
    $self->tool(qw(dataset adopt)) if $args{dataset} // 1;
    return $self;
}

# Starts a node more, which is in no Cluster yet, and returns it.
sub add {
    my ($self) = @_;
    my $node = GGI::Redis->new(
        dataset => 0,
        options => [
            '--cluster-enabled', 'yes', '--cluster-node-timeout', $self->{timeout}, '--cluster-port', GGI::Port::free(),
            '--cluster-replica-validity-factor', 0, '--repl-diskless-sync-delay', 0, @{ $self->{options} },
            $self->{pki} ? $self->tls : ()]);
    push @{ $self->{nodes} }, $node;
    return $node;
}

# The options of a further node for TLS.
sub tls {
    my ($self) = @_;
    my $name = 'node' . (1 + @{ $self->{nodes} });
    my $at = $self->{pki}->leaf($name, '--san', "DNS:$name.test,DNS:localhost");
    push @{ $self->{tls_ports} }, GGI::Port::free();
    return (
        '--tls-port', $self->{tls_ports}[-1], '--tls-cert-file', "$at.pem", '--tls-key-file', "$at.key",
        '--tls-ca-cert-file', $self->{pki}->dir . '/roots.pem',
        qw(--tls-auth-clients yes --tls-cluster yes --tls-replication yes --cluster-preferred-endpoint-type hostname),
        '--cluster-announce-hostname', "$name.test");
}

sub nodes { return @{ $_[0]{nodes} } }

# Makes one Cluster of the nodes, the first of which are the masters. redis-cli --cluster create takes longer.
sub join {
    my ($self) = @_;
    my @nodes = $self->nodes;
    my $masters = $self->{masters};
    for my $i (0 .. $#nodes) {
        my ($first, $last) = map { int $_ * 16384 / $masters } $i, $i + 1;
        $nodes[$i]->cli(qw(cluster addslotsrange), $first, $last - 1) if $i < $masters;
        $nodes[$i]->cli(qw(cluster set-config-epoch), $i + 1);
        $self->meet($nodes[$i]) if $i;
    }
    $self->wait_for(
        sub {
            !grep { $self->known($_) != @nodes } @nodes;
        },
        'the nodes know each other');
    $nodes[$_]->cli(qw(cluster replicate), $nodes[$_ % $masters]->cli(qw(cluster myid))) for $masters .. $#nodes;
    $self->settled;
    return;
}

# Has a node join the Cluster of the first one.
sub meet {
    my ($self, $node) = @_;
    my $first = $self->{nodes}[0];
    my $bus = $first->{options}[5];
    $node->cli(qw(cluster meet 127.0.0.1), $self->{pki} ? $self->{tls_ports}[0] : $first->port, $bus);
    return;
}

sub known {
    my ($self, $node) = @_;
    return () = $node->cli(qw(cluster nodes)) =~ /\bconnected\b/g;
}

sub state {
    my ($self, $node) = @_;
    return $node->cli(qw(cluster info)) =~ /cluster_state:(\w+)/ ? $1 : '';
}

# Waits until all nodes that run serve the whole Cluster, and each replica has its data.
sub settled {
    my ($self) = @_;
    return $self->wait_for(
        sub {
            my @nodes = grep { $_->{pid} } $self->nodes;
            return !grep { $self->state($_) ne 'ok' || $_->cli(qw(info replication)) =~ /master_link_status:down/ }
                @nodes;
        },
        'the Cluster');
}

sub wait_for {
    my ($self, $condition, $what) = @_;
    my $deadline = GGI::Slow::time() + 60;
    until ($condition->()) {
        die "waited in vain for $what\n" if GGI::Slow::time() > $deadline;
        Time::HiRes::sleep(0.1);
    }
    return 1;
}

sub url {
    my ($self) = @_;
    return "redis-clusters://localhost:$self->{tls_ports}[0]" if $self->{pki};
    my @ports = map { $_->port } $self->nodes;
    return 'redis-cluster://' . CORE::join(',', map {"127.0.0.1:$_"} @ports[0 .. 1]);
}

# ggictl with these words at the Cluster: its exit status, and what it says but for the hint that changes are not
# recorded.
sub tool {
    my ($self, @words) = @_;
    local $ENV{GGI_CHANGES};
    if ($self->{pki}) {
        my $dir = $self->{pki}->dir;
        push @words, '--redis-ca', "$dir/roots.pem", '--redis-cert', "$dir/node1.pem", '--redis-key', "$dir/node1.key";
    }
    my ($exit, $said) = GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", @words, '--redis', $self->url);
    return ($exit, $said =~ s/^ggictl: .* not recorded.*\n//mgr);
}

# A node that runs, and does not hang.
sub any {
    my ($self, $not) = @_;
    my ($node) = grep { $_->{pid} && !$_->{stopped} && (!$not || $_ != $not) } $self->nodes;
    return $node;
}

# Runs a command wherever its key is.
sub cli {
    my ($self, @arguments) = @_;
    my $node = $self->any;
    return $node->cli('-c', @arguments);
}

# The master of a key, as those say that do not hang.
sub master {
    my ($self, $key) = @_;
    return $self->master_of($self->slot($key), $self->any->cli(qw(cluster nodes)));
}

# Those of several keys.
sub masters {
    my ($self, @keys) = @_;
    my $text = $self->any->cli(qw(cluster nodes));
    return map { $self->master_of($self->slot($_), $text) } @keys;
}

# The slot of a key: its CRC16, or that of its hash tag, modulo the number of slots.
sub slot {
    my ($self, $key) = @_;
    my $crc = 0;
    for my $byte (unpack 'C*', $key =~ /\{(.+?)\}/ ? $1 : $key) {
        $crc = ($crc << 8 ^ $CRC[$crc >> 8 ^ $byte]) & 0xffff;
    }
    return $crc % 16384;
}

# The slots of a node, as those say that do not hang.
sub slots {
    my ($self, $node) = @_;
    my ($line) = grep {/:@{[ $node->port ]}@/} split /\n/, $self->any->cli(qw(cluster nodes));
    return map { /^(\d+)(?:-(\d+))?$/ ? ($1 .. $2 // $1) : () } (split / /, $line)[8 .. ($line =~ tr/ //)];
}

# Begins to move the first n slots of a node to another one by redis-cli, key by key, under load or not. Returns a
# GGI::Child.
sub reshard {
    my ($self, $from, $to, $n) = @_;
    my %id = map { $_ => $_->cli(qw(cluster myid)) } $from, $to;
    return GGI::Child->command(
        { out => $from->dir . '/reshard' }, qw(redis-cli --cluster reshard), '127.0.0.1:' . $from->port,
        '--cluster-from', $id{$from}, '--cluster-to', $id{$to}, '--cluster-slots', $n, '--cluster-yes',
        qw(--cluster-pipeline 1));
}

# The master of a slot, as the text of CLUSTER NODES says.
sub master_of {
    my ($self, $slot, $text) = @_;
    for my $line (split /\n/, $text) {
        my ($id, $at, $flags, @more) = split / /, $line;
        next if $flags !~ /master/ || $flags =~ /fail/;
        for (grep {/^\d+(-\d+)?$/} @more[5 .. $#more]) {
            my ($from, $to) = /^(\d+)(?:-(\d+))?$/;
            next if $slot < $from || $slot > ($to // $from);
            my ($port) = $at =~ /:(\d+)@/;
            return (grep { $_->port == $port } $self->nodes)[0];
        }
    }
    return;
}

# Has a node hang, or go on.
sub hang { my ($self, $node) = @_; $node->{stopped} = 1; $node->signal('STOP'); return }
sub go_on { my ($self, $node) = @_; $node->{stopped} = 0; $node->signal('CONT'); return }

# Waits until another node than this one is the master of a key. Returns it.
sub promoted {
    my ($self, $key, $old) = @_;
    my $new;
    $self->wait_for(
        sub {
            $new = $self->master($key);
            return $new && $new != $old && $new->cli('set', 'x{' . ($key =~ /\{(.*?)\}/ ? $1 : $key) . '}', 1) eq 'OK';
        },
        'a promotion');
    return $new;
}

# Begins to move a slot: from now on keys of it are moved by move_keys(), and what is not there is asked for at the
# other node.
sub begin_move {
    my ($self, $slot, $from, $to) = @_;
    $to->cli(qw(cluster setslot), $slot, 'importing', $from->cli(qw(cluster myid)));
    $from->cli(qw(cluster setslot), $slot, 'migrating', $to->cli(qw(cluster myid)));
    return;
}

# The keys that a node has of a slot.
sub keys_of {
    my ($self, $slot, $node) = @_;
    return split /\n/, $node->cli(qw(cluster getkeysinslot), $slot, 1000);
}

sub move_keys {
    my ($self, $slot, $from, $to) = @_;
    my @keys = $self->keys_of($slot, $from);
    return if !@keys;
    return $from->cli('migrate', '127.0.0.1', $to->port, '', 0, 5000, 'KEYS', @keys);
}

# Moves one key of a slot that moves, if it is there.
sub move_key {
    my ($self, $key, $from, $to) = @_;
    return $from->cli('migrate', '127.0.0.1', $to->port, $key, 0, 5000);
}

sub end_move {
    my ($self, $slot, $from, $to) = @_;
    my $id = $to->cli(qw(cluster myid));
    $_->cli(qw(cluster setslot), $slot, 'node', $id) for $to, $from;
    return;
}

1;
