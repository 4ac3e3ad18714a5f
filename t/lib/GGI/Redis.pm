# SPDX-License-Identifier: EUPL-1.2
package GGI::Redis;

# A real redis-server in a temporary folder on a free port, and a client for it.

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep);

use GGI::Child ();
use GGI::Nginx;
use GGI::Port ();

# new(port => ..., options => [...]): the options are redis-server's own. Its data set has an id and a number, as if
# ggictl had loaded it, and after each start a higher number; with dataset => 0 it has neither. by => [...] is a command
# that runs it, such as "ip netns exec NAME", and host the address that it has there.
sub new {
    my ($class, %args) = @_;
    my $self = bless {
        options => [], port => GGI::Port::free(), host => '127.0.0.1', %args,
        dir => File::Temp->newdir('ggi-redis-XXXXXX', TMPDIR => 1, CLEANUP => 1)
    }, $class;
    chmod 0755, "$self->{dir}";
    return $self->start;
}

# One with a TLS port too, with the certificate of that name of a GGI::Pki, and further options of redis-server.
sub with_tls {
    my ($class, $pki, $name, @options) = @_;
    my ($dir, $port) = ($pki->dir, GGI::Port::free());
    return $class->new(
        tls_port => $port, certificate => $name,
        options => [
            '--tls-port', $port, '--tls-cert-file', "$dir/$name.pem", '--tls-key-file', "$dir/$name.key",
            '--tls-ca-cert-file', "$dir/roots.pem", '--tls-auth-clients', 'no', @options]);
}

sub dir { return "$_[0]{dir}" }
sub tls_port { return $_[0]{tls_port} }
sub port { return $_[0]{port} }
sub host { return $_[0]{host} }
sub url { return "redis://$_[0]{host}:$_[0]{port}/0" }

sub start {
    my ($self) = @_;
    $self->mark if $self->{dataset} // 1;
    $self->{pid} = GGI::Child::spawn(
        { out => $self->dir . '/log' },
        @{ $self->{by} // [] }, 'redis-server', '--port', $self->port, '--bind', $self->host, '--save', '',
        '--appendonly', 'no',
        '--dir', $self->dir, '--unixsocket', $self->dir . '/socket', '--unixsocketperm', '777', @{ $self->{options} });
    for (1 .. 3000) {
        return $self
            if -S $self->dir . '/socket' && IO::Socket::INET->new(PeerAddr => $self->host, PeerPort => $self->port);
        sleep 0.02;
    }
    die "redis-server does not start\n";
}

# A file from which redis-server has its data set when it starts: the marker alone, in the database that redis-cli is
# told. The number is a time in ms, so that it grows.
sub mark {
    my ($self) = @_;
    my $text = sub { return chr(length $_[0]) . $_[0] };
    my ($database) = join(' ', @{ $self->{cli} // [] }) =~ /-n (\d+)/;
    my %fields = (id => 'test', number => int(1000 * Time::HiRes::time()));
    open my $out, '>:raw', $self->dir . '/dump.rdb' or die $!;
    print $out 'REDIS0009', "\xFE" . chr($database // 0), "\x04", $text->('ggi:dataset'), chr(keys %fields),
        (map { $text->($_) } %fields), "\xFF", "\0" x 8;
    close $out or die $!;
    return;
}

sub signal { my ($self, $signal) = @_; kill $signal, $self->{pid}; return }

sub stop {
    my ($self, $signal) = @_;
    my $pid = delete $self->{pid} or return;
    kill 'CONT', $pid;
    kill $signal // 'TERM', $pid;
    waitpid $pid, 0;
    unlink "$self->{dir}/socket" if $self->{dir};    # at the end of the program the folder may have gone first
    return;
}

# redis-cli with these arguments, and its output. It goes by the socket to a server elsewhere, also when links are cut.
sub cli {
    my ($self, @arguments) = @_;
    my @at = $self->{by} ? ('-s', $self->dir . '/socket') : ('-p', $self->port);
    open my $out, '-|', 'redis-cli', @at, @{ $self->{cli} // [] }, @arguments or die "redis-cli: $!\n";
    my $text = join '', <$out>;
    close $out;
    return $text =~ s/\n\z//r;
}

# How often a command was served.
sub calls {
    my ($self, $command) = @_;
    return $self->cli('info', 'commandstats') =~ /^cmdstat_$command:calls=(\d+)/m ? $1 : 0;
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    $self->stop('KILL');
    return;
}

1;
