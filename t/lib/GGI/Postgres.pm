# SPDX-License-Identifier: EUPL-1.2
package GGI::Postgres;

# A real PostgreSQL in a temporary folder on a free port of loopback, and a client for it.
#
#   my $db = GGI::Postgres->new;                  started, with a database "audit" of which "ship" is the owner
#   my $url = $db->url;                           its URL, without a password, which stands in the file $db->passfile
#   my @lines = $db->ask('SELECT ...');           what psql shows, as the superuser
#   $db->stop('KILL'); $db->start;

use strict;
use warnings;

use File::Temp ();
use POSIX ();
use Time::HiRes qw(sleep);

use GGI::Child ();
use GGI::Folder ();
use GGI::Nginx;
use GGI::Port ();
use GGI::Slow ();

my ($PASSWORD, $READER) = ('geheim: \\1', 'lezer');

# A program as the user that PostgreSQL runs as, which may not be root.
sub command {
    my (@command) = @_;
    return $> == 0 ? ('setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', @command) : @command;
}

sub new {
    my ($class) = @_;
    system("$GGI::Nginx::ROOT/scripts/setup", 'postgresql') == 0 or die "postgresql cannot be installed\n";
    my ($bin) = reverse sort glob '/usr/lib/postgresql/*/bin';
    my $self = bless {
        bin => $bin, port => GGI::Port::free(),
        dir => File::Temp->newdir('ggi-pg-XXXXXX', TMPDIR => 1, CLEANUP => 1)
    }, $class;
    chmod 0777, "$self->{dir}" or die $!;
    my ($exit, $said) =
        GGI::Folder::run(command("$bin/initdb", qw(-N -A trust -E UTF8 --locale C.UTF-8 -U postgres -D), $self->data));
    die $said if $exit;
    open my $hba, '>', $self->data . '/pg_hba.conf' or die $!;
    print $hba "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
    close $hba or die $!;
    GGI::Folder::run('cp', '/dev/null', $self->passfile);
    chmod 0600, $self->passfile or die $!;
    open my $passfile, '>', $self->passfile or die $!;
    (my $escaped = $PASSWORD) =~ s/([:\\])/\\$1/g;
    print $passfile "127.0.0.1:*:*:ship:$escaped\n127.0.0.1:*:*:lezer:$READER\n";
    close $passfile or die $!;
    $self->start;
    $self->ask(
        "CREATE ROLE ship LOGIN PASSWORD '$PASSWORD'",
        "CREATE ROLE lezer LOGIN PASSWORD '$READER'",
        'CREATE DATABASE audit OWNER ship');
    return $self;
}

sub data { return "$_[0]{dir}/data" }
sub passfile { return "$_[0]{dir}/passfile" }
sub port { return $_[0]{port} }
sub url { my ($self, $user) = @_; return sprintf 'postgresql://%s@127.0.0.1:%d/audit', $user // 'ship', $self->{port} }

sub start {
    my ($self) = @_;
    $self->{pid} = GGI::Child::spawn(
        { out => "$self->{dir}/log" },
        command(
            "$self->{bin}/postgres", '-D', $self->data, '-p', $self->{port}, '-k', "$self->{dir}",
            map { ('-c', $_) } 'listen_addresses=127.0.0.1', 'fsync=off', 'log_min_messages=fatal'));
    for (1 .. 600) {
        return $self if $self->psql('postgres', 'SELECT 1') eq "1\n";
        if (waitpid $self->{pid}, POSIX::WNOHANG) {
            # one that was killed has its memory for a moment longer
            sleep 0.1;
            return $self->start;
        }
        sleep 0.05;
    }
    die 'PostgreSQL does not start: ' . GGI::Folder::content("$self->{dir}/log");
}

sub psql {
    my ($self, $database, @sql) = @_;
    return (
        GGI::Folder::run(
            'psql', '-XAtq', '-h', "$self->{dir}", '-p', $self->{port}, '-U', 'postgres', '-d', $database,
            map { ('-c', $_) } @sql))[1];
}

sub ask {
    my ($self, @sql) = @_;
    my $database = $self->{made}++ ? 'audit' : 'postgres';
    return split /\n/, $self->psql($database, @sql);
}

# A signal for the server and all processes that it has begun.
sub signal {
    my ($self, $signal) = @_;
    kill $signal, $self->{pid}, split ' ', qx(pgrep -P $self->{pid});
    return;
}

sub stop {
    my ($self, $signal) = @_;
    my $pid = $self->{pid} or return;
    $self->signal('CONT');
    kill $signal // 'INT', $pid;
    waitpid $pid, 0;
    delete $self->{pid};
    return;
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    $self->stop('KILL') if $self->{pid};
    return;
}

1;
