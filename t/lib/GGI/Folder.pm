# SPDX-License-Identifier: EUPL-1.2
package GGI::Folder;

# A temporary folder with files of a test. In a text it is its path.
#
#   my $dir = GGI::Folder->new;
#   my $path = $dir->file('profielen.json', $text);        writes the file, and returns its path
#   my $text = GGI::Folder::content($path);                what is in any file
#   my ($exit, $said) = GGI::Folder::run(@command);        exit status of a program, and its output with its errors

use strict;
use warnings;

use overload '""' => sub { return "$_[0]{dir}" }, fallback => 1;

use File::Temp ();

sub new {
    my ($class) = @_;
    return bless { dir => File::Temp->newdir('ggi-test-XXXXXX', TMPDIR => 1) }, $class;
}

sub file {
    my ($self, $name, @text) = @_;
    open my $fh, '>:raw', "$self/$name" or die "$self/$name: $!\n";
    print $fh @text;
    close $fh or die "$self/$name: $!\n";
    return "$self/$name";
}

sub content {
    my ($path) = @_;
    open my $fh, '<:raw', $path or die "$path: $!\n";
    local $/;
    return scalar <$fh>;
}

sub run {
    my (@command) = @_;
    open my $out, '-|:raw', 'sh', '-c', 'exec "$0" "$@" 2>&1', @command or die "$command[0]: $!\n";
    my $said = join '', <$out>;
    close $out;
    return ($? >> 8, $said);
}

1;
