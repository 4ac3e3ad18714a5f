# SPDX-License-Identifier: EUPL-1.2
package GGI::PowerDisk;

# A disk of its own, of ext4, that loses its power: what was not flushed to it is gone then, as it is after a power cut.
#
#   plan skip_all => $why if !GGI::PowerDisk->available;
#   my $disk = GGI::PowerDisk->new(size => '64M');        everybody may write there
#   $disk->path; $disk->fill; $disk->free;
#   $disk->cut;                     from now on nothing reaches the disk; end those who use it
#   $disk->repair;                  the power is back: all that was flushed is there, and nothing else
#
# It is a file behind a loop device, whose file system is shut down as xfstests do it.

use strict;
use warnings;

use File::Temp ();
use Time::HiRes qw(sleep);

our $WHY = 'no ext4 can be mounted here by a loop device';
my $SHUTDOWN = 0x8004587d;    # EXT4_IOC_SHUTDOWN
my $NO_LOG_FLUSH = 2;    # EXT4_GOING_FLAGS_NOLOGFLUSH
my $available;

sub available {
    $available //= eval { my $disk = __PACKAGE__->new(size => '8M'); $disk->cut; $disk->repair; 1 } ? 1 : 0;
    return $available;
}

sub new {
    my ($class, %args) = @_;
    my $self = bless { dir => File::Temp->newdir('ggi-disk-XXXXXX', TMPDIR => 1, CLEANUP => 0) }, $class;
    chmod 0755, "$self->{dir}";
    $self->{image} = "$self->{dir}/image";
    $self->{path} = "$self->{dir}/disk";
    mkdir $self->{path} or die "$self->{path}: $!\n";
    system("truncate -s $args{size} $self->{image} && mkfs.ext4 -q -m 0 $self->{image} 2>/dev/null") == 0
        or die "mkfs.ext4: $WHY\n";
    $self->repair;
    chmod 01777, $self->{path};
    return $self;
}

sub path { return $_[0]{path} }

# Leaves no room.
sub fill {
    my ($self) = @_;
    my ($free) = qx(df --output=avail -B1 $self->{path}) =~ /(\d+)/;
    system("fallocate -l @{[$free - 65536]} $self->{path}/filling 2>/dev/null") if $free > 65536;
    open my $fh, '>>', "$self->{path}/filling" or die "filling: $!\n";
    while (syswrite $fh, 'x' x 4096) { }
    close $fh;
    return;
}

sub free { my ($self) = @_; unlink "$self->{path}/filling" or die "filling: $!\n"; return }

sub cut {
    my ($self) = @_;
    open my $fh, '<', $self->{path} or die "$self->{path}: $!\n";
    ioctl $fh, $SHUTDOWN, pack 'I', $NO_LOG_FLUSH or die "$self->{path}: $!\n";
    close $fh;
    return;
}

sub repair {
    my ($self) = @_;
    $self->unmount;
    system("mount -o loop $self->{image} $self->{path} 2>/dev/null") == 0 or die "mount: $WHY\n";
    $self->{mounted} = 1;
    return;
}

sub unmount {
    my ($self) = @_;
    return if !$self->{mounted};
    for (1 .. 50) {
        return delete $self->{mounted} if system("umount $self->{path} 2>/dev/null") == 0;
        sleep 0.1;
    }
    die "umount $self->{path}: somebody still uses it\n";
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $!, $@);
    eval { $self->unmount; 1 } or system 'umount', '-l', $self->{path};
    unlink $self->{image};
    rmdir $_ for $self->{path}, "$self->{dir}";
    return;
}

1;
