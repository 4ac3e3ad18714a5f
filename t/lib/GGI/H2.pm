# SPDX-License-Identifier: EUPL-1.2
package GGI::H2;

# HTTP/2 byte by byte: header values that no client library sends.
#
#   syswrite $socket, GGI::H2::requests(['/a', ['x-name', " \tvalue"]], ['/b']);
#   my @frames = GGI::H2::exchange($port, undef, ':method' => 'GET', ...);
#   my @answers = GGI::H2::answers($bytes);           each { status, body, ended }, in the order of the requests

use strict;
use warnings;

use GGI::Raw qw(connect_to receive);

sub integer {
    my ($value) = @_;
    return chr $value if $value < 127;
    my ($text, $rest) = (chr 127, $value - 127);
    while ($rest >= 128) {
        $text .= chr($rest % 128 + 128);
        $rest = int $rest / 128;
    }
    return $text . chr $rest;
}

sub frame {
    my ($type, $flags, $stream, $payload) = @_;
    return substr(pack('N', length $payload), 1) . pack('CCN', $type, $flags, $stream) . $payload;
}

# A literal field without indexing and without Huffman coding.
sub field {
    return "\0" . join '', map { integer(length) . $_ } @_;
}

# What a client begins a connection with: the preface and empty settings.
sub preface { return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame(4, 0, 0, '') }

# The head of a request, in one frame: stream, whether the request ends with it, name => value, ...
sub headers {
    my ($stream, $ends, @fields) = @_;
    my $block = '';
    while (my @field = splice @fields, 0, 2) { $block .= field(@field) }
    return frame(1, $ends ? 5 : 4, $stream, $block);
}

# A part of its body: stream, whether it is the last one, bytes.
sub data { return frame(0, $_[1] ? 1 : 0, $_[0], $_[2]) }

# One connection's bytes: the preface, and a GET for each [path, [name, value], ...] in a stream of its own.
sub requests {
    my (@requests) = @_;
    my $text =
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame(4, 0, 0, pack 'nN', 4, 1 << 20) . frame(8, 0, 0, pack 'N', 1 << 24);
    for my $i (0 .. $#requests) {
        my ($path, @headers) = @{ $requests[$i] };
        my $block = join '', map { field(@$_) } [':method', 'GET'], [':scheme', 'https'], [':authority', 'localhost'],
            [':path', $path], @headers;
        $text .= frame(1, 5, 2 * $i + 1, $block);
    }
    return $text;
}

# The status of a block of nginx, which puts it first and in one of two forms.
sub status {
    my ($block) = @_;
    $block =~ s/\A[\x20-\x3f]+//;
    my %indexed = (0x88 => 200, 0x89 => 204, 0x8a => 206, 0x8b => 304, 0x8c => 400, 0x8d => 404, 0x8e => 500);
    return $indexed{ ord $block } // ($block =~ /\A[\x08\x48]\x03(\d{3})/ ? $1 : 0);
}

# The whole frames that a text begins with: [type, flags, stream, payload].
sub frames {
    my ($text) = @_;
    my @frames;
    while (length $text >= 9) {
        my ($high, $low, $type, $flags, $stream) = unpack 'CnCCN', $text;
        my $length = $high << 16 | $low;
        last if length $text < 9 + $length;
        push @frames, [$type, $flags, $stream, substr $text, 9, $length];
        $text = substr $text, 9 + $length;
    }
    return @frames;
}

# One request without TLS, with a body unless it is undef, and the frames that come until its stream, and each that is
# promised, has ended, and nothing more comes for a moment.
sub exchange {
    my ($port, $body, %headers) = @_;
    my $request = preface() . headers(1, !defined $body, map { $_ => $headers{$_} } sort keys %headers);
    $request .= data(1, 1, $body) if defined $body;
    my $socket = connect_to($port);
    syswrite $socket, $request;
    my ($text, $end, $quiet) = ('', time + 20, 0);
    while (time < $end && !($quiet && ended($text))) {
        my $more = receive($socket, qr/./s, 0.2);
        $quiet = $more eq '';
        $text .= $more;
    }
    return frames($text);
}

# Whether the first stream, and each that is promised, has ended.
sub ended {
    my ($text) = @_;
    my %ended = (1 => 0);
    for my $frame (frames($text)) {
        my ($type, $flags, $stream, $payload) = @$frame;
        $ended{ unpack 'N', $payload } //= 0 if $type == 5;
        $ended{$stream} = 1 if $type == 3 || ($type < 2 && $flags & 1);
    }
    return !grep { !$_ } values %ended;
}

# What has come so far.
sub answers {
    my ($text) = @_;
    my %answers;
    for my $frame (frames($text)) {
        my ($type, $flags, $stream, $payload) = @$frame;
        next if $stream == 0;
        my $answer = $answers{$stream} //= { status => 0, body => '', ended => 0 };
        $answer->{status} ||= status($payload) if $type == 1;
        $answer->{body} .= $payload if $type == 0;
        $answer->{ended} = 1 if $type == 3 || ($type < 2 && $flags & 1);
    }
    return map { $answers{$_} } sort { $a <=> $b } keys %answers;
}

1;
