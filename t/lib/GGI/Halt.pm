# SPDX-License-Identifier: EUPL-1.2
package GGI::Halt;

# A way to a Redis on which a command halts, until the test lets it go on.
#
#   my $halt = GGI::Halt->new($redis->port, qr/redis\.call\('SET'/);
#   $halt->url;                      a URL of Redis for who is to be halted
#   $halt->reached;                  waits until a command that matches has come
#   $halt->go_on;                    sends it, and halts no other
#   $halt->drop;                     closes the connection instead, so that nobody knows what came of it

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;

use GGI::Child ();
use GGI::Folder ();
use GGI::Slow ();

sub new {
    my ($class, $port, $pattern) = @_;
    my $listen = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die "listen: $!\n";
    my $self = bless { dir => GGI::Folder->new, port => $listen->sockport }, $class;
    $self->{child} = GGI::Child->function(
        sub {
            $SIG{PIPE} = 'IGNORE';
            while (my $client = $listen->accept) { $self->serve($client, $port, $pattern) }
        });
    return $self;
}

sub serve {
    my ($self, $client, $port, $pattern) = @_;
    my $redis = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or die "redis: $!\n";
    my $select = IO::Select->new($client, $redis);
    while (1) {
        for my $from ($select->can_read) {
            sysread $from, my $data, 1 << 20 or return;
            if ($from == $client && $data =~ $pattern && !-e "$self->{dir}/go") {
                $self->{dir}->file('reached', '');
                GGI::Slow::wait_for(sub { -e "$self->{dir}/go" || -e "$self->{dir}/drop" }, 'the test', 60);
                return if -e "$self->{dir}/drop";
            }
            syswrite $from == $client ? $redis : $client, $data;
        }
    }
    return;
}

sub url { return "redis://127.0.0.1:$_[0]{port}/0" }
sub go_on { my ($self) = @_; $self->{dir}->file('go', ''); return }
sub drop { my ($self) = @_; $self->{dir}->file('drop', ''); return }

sub reached {
    my ($self) = @_;
    return GGI::Slow::wait_for(sub { -e "$self->{dir}/reached" }, 'the command that halts', 20);
}

1;
