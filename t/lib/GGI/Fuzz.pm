# SPDX-License-Identifier: EUPL-1.2
package GGI::Fuzz;

# Bytes for a gate that no client would send: grown from seeds, by chance.
#
#   my $fuzz = GGI::Fuzz->new(glob 't/fuzz/seeds/gate/*');
#   my $bytes = $fuzz->input;                     one connection's worth: HTTP/1.x, HTTP/0.9, or frames of HTTP/2

use strict;
use warnings;

use GGI::H2 ();

my @paths = (
    '/brp/x', '/brp/personen/1', '/%2e%2e/brp', '/brp/a%2fb', '/brp/%00', '/brp/..;/x', '/x?a=b', '/brp//x',
    '/missing/x', '/small/x', '/part/x', '//', '/', '/brp/%3f', '/123456782', '*', '', 'http://localhost/brp/x',
    "/\xff");
my @methods = qw(GET GET POST HEAD OPTIONS TRACE CONNECT PUT get G PRI);
my @lines = (
    'Host: localhost', 'Host: other.example', 'Host:', 'Connection: close', 'Connection: keep-alive',
    'Connection: X-Origin-OIN, traceparent', 'Content-Length: 5', 'Content-Length: 5000', 'Content-Length: -1',
    'Content-Length: 99999999999999999999', 'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked',
    'Expect: 100-continue', 'Upgrade: websocket', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk',
    'X-Doelbinding: BRPACT-AlgemeneTaken', 'X_Doelbinding: BRPACT-AlgemeneTaken', 'X-Verwerking: zaak 123456782',
    "X-Gebruiker: \xe9\xff", 'X-Betrouwbaarheidsniveau: hoog', 'X_Betrouwbaarheidsniveau: laag',
    'X-Betrouwbaarheidsniveau: Hoog', 'X-Origin-OIN: 00000001002564440000', 'X_Origin_OIN: 99999999999999999999',
    'X-Origin-OIN: 00000001823288444000', 'OIN: 99999999999999999999',
    'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'traceparent: x',
    'Fsc-Transaction-Id: 0192a1b2-c3d4-7fff-bfff-ffffffffffff',
    'X-HTTP-Method-Override: DELETE', 'X-Original-URL: /admin', 'Accept-Language: en', 'Content-Type: text/xml',
    'Content-Type: application/grpc', 'Accept: application/json', 'Range: bytes=0-1', 'If-None-Match: *',
    'Accept-Encoding: gzip', 'Cookie: a=b', 'X-Forwarded-For: 10.0.0.1', 'X-Accel-Redirect: /x', ': x', 'x', ' folded',
    "a\0b: c",
);
my @tokens = (
    "\r\n", "\n", "\r", "\0", ' ', "\t", ':', ';', ',', '%', '%00', '%2f', '..', '/', '?', '#', '//', "\xff", "\x7f",
    '0', '-1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'GET /brp/x', "GET /brp/x\r\n",
    "0\r\n\r\n", "5\r\nhello\r\n", "ffffffffffffffff\r\n", "\r\n\r\n", 'x' x 300, 'x' x 1200, 'x' x 9000,
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01", (map {"$_\r\n"} @lines),
);

sub new {
    my ($class, @files) = @_;
    my @seeds;
    for my $file (@files) {
        open my $fh, '<:raw', $file or die "$file: $!\n";
        push @seeds, do { local $/; <$fh> };
    }
    return bless { seeds => \@seeds }, $class;
}

sub seeds { return @{ $_[0]{seeds} } }
sub add { push @{ $_[0]{seeds} }, $_[1]; return }

sub one_of { return $_[int rand @_] }
sub chance { return rand() < $_[0] }

# A request of HTTP/1.x that is mostly well-formed.
sub request {
    my $version = one_of('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/3.0', '');
    my $text = join(' ', one_of(@methods), one_of(@paths), $version || ()) . "\r\n";
    return $text if !$version && chance(0.8);
    my @headers = map { one_of(@lines) } 1 .. rand 6;
    unshift @headers, 'Host: localhost' if chance(0.9);
    unshift @headers, 'X-Doelbinding: BRPACT-AlgemeneTaken' if chance(0.6);
    $text .= join '', map {"$_\r\n"} @headers, '';
    $text .= one_of('hello', "5\r\nhello\r\n0\r\n\r\n", 'x' x 3000, "5\r\nhello\r\nnonsense\r\n")
        if "@headers" =~ /Content-Length|chunked/;
    return $text;
}

