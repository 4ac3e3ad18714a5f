# SPDX-License-Identifier: EUPL-1.2
package GGI::Seals;

# Seals of an audit log, read and judged without the code of ggictl: by Digest::SHA and openssl.
#
#   my @notes = GGI::Seals::notes($text);                 each a hash of what it says
#   my @faults = GGI::Seals::faults($public, $text, @files);
#                                     what is wrong with seals of log files, of which each line has to be sealed once
#   GGI::Seals::append($file, $n);                        appends records of a chain to a log file, and returns its path

use strict;
use warnings;

use Digest::SHA qw(sha256 sha256_hex);
use Exporter qw(import);
use File::Temp ();
use MIME::Base64 qw(decode_base64);

use GGI::Folder ();

our @EXPORT_OK = qw(append %chain);

# Of each file that append() was called for: the id of its chain, the number of records, and the hash of the last.
our %chain;
my $count = 0;

sub append {
    my ($file, $lines) = @_;
    my $chain = $chain{$file} //=
        { id => sprintf('01a218bc-ecb9-70cd-88f2-c2e981%06x', ++$count), n => 0, hash => '0' x 64 };
    open my $fh, '>>:raw', $file or die "$file: $!\n";
    for (1 .. $lines) {
        my $line = sprintf
            qq({"attributes":{"ggi.chain.id":"%s","ggi.chain.number":%d,"ggi.chain.previous":"%s"},"pad":"%s"}\n),
            $chain->{id}, ++$chain->{n}, $chain->{hash}, 'x' x rand 200;
        print $fh $line;
        $chain->{hash} = sha256_hex($line);
    }
    close $fh or die "$file: $!\n";
    return $file;
}

sub note {
    my ($whole) = @_;
    my ($text, $name, $signature) = $whole =~ /\A(.*\n)\n\xe2\x80\x94 (\S+) (\S+)\n\z/s or return { torn => $whole };
    my %note = (whole => $whole, text => $text, name => $name, signature => decode_base64($signature));
    for my $line (split /\n/, $text) {
        my ($word, @rest) = split / /, $line;
        push @{ $note{$word} }, \@rest;
    }
    @note{qw(seal time previous key)} = map { $_->[0][0] } @note{qw(seal time previous key)};
    return \%note;
}

sub notes {
    my ($text) = @_;
    return map { note($_) } split /^(?=ggi-audit-seal\/1 )/m, $text;
}

# The name, and the public key as it is, of what "audit seal" shows to the auditor.
sub public {
    my ($verifier) = @_;
    my ($name, $key) = $verifier =~ /\A(.+)\+[0-9a-f]{8}\+([\w+\/=]+)\s*\z/ or die "no public key: $verifier\n";
    return ($name, substr decode_base64($key), 1);
}

# Whether openssl takes the signature of a note for one by a public key.
sub signed {
    my ($note, $key) = @_;
    my $dir = File::Temp->newdir;
    my %file = (
        key => pack('H*', '302a300506032b6570032100') . $key,
        text => $note->{text}, sig => substr $note->{signature}, 4);
    for my $name (keys %file) {
        open my $fh, '>:raw', "$dir/$name" or die $!;
        print $fh $file{$name};
        close $fh or die $!;
    }
    my $said =
        qx(openssl pkeyutl -verify -pubin -keyform DER -inkey $dir/key -rawin -in $dir/text -sigfile $dir/sig 2>&1);
    my $id = substr sha256("$note->{name}\n\x01$key"), 0, 4;
    return $said =~ /Verified Successfully/ && $id eq substr $note->{signature}, 0, 4;
}

# The contents that the file with a name can have, by the name in seals: that of the first file which begins with a line
# is the hash of this line, and each further one has the hash of the name before.
sub contents {
    my ($known, @files) = @_;
    my %contents;
    for my $content (map { /\.(?:gz|zst)\z/ ? scalar qx(zstd -dcq '$_') : GGI::Folder::content($_) } @files) {
        my ($first) = $content =~ /\A(.*?\n)/s or next;
        my $name = sha256_hex($first);
        do {
            push @{ $contents{$name} }, $content;
            $name = sha256_hex("$name\n");
        } while $known->{$name};
    }
    return %contents;
}

# Whether a part of a file is what a seal has of it.
sub sealed {
    my ($content, $from, $to, $digest) = @_;
    return 0 if length $content < $to;
    my $part = substr $content, $from, $to - $from;
    return 0 if $part !~ /\n\z/;
    return sha256_hex(join '', map { sha256_hex($_) . "\n" } $part =~ /(.*?\n)/gs) eq $digest;
}

sub faults {
    my ($verifier, $text, @files) = @_;
    my ($name, $key) = public($verifier);
    my (@faults, %to);
    my ($number, $previous) = (1, '0' x 64);
    my %contents = contents({ map { $_ => 1 } $text =~ /^file (\S+)/mg }, @files);
    for my $note (notes($text)) {
        return (@faults, "torn: $note->{torn}") if $note->{torn};
        push @faults, "seal $note->{seal} instead of $number" if $note->{seal} != $number;
        push @faults, "seal $number: previous" if $note->{previous} ne $previous;
        push @faults, "seal $number: signature" if $note->{name} ne $name || !signed($note, $key);
        ($number, $previous, $key) = ($number + 1, sha256_hex($note->{whole}), decode_base64($note->{key}));
        for my $file (@{ $note->{file} }) {
            my ($first, $from, $to, $digest) = @$file;
            push @faults, "seal $note->{seal}: $first from $from" if $from != ($to{$first} // 0);
            $to{$first} = $to;
            $contents{$first} = [grep { sealed($_, $from, $to, $digest) } @{ $contents{$first} // [] }];
            push @faults, "seal $note->{seal}: $first $from $to" if !@{ $contents{$first} };
        }
    }
    my %sealed;
    for my $first (keys %contents) {
        for my $content (@{ $contents{$first} }) {
            $sealed{$content} = $to{$first} if ($sealed{$content} // -1) < ($to{$first} // 0);
        }
    }
    for my $content (keys %sealed) {
        my $whole = length $content =~ s/[^\n]+\z//r;
        push @faults, substr($content, 0, 200) . ": $sealed{$content} of $whole bytes are sealed"
            if $sealed{$content} != $whole;
    }
    return @faults;
}

1;
