# SPDX-License-Identifier: EUPL-1.2
package GGI::Clients;

# Clients of a gateway without TLS that make many calls at the same time, over connections of several kinds.
#
#   my $clients = GGI::Clients->new({ h1 => $port, h2 => $port }, 4, @runs);
#   $clients->over                  1 when all calls are over; otherwise it waits for the next ones a moment
#   $clients->answers               what each client saw: number => [status, reason or '', how it ended]
#
# A run is [kind, call, ...], whose calls go over one connection of its kind: "kept" (HTTP/1.1, one after the other),
# "new" (HTTP/1.1, a connection for each) or "h2" (HTTP/2, all at once). A call is { n => its number, method, path,
# headers => [[name, value], ...], body => a text or undef, how => as follows }:
#   whole     the answer is waited for
#   abort     the client goes away before there is an answer
#   leave     it goes away when the answer has begun
#   part      it goes away when it has sent half of the body

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(sleep);

use GGI::Child ();
use GGI::H2 ();
use GGI::Slow ();

my $WAIT = 60;    # seconds that a client waits for an answer
my $AWAY = 0.03;    # seconds after which it goes away

sub new {
    my ($class, $ports, $clients, @runs) = @_;
    my $self = bless { children => [], select => IO::Select->new, answers => {}, buffer => {} }, $class;
    for my $client (0 .. $clients - 1) {
        my @own = @runs[grep { $_ % $clients == $client } 0 .. $#runs];
        pipe my $in, my $out or die "pipe: $!\n";
        push @{ $self->{children} }, GGI::Child->function(sub { close $in; work($ports, $out, @own) });
        close $out;
        $self->{select}->add($in);
    }
    return $self;
}

# Reads what the clients tell, and waits for it as long as a tenth of a second.
sub over {
    my ($self) = @_;
    for my $in ($self->{select}->can_read(0.1)) {
        if (!sysread $in, $self->{buffer}{$in}, 65536, length($self->{buffer}{$in} // '')) {
            $self->{select}->remove($in);
            next;
        }
        while ($self->{buffer}{$in} =~ s/\A(\d+) (\d+) (\S+) (\S+)\n//) {
            $self->{answers}{$1} = [$2, $3 eq '-' ? '' : $3, $4];
        }
    }
    return 0 if $self->{select}->count;
    $self->{failed} = grep { $_->wait } splice @{ $self->{children} };
    return 1;
}

sub answers { return $_[0]{answers} }

# How many clients did not come to their end.
sub failed { return $_[0]{failed} }

sub work {
    my ($ports, $out, @runs) = @_;
    local $SIG{PIPE} = 'IGNORE';
    for my $run (@runs) {
        my ($kind, @calls) = @$run;
        my $tell = sub {
            my ($call, $status, $body, $how) = @_;
            my ($reason) = ($body // '') =~ /urn:ggi:problem:(\w+)/;
            syswrite $out, join(' ', $call->{n}, $status, $reason // '-', $how) . "\n";
        };
        if ($kind eq 'h2') { at_once($ports->{h2}, $tell, @calls) }
        else { one_by_one($ports->{h1}, $tell, $kind eq 'kept', @calls) }
    }
    return;
}

sub connected {
    my ($port) = @_;
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) // die "connect: $!\n";
}

# Adds to a text what comes within the time that a client waits. 0: the other side has closed, or was too slow.
sub more {
    my ($socket, $text) = @_;
    IO::Select->new($socket)->can_read($WAIT * $GGI::Slow::FACTOR) or return 0;
    return sysread $socket, $$text, 65536, length $$text;
}

sub one_by_one {
    my ($port, $tell, $keep, @calls) = @_;
    my $socket;
    for my $call (@calls) {
        $socket //= connected($port);
        my $body = $call->{body};
        my @headers = (['Host', 'localhost'], @{ $call->{headers} });
        push @headers, ['Content-Length', length $body] if defined $body;
        push @headers, ['Connection', 'close'] unless $keep;
        my $sent = join '', "$call->{method} $call->{path} HTTP/1.1\r\n", (map {"$_->[0]: $_->[1]\r\n"} @headers),
            "\r\n", $body // '';
        $sent = substr $sent, 0, length($sent) - int(length($body) / 2) if $call->{how} eq 'part';
        syswrite $socket, $sent;
        $socket = undef unless answer($socket, $tell, $call) && $keep;
    }
    return;
}

# Waits for what a client wants to see of an answer. Returns 1 when the connection may be used again.
sub answer {
    my ($socket, $tell, $call) = @_;
    my $text = '';
    if ($call->{how} =~ /abort|part/) {
        sleep $AWAY;
        close $socket;
        $tell->($call, 0, '', $call->{how});
        return 0;
    }
    while ($text !~ /\r\n\r\n/ && more($socket, \$text)) { }
    my ($head) = $text =~ /\A(.*?\r\n\r\n)/s;
    my ($status) = ($head // '') =~ m{\AHTTP/1\.1 (\d+)};
    my ($length) = ($head // '') =~ /^Content-Length: (\d+)/im;
    my $ends = defined $length ? length($head) + $length : 1 << 30;
    if ($call->{how} eq 'leave') {
        close $socket;
        $tell->($call, $status // 0, '', 'leave');
        return 0;
    }
    while (length $text < $ends && more($socket, \$text)) { }
    my $whole = defined $length && length $text == $ends;
    $tell->($call, $status // 0, substr($text, length($head // '')), $whole ? 'whole' : 'cut');
    return $whole;
}

sub at_once {
    my ($port, $tell, @calls) = @_;
    my $socket = connected($port);
    my $sent = join '', GGI::H2::preface(), GGI::H2::frame(4, 0, 0, pack 'nN', 4, 1 << 22),
        GGI::H2::frame(8, 0, 0, pack 'N', 1 << 28);
    for my $i (0 .. $#calls) {
        my ($call, $body) = ($calls[$i], $calls[$i]{body});
        my @length = defined $body ? ('content-length' => length $body) : ();
        $sent .= GGI::H2::headers(
            2 * $i + 1, !defined $body, ':method' => $call->{method}, ':scheme' => 'http', ':authority' => 'localhost',
            ':path' => $call->{path}, (map { (lc $_->[0] => $_->[1]) } @{ $call->{headers} }), @length);
        next unless defined $body;
        my $part = $call->{how} eq 'part';
        $sent .= GGI::H2::data(2 * $i + 1, !$part, $part ? substr $body, 0, length($body) / 2 : $body);
    }
    syswrite $socket, $sent;
    my %open = map { 2 * $_ + 1 => $calls[$_] } 0 .. $#calls;
    my $reset = sub {
        my ($stream, $status) = @_;
        my $call = delete $open{$stream};
        syswrite $socket, GGI::H2::frame(3, 0, $stream, pack 'N', 8);
        $tell->($call, $status, '', $call->{how});
    };
    my @away = grep { $open{$_}{how} =~ /abort|part/ } sort { $a <=> $b } keys %open;
    if (@away) {
        sleep $AWAY;
        $reset->($_, 0) for @away;
    }
    my ($text, %answer) = ('');
    while (%open && more($socket, \$text)) {
        for my $frame (GGI::H2::frames($text)) {
            my ($type, $flags, $stream, $payload) = @$frame;
            $text = substr $text, 9 + length $payload;
            my $call = $open{$stream} or next;
            my $answer = $answer{$stream} //= { status => 0, body => '' };
            $answer->{status} ||= GGI::H2::status($payload) if $type == 1;
            $answer->{body} .= $payload if $type == 0;
            if ($call->{how} eq 'leave') { $reset->($stream, $answer->{status}) if $answer->{status} }
            elsif ($type == 3 || ($type < 2 && $flags & 1)) {
                $tell->($call, $answer->{status}, $answer->{body}, $type == 3 ? 'cut' : 'whole');
                delete $open{$stream};
            }
        }
    }
    $tell->($open{$_}, 0, '', 'cut') for keys %open;
    close $socket;
    return;
}

1;
