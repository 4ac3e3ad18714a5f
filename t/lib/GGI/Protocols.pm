# SPDX-License-Identifier: EUPL-1.2
package GGI::Protocols;

# The same requests byte by byte over HTTP/1.1 and HTTP/2, with headers that no client library sends.
#
#   my $protocols = GGI::Protocols->new($port, @options_of_s_client);
#   my @answers = $protocols->http1(['/a', ['X-Name', " \tvalue"]], ['/b']);      each { status, body }
#   my @answers = $protocols->http2(...);                                         likewise

use strict;
use warnings;

use GGI::H2;
use GGI::Raw qw(tls_to receive);

sub new {
    my ($class, $port, @tls) = @_;
    return bless { port => $port, tls => \@tls }, $class;
}

# Answers over HTTP/1.1, one request behind the other on one connection.
sub http1 {
    my ($self, @all) = @_;
    my ($socket, $child) = tls_to($self->{port}, @{ $self->{tls} }, '-alpn', 'http/1.1');
    my @answers;
    for my $request (@all) {
        my ($path, @headers) = @$request;
        syswrite $socket, join "\r\n", "GET $path HTTP/1.1", 'Host: localhost', (map {"$_->[0]:$_->[1]"} @headers), '',
            '';
        my $head = receive($socket, qr/\r\n\r\n/, 60);
        my ($length) = $head =~ /^Content-Length: (\d+)/mi;
        my ($status) = $head =~ m{^HTTP/1\.1 (\d+)};
        my $body = $head =~ s/\A.*?\r\n\r\n//sr;
        $body .= receive($socket, qr/.{@{[ $length - length $body ]}}/s, 60) if length $body < ($length // 0);
        push @answers, { status => $status // 0, body => $body };
        last unless $status;
    }
    $child->stop;
    return @answers;
}

# Answers over HTTP/2, a hundred streams at a time in one connection.
sub http2 {
    my ($self, @all) = @_;
    my @answers;
    while (my @some = splice @all, 0, 100) {
        my ($socket, $child) = tls_to($self->{port}, @{ $self->{tls} }, '-alpn', 'h2');
        syswrite $socket, GGI::H2::requests(
            map {
                my ($path, @headers) = @$_;
                [$path, map { [lc $_->[0], $_->[1]] } @headers]
            } @some);
        my ($text, @now) = ('');
        for (1 .. 600) {
            $text .= receive($socket, qr/./s, 0.2);
            @now = GGI::H2::answers($text);
            last if @now == @some && !grep { !$_->{ended} } @now;
        }
        push @answers, @now;
        $child->stop;
    }
    return @answers;
}

1;
