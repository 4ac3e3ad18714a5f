# SPDX-License-Identifier: EUPL-1.2
package GGI::Disk;

# A small disk of its own, which can be filled and freed.
#
#   plan skip_all => $why if !GGI::Disk->available;
#   my $disk = GGI::Disk->new(size => '256k');          everybody may write there
#   $disk->path; $disk->fill; $disk->free; $disk->unmount;
#
# It is a file system in memory that is mounted for the test, which takes the rights to do so.

use strict;
use warnings;

use File::Temp ();

our $WHY = 'no file system can be mounted here';
my $available;

sub available {
    $available //= do {
        my $dir = File::Temp->newdir;
        my $mounted = system("mount -t tmpfs -o size=16k ggi-disk $dir 2>/dev/null") == 0;
        system('umount', "$dir") if $mounted;
        $mounted ? 1 : 0;
    };
    return $available;
}

sub new {
    my ($class, %args) = @_;
    my $self = bless {
        dir => File::Temp->newdir('ggi-disk-XXXXXX', TMPDIR => 1, CLEANUP => 0),
        size => $args{size} // '256k'
    }, $class;
    $self->{path} = "$self->{dir}";
    system('mount', '-t', 'tmpfs', '-o', "size=$self->{size},mode=1777", 'ggi-disk', $self->{path}) == 0
        or die "mount: $WHY\n";
    return $self;
}

sub path { return $_[0]{path} }

# Leaves room for so many bytes at the most (a page is the least that is left or taken).
sub fill {
    my ($self, $room) = @_;
    open my $fh, '>>', "$self->{path}/filling" or die "filling: $!\n";
    while (syswrite $fh, 'x' x 4096) { }
    close $fh;
    truncate "$self->{path}/filling", (-s "$self->{path}/filling") - 4096 * int(($room // 0) / 4096) if $room;
    return;
}

sub free { my ($self) = @_; unlink "$self->{path}/filling" or die "filling: $!\n"; return }

# Takes it away from under those who use it; its path is an empty folder then.
sub unmount {
    my ($self) = @_;
    $self->{unmounted} = 1;
    return system('umount', '-l', $self->{path}) == 0;
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $!, $@);
    $self->unmount if !$self->{unmounted};
    rmdir $self->{path};
    return;
}

1;
