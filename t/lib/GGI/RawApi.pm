# SPDX-License-Identifier: EUPL-1.2
package GGI::RawApi;

# An API that keeps what it got, byte by byte: one request a connection, which is answered when its head is whole, and
# kept when the other side closes. What comes after the head is kept too.
#
#   my $api = GGI::RawApi->new($port, $file);
#   my $api = GGI::RawApi->new($port, $file, '404 Not Found');      answers that
#   my @requests = $api->requests;                those since the last time

use strict;
use warnings;

use parent 'GGI::Child';

use IO::Select;
use IO::Socket::INET;

sub new {
    my ($class, $port, $file, $status) = @_;
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 512, ReuseAddr => 1)
        or die "API: $!\n";
    open my $out, '>:raw', $file or die "$file: $!\n";
    return $class->function(sub { serve($listen, $out, $status // '200 OK') }, file => $file, read => 0);
}

sub serve {
    my ($listen, $out, $status) = @_;
    local $SIG{PIPE} = 'IGNORE';
    my $select = IO::Select->new($listen);
    my %got;
    while (1) {
        for my $socket ($select->can_read) {
            if ($socket == $listen) {
                my $client = $listen->accept or next;
                $got{$client} = '';
                $select->add($client);
                next;
            }
            my $whole = $got{$socket} =~ /\r\n\r\n/;
            if (sysread $socket, $got{$socket}, 65536, length $got{$socket}) {
                syswrite $socket,
                    "HTTP/1.1 $status\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"
                    if !$whole && $got{$socket} =~ /\r\n\r\n/;
                next;
            }
            my $text = delete $got{$socket};
            syswrite $out, pack 'N/a', $text if length $text;
            $select->remove($socket);
            close $socket;
        }
    }
    return;
}

sub requests {
    my ($self) = @_;
    open my $in, '<:raw', $self->{file} or die "$self->{file}: $!\n";
    seek $in, $self->{read}, 0;
    my $text = join '', <$in>;
    my @requests;
    while (length $text >= 4 && length $text >= 4 + unpack 'N', $text) {
        my ($request) = unpack 'N/a', $text;
        push @requests, $request;
        substr $text, 0, 4 + length $request, '';
        $self->{read} += 4 + length $request;
    }
    return @requests;
}

1;
