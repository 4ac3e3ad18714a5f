# SPDX-License-Identifier: EUPL-1.2
package GGI::Load;

# Clients that make calls of a gateway over TLS all the time, each in a process of its own and one call after the other,
# and an API that writes down which calls it has seen.
#
#   my $api = GGI::Load::api()->start;                   a GGI::Nginx; its file $GGI::Load::SEEN has a line for a call
#   my ($path, $span, $time) = GGI::Load::seen($line);   what such a line says
#   my $load = GGI::Load->new($port, $dir, @clients);    clients are { tls, headers, rate }
#   $load->stop;                                         they end after the call that they are at
#   $load->files                                         a file for each client, with a line for a call
#   my ($path, $status, $seconds, $fresh) = split ' ', $line;    what such a line says; status 0: there was no answer;
#                                                        fresh 1: it was the first call over its connection
#
# The path of a call is /CLIENT/CALL, with numbers from 1. Parameters of a client: "tls", options of IO::Socket::SSL;
# "headers", a function that returns the lines of a call's headers; "from", a function that returns the address that a
# connection comes from; "wait", how many seconds an answer is waited for, 5 unless it is given; "rate", calls a second
# at the most, or 0 for as many as it can make. A connection is kept, until it breaks or, one time in a hundred, the
# client ends it.

use strict;
use warnings;

use IO::Select;
use IO::Socket::SSL;
use List::Util qw(max);
use Time::HiRes qw(sleep time);

use GGI::Child ();
use GGI::Nginx ();

our $SEEN = 'logs/seen';

sub api {
    return GGI::Nginx->new(modules => [], http => <<'CONF');
    log_format seen '$request_uri $http_traceparent $msec';
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%PREFIX%%/logs/seen seen;
        location / { return 200 "ok\n"; }
    }
CONF
}

sub seen {
    my ($line) = @_;
    return $line =~ m{\A(\S+) 00-[0-9a-f]{32}-([0-9a-f]{16})-\S+ ([\d.]+)\z} ? ($1, $2, $3) : die "seen: $line\n";
}

sub new {
    my ($class, $port, $dir, @clients) = @_;
    my $self = bless { dir => $dir, files => [map {"$dir/client.$_"} 1 .. @clients] }, $class;
    my $number = 0;
    for my $client (@clients) {
        my %client = (%$client, port => $port, number => ++$number, stop => "$dir/stop");
        open $client{out}, '>', $self->{files}[$number - 1] or die "client: $!\n";
        push @{ $self->{children} }, GGI::Child->function(sub { work(\%client) });
        close $client{out} or die "client: $!\n";
    }
    return $self;
}

sub files { return @{ $_[0]{files} } }

sub stop {
    my ($self) = @_;
    open my $stop, '>', "$self->{dir}/stop" or die "stop: $!\n";
    $_->wait for @{ $self->{children} };
    return;
}

sub work {
    my ($client) = @_;
    local $SIG{PIPE} = 'IGNORE';
    my $out = $client->{out};
    my ($socket, $pause) = (undef, $client->{rate} ? 1 / $client->{rate} : 0);
    for (my $n = 1; !-e $client->{stop}; $n++) {
        my $began = time;
        my $path = "/$client->{number}/$n";
        my $fresh = $socket ? 0 : 1;
        $socket //= connection($client);
        my $status = 0;
        if ($socket) {
            my $headers = $client->{headers}->();
            print $socket "GET $path HTTP/1.1\r\nHost: localhost\r\n$headers\r\n";
            $status = answer($socket, $client->{wait} // 5);
            undef $socket if !$status || rand() < 0.01;
        }
        printf $out "%s %d %.4f %d\n", $path, $status, time - $began, $fresh;
        sleep max(0.02, $pause) if !$status;
        my $left = $began + $pause - time;
        sleep $left if $left > 0;
    }
    close $out or die "client: $!\n";
    return;
}

sub connection {
    my ($client) = @_;
    my @from = $client->{from} ? (LocalAddr => $client->{from}->()) : ();
    return IO::Socket::SSL->new(PeerAddr => '127.0.0.1', PeerPort => $client->{port}, @from, @{ $client->{tls} });
}

# The status of an answer, 0 when there was none in time.
sub answer {
    my ($socket, $wait) = @_;
    my ($text, $until, $select) = ('', time + $wait, IO::Select->new($socket));
    while ($text !~ /\r\n\r\n/ || length $text < $+[0] + (($text =~ /^Content-Length: (\d+)/mi)[0] // 0)) {
        return 0 if !$socket->pending && !$select->can_read(max(0, $until - time));
        sysread $socket, $text, 65536, length $text or return 0;
    }
    return $text =~ m{\AHTTP/1\.1 (\d+)} ? $1 : 0;
}

1;
