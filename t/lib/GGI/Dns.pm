# SPDX-License-Identifier: EUPL-1.2
package GGI::Dns;

# A server of names on a free UDP port of loopback, for nginx's "resolver": every name has the address of loopback.
#
#   my $dns = GGI::Dns->new;
#   ... resolver 127.0.0.1:$port valid=1s ipv6=off; ...    of $dns->port
#   $dns->forget('one.test');                              has it answer that there is no such name
#   $dns->silence('one.test');                             has it answer nothing
#   $dns->know('one.test');                                and that there is such a name
#   $dns->stop;

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET;

use GGI::Child ();

sub new {
    my ($class) = @_;
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Proto => 'udp') or die "DNS: $!\n";
    my $self = bless { port => $socket->sockport, dir => File::Temp->newdir('ggi-dns-XXXXXX', TMPDIR => 1) }, $class;
    $self->{child} = GGI::Child->function(sub { answer($socket, "$self->{dir}") });
    return $self;
}

sub port { return $_[0]{port} }
sub stop { my ($self) = @_; $self->{child}->stop; return }

# Names that are forgotten have a file each, which the process of the server looks for; those that are answered nothing
# have one that is not empty.
sub forget {
    my ($self, $name) = @_;
    open my $out, '>', "$self->{dir}/$name" or die $!;
    close $out;
    return;
}

sub silence {
    my ($self, $name) = @_;
    open my $out, '>', "$self->{dir}/$name" or die $!;
    print $out "nothing\n";
    close $out;
    return;
}

sub know { my ($self, $name) = @_; unlink "$self->{dir}/$name"; return }

sub answer {
    my ($socket, $forgotten) = @_;
    while (my $from = $socket->recv(my $query, 512)) {
        my ($question) = substr($query, 12) =~ /\A(.*?\0.{4})/s;
        my $name = join '.', unpack '(C/a)*', substr $question, 0, -5;
        next if -s "$forgotten/$name";
        my $known = !-e "$forgotten/$name";
        $socket->send(
                  substr($query, 0, 2)
                . pack('n5', $known ? 0x8180 : 0x8183, 1, $known ? 1 : 0, 0, 0)
                . $question
                . ($known ? pack('n3Nn', 0xc00c, 1, 1, 1, 4) . "\x7f\0\0\1" : ''),
            0, $from);
    }
    return;
}

1;
