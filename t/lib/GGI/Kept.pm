# SPDX-License-Identifier: EUPL-1.2
package GGI::Kept;

# A connection over TLS that a client keeps open, so that a test can make its calls on it when it wants to.
#
#   my $call = opened($gate->port, $leaf);             with the client certificate of GGI::Pki, over HTTP/1.1
#   my $call = opened($gate->port, $leaf, 'h2');       over HTTP/2; further options are those of IO::Socket::SSL
#   is $call->(), '200', 'a call';                     each call tells the status, and the reason of a refusal

use strict;
use warnings;

use Exporter qw(import);
use Time::HiRes qw(time);

use GGI::Gate ();
use GGI::H2 ();
use GGI::Raw qw(connect_to receive tls_options);

our @EXPORT_OK = qw(opened $REQUEST);
our $REQUEST = "GET /x HTTP/1.1\r\nHost: localhost\r\n$GGI::Gate::CLAIM\r\n\r\n";

sub opened {
    my ($port, $leaf, $protocol, @options) = @_;
    my $h2 = ($protocol // '') eq 'h2';
    push @options, SSL_alpn_protocols => ['h2'] if $h2;
    my $socket = connect_to($port, [@{ tls_options($leaf, @options) }, @options]);
    syswrite $socket, GGI::H2::preface() if $h2;
    my ($text, $n) = ('', 0);
    return sub { return $h2 ? over_h2($socket, \$text, $n++) : over_h1($socket) };
}

sub over_h1 {
    my ($socket) = @_;
    syswrite $socket, $REQUEST;
    my ($answer, $end) = ('', time + 60);
    while (time < $end) {
        my ($length) = $answer =~ /^Content-Length: (\d+)/mi;
        last if $answer =~ /\r\n\r\n/ && length $answer >= $+[0] + ($length // 0);
        $answer .= receive($socket, qr/./s, 1);
    }
    my ($status) = $answer =~ m{^HTTP/1\.1 (\d+)};
    return join ' ', $status // 'none', $answer =~ /"urn:ggi:problem:(\w+)"/;
}

# The n-th request on a connection, of which a text holds all that has come.
sub over_h2 {
    my ($socket, $text, $n) = @_;
    my @fields = (
        ':method' => 'GET', ':scheme' => 'https', ':authority' => 'localhost', ':path' => '/x',
        map { lc $_->[0] => $_->[1] } [split /: /, $GGI::Gate::CLAIM]);
    syswrite $socket, GGI::H2::headers(2 * $n + 1, 1, @fields);
    my ($end, $answer) = (time + 60);
    while (time < $end) {
        $answer = (GGI::H2::answers($$text))[$n];
        last if $answer && $answer->{ended};
        $$text .= receive($socket, qr/./s, 1);
    }
    return join ' ', $answer->{status} // 'none', ($answer->{body} // '') =~ /"urn:ggi:problem:(\w+)"/;
}

1;
