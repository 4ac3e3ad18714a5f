# SPDX-License-Identifier: EUPL-1.2
package GGI::Unit;

# A service of conf/systemd.
#
#   my $unit = GGI::Unit->new('ggi-seal');       its files are read
#   $unit->{service}, $unit->{sysusers}          their texts
#   my $command = $unit->command;                what is run
#   $unit->sound;                                tests that systemd takes it, and that it is closed; within a subtest

use strict;
use warnings;

use Test::More;

use GGI::Conf ();
use GGI::Folder ();
use GGI::Nginx;

sub new {
    my ($class, $name) = @_;
    return bless { name => $name, map { $_ => GGI::Conf::content("conf/systemd/$name.$_") } qw(service sysusers) },
        $class;
}

sub command { my ($self) = @_; return ($self->{service} =~ /^ExecStart=(.+)$/m)[0] }
sub setting { my ($self, $name) = @_; return ($self->{service} =~ /^\Q$name\E=(\S+)$/m)[0] }

sub sound {
    my ($self) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $user = $self->setting('User');
    like $self->{sysusers}, qr/^u \Q$user\E /m, 'its user is made';
SKIP: {
        skip 'there is no systemd-analyze', 3 unless grep { -x "$_/systemd-analyze" } split /:/, $ENV{PATH};
        my $dir = GGI::Folder->new;
        my ($binary) = $self->command =~ /^(\S+)/;
        my $text = $self->{service} =~ s/^ExecStart=\Q$binary\E/ExecStart=$GGI::Nginx::BUILD\/ggictl/mr;
        my $file = $dir->file("$self->{name}.service", $text);
        is qx(systemd-analyze verify --man=no $file 2>&1), '', 'systemd knows all of it';
        my $said = qx(systemd-analyze security --no-pager --offline=true --threshold=20 $file 2>&1);
        is $?, 0, 'the service is closed to what it does not need' or diag $said;
        my $made = qx(systemd-sysusers --dry-run $GGI::Nginx::ROOT/conf/systemd/$self->{name}.sysusers 2>&1 >/dev/null);
        is $made =~ s/^(?:Creating|Would).*\n//gmr, '', 'and so is its user';
    }
    return;
}

1;