# The fields of a request of HTTP/2.
sub fields {
    my @fields = (
        ':method', one_of(@methods), ':scheme', one_of('https', 'https', 'http', ''), ':path', one_of(@paths),
        ':authority', one_of('localhost', 'localhost', 'a/b', ''));
    splice @fields, 2 * int rand 4, 2 if chance(0.1);
    splice @fields, 0, 0, splice @fields, 2, 2 if chance(0.1);
    for (1 .. rand 6) {
        my ($name, $value) = split /: ?/, one_of(@lines), 2;
        push @fields, chance(0.95) ? lc $name : $name, $value // '';
    }
    push @fields, 'x-doelbinding', 'BRPACT-AlgemeneTaken' if chance(0.7);
    push @fields, ':path', '/brp/late' if chance(0.03);
    return @fields;
}

# One stream: its head, perhaps in parts, and perhaps a body.
sub stream {
    my ($id) = @_;
    my $body = chance(0.4);
    my $block = substr GGI::H2::headers($id, 0, fields()), 9;
    my $frames;
    if (chance(0.2) && length $block > 2) {
        my $at = 1 + int rand(length($block) - 1);
        $frames = GGI::H2::frame(1, $body ? 0 : 1, $id, substr $block, 0, $at)
            . GGI::H2::frame(9, chance(0.9) ? 4 : 0, $id, substr $block, $at);
    }
    else {
        $frames = GGI::H2::frame(1, $body ? 4 : 5, $id, $block);
    }
    $frames .= GGI::H2::data($id, chance(0.8), 'x' x one_of(0, 1, 5, 3000)) for 1 .. ($body ? 1 + rand 3 : 0);
    return $frames;
}

# Frames of HTTP/2, in an order and with a content that are mostly right.
sub frames {
    my ($id, $bytes) = (1, GGI::H2::preface());
    for (1 .. 1 + rand 8) {
        if (chance(0.7)) {
            $bytes .= stream(chance(0.95) ? $id : int rand 8);
            $id += 2;
        }
        else {
            my $payload = join '', map { chr rand 256 } 1 .. one_of(0, 4, 5, 8, 6, int rand 40);
            $bytes .= GGI::H2::frame(one_of(0 .. 10), int rand 256, one_of(0, 1, $id, $id, 2), $payload);
        }
    }
    return $bytes;
}

# Changes some bytes.
sub mutate {
    my ($self, $bytes) = @_;
    for (1 .. 1 + rand 4) {
        my $length = length $bytes;
        my $at = int rand($length + 1);
        my $some = int rand one_of(2, 8, 64);
        my $way = int rand 7;
        if ($way == 0 && $at < $length) { substr $bytes, $at, 1, chr rand 256 }
        elsif ($way == 1) { substr $bytes, $at, $some, '' }
        elsif ($way == 2) { substr $bytes, $at, 0, substr $bytes, int rand($length + 1), $some }
        elsif ($way == 3) { substr $bytes, $at, 0, one_of(@tokens) }
        elsif ($way == 4 && chance(0.3)) { substr $bytes, $at, $length, '' }
        elsif ($way == 5) {
            my $other = one_of(@{ $self->{seeds} });
            substr $bytes, $at, $length, substr $other, int rand(1 + length $other);
        }
        elsif ($way == 6) {
            my @all = split /(?<=\n)/, $bytes;
            splice @all, int rand(@all + 1), 0, one_of(@all) // '';
            $bytes = join '', @all;
        }
    }
    return $bytes;
}

sub input {
    my ($self) = @_;
    my $bytes;
    if (chance(0.35)) { $bytes = one_of(@{ $self->{seeds} }) }
    elsif (chance(0.4)) { $bytes = frames() }
    else {
        $bytes = join '', map { request() } 1 .. 1 + rand 5;
    }
    return chance(0.6) ? $self->mutate($bytes) : $bytes;
}

1;
