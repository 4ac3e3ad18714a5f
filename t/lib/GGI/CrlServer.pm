# SPDX-License-Identifier: EUPL-1.2
package GGI::CrlServer;

# An HTTP server of revocation lists that misbehaves on purpose, by its path:
#   /slow/FILE    sends a byte of the file every half second
#   /hang         never answers
#   /cut/FILE     tells of the whole file, and sends half of it
#   /endless      sends zeros for as long as it is read from
#   /huge         tells of 200 MB, and sends as /endless
#   /trailers/FILE  sends the file in a chunk, and trailers without end behind it
#   /chunks/FILE  tells of a chunk that is longer than a number can say
#   /head         a head of one line without end
#   /html         a page, with the status 200
#   /loop         redirects to itself
#   /hops/N/FILE  redirects N times, then sends the file
#   /to/URL       redirects to the URL
#   /plain/FILE   sends the file without a head
#   /status/N     answers with the status N and a file
#   /late/FILE    sends the file after two seconds
#   /held/FILE    sends the file as soon as there is a file "go" in the directory
#   otherwise     sends the file of the directory, or 404
# The heads of all requests are in the file "requests" of its log.
#
#   my $server = GGI::CrlServer->new($dir);      $dir, $pki: over TLS, with the certificate of that hierarchy's server
#   $server->url('/cut/root.crl');

use strict;
use warnings;

use parent 'GGI::Child';

use File::Temp ();
use IO::Socket::INET;
use IO::Socket::SSL qw();
use POSIX ();
use Time::HiRes qw(sleep);

use GGI::Nginx;
use GGI::Port ();

sub new {
    my ($class, $dir, $pki) = @_;
    my $log = File::Temp->newdir('ggi-lists-XXXXXX', TMPDIR => 1);
    my $port = GGI::Port::free();
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 128, ReuseAddr => 1)
        or die "server of lists: $!\n";
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        local $SIG{CHLD} = 'IGNORE';
        while (1) {
            my $client = $listen->accept or next;
            my $child = fork // 0;
            if ($child == 0) {
                serve($pki ? tls($client, $pki) : $client, $dir, "$log");
                POSIX::_exit(0);
            }
            close $client;
        }
    }
    close $listen;
    return bless { pid => $pid, scheme => $pki ? 'https' : 'http', port => $port, log => $log }, $class;
}

sub url {
    my ($self, $path) = @_;
    return "$self->{scheme}://127.0.0.1:$self->{port}$path";
}

sub tls {
    my ($client, $pki) = @_;
    my ($certificate, $key) = map { $pki->dir . "/server.$_" } qw(pem key);
    IO::Socket::SSL->start_SSL($client, SSL_server => 1, SSL_cert_file => $certificate, SSL_key_file => $key)
        or POSIX::_exit(0);
    return $client;
}

# The heads of the requests so far.
sub requests {
    my ($self) = @_;
    open my $fh, '<', "$self->{log}/requests" or return '';
    local $/;
    return scalar <$fh>;
}

# Each gives the status, further headers, and the body or a function that sends it.
my %answers = (
    hang => sub { my (undef, undef, $client) = @_; sysread $client, my $end, 1; POSIX::_exit(0) },
    slow => sub {
        my ($rest, $file) = @_;
        return (200, ['Content-Length: ' . length $file], sub { drip($_[0], $file) });
    },
    cut => sub {
        my ($rest, $file) = @_;
        return (200, ['Content-Length: ' . length $file], substr $file, 0, length($file) / 2);
    },
    endless => sub { return (200, [], \&flood) },
    huge => sub { return (200, ['Content-Length: ' . 200 * 1024 * 1024], \&flood) },
    trailers => sub {
        my ($rest, $file) = @_;
        my $send = sub { syswrite $_[0], sprintf("%x\r\n%s\r\n0\r\n", length $file, $file); flood($_[0], "X: y\r\n") };
        return (200, ['Transfer-Encoding: chunked'], $send);
    },
    chunks => sub { return (200, ['Transfer-Encoding: chunked'], 'f' x 17 . "\r\n$_[1]") },
    head => sub { my (undef, undef, $client) = @_; flood($client, 'HTTP/1.1 200 OK'); POSIX::_exit(0) },
    html => sub { return (200, ['Content-Type: text/html'], '<html><body>Sign in to the network</body></html>') },
    loop => sub { return (302, ['Location: /loop'], 'moved') },
    hops => sub {
        my ($rest, $file) = @_;
        my ($n, $name) = split m{/}, $rest, 2;
        return $n ? (301, ["Location: /hops/@{[ $n - 1 ]}/$name"], 'moved') : (200, [], $file);
    },
    plain => sub { my ($rest, $file, $client) = @_; syswrite $client, $file; POSIX::_exit(0) },
    to => sub { return (302, ["Location: $_[0]"], 'moved') },
    status => sub { return ($_[0], [], 'a page') },
    late => sub { sleep 2; return (200, [], $_[1]) },
    held => sub {
        my ($rest, $file, undef, $dir) = @_;
        sleep 0.05 while !-e "$dir/go";
        return (200, [], $file);
    },
);

sub flood {
    my ($client, $what) = @_;
    my $much = ($what // "\0") x 65536;
    while (syswrite $client, $much) { }
    return;
}

sub drip {
    my ($client, $text) = @_;
    for my $byte (split //, $text) {
        syswrite $client, $byte or return;
        sleep 0.5;
    }
    return;
}

sub content {
    my ($path) = @_;
    open my $fh, '<:raw', $path or return;
    local $/;
    return scalar <$fh>;
}

sub serve {
    my ($client, $dir, $log) = @_;
    local $SIG{PIPE} = 'DEFAULT';
    my $head = '';
    while ($head !~ /\r\n\r\n/) {
        sysread($client, my $part, 65536) or return;
        $head .= $part;
    }
    open my $fh, '>>', "$log/requests" or die "$log/requests: $!\n";
    syswrite $fh, $head;
    my ($path) = $head =~ m{^\w+ (?:http://[^/]+)?/(\S*)};    # with a host it is asked as a proxy
    my ($what, $rest) = split m{/}, $path // '', 2;
    my $file = content("$dir/" . ($path =~ m{([^/]*)$})[0]);
    my ($status, $headers, $body) =
          $answers{$what} ? $answers{$what}->($rest, $file, $client, $dir)
        : defined $file ? (200, ['Content-Type: application/pkix-crl'], $file)
        : (404, [], 'not here');
    syswrite $client, join "\r\n", "HTTP/1.1 $status x", @$headers, 'Connection: close', '', '';
    ref $body ? $body->($client) : syswrite $client, $body;
    return;
}

1;
