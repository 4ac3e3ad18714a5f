# SPDX-License-Identifier: EUPL-1.2
package GGI::Tamper;

# Changes a sealed audit log, in the ways that somebody might who does not want it to tell what it does. The log is
# DIR/log/audit.*.jsonl*, its seals DIR/log/audit.seals, and DIR/keys has the keys of the sealer.
#
#   GGI::Tamper::kinds();                    the names of the manipulations
#   GGI::Tamper::harmless();                 those of changes by which the log is whole all the same
#   GGI::Tamper::manipulate($kind, $dir);    does one of them, at random places
#   GGI::Tamper::lines($file); GGI::Tamper::put($file, @lines);      the lines of a file, packed or not

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Exporter qw(import);

use GGI::Child;
use GGI::Folder ();
use GGI::Nginx;
use GGI::Seals;
use GGI::Slow;

our @EXPORT_OK = qw(seal close_seals lines put files any edit);

my $ggictl = "$GGI::Nginx::BUILD/ggictl";

sub seal {
    my ($dir, @more) = @_;
    my ($exit, $said) = GGI::Folder::run(
        $ggictl, qw(audit seal --node gate1 --log), "$dir/log/audit.jsonl", '--keys', "$dir/keys",
        @more);
    die "no seal: $said" if $exit;
    return;
}

# Makes a closing seal.
sub close_seals {
    my ($dir) = @_;
    my $sealer = GGI::Child->command(
        $ggictl, qw(audit seal --follow --interval 1h --log), "$dir/log/audit.jsonl", '--keys',
        "$dir/keys");
    my $count = sub { return scalar(() = GGI::Folder::content("$dir/log/audit.seals") =~ /^seal /mg) };
    my $n = $count->();
    GGI::Slow::wait_for(sub { $count->() > $n }, 'a seal', 30);
    kill 'TERM', $sealer->{pid};
    return $sealer->wait;
}

# The lines of a file, and back again.
sub lines {
    my ($file) = @_;
    my $text = $file =~ /\.(?:gz|zst)\z/ ? qx(zstd -dcq '$file') : GGI::Folder::content($file);
    return $text =~ /(.*\n)/g;
}

sub put {
    my ($file, @lines) = @_;
    my ($plain, $packed) = $file =~ /\A(.*?)(\.gz|\.zst)?\z/s;
    unlink $file;
    open my $fh, '>:raw', $plain or die "$plain: $!\n";
    print $fh @lines;
    close $fh or die "$plain: $!\n";
    pack_file($plain, $packed) if $packed;
    return;
}

# Packs a file, by an extension: .gz or .zst.
sub pack_file {
    my ($file, $how) = @_;
    my @command = $how eq '.gz' ? qw(gzip -f) : qw(zstd -q -f --rm);
    system(@command, $file) == 0 or die "$file: not packed\n";
    return;
}

# Computes the numbers and the hashes of all records of a worker anew, over its files in their order.
sub recompute {
    my ($dir, $worker) = @_;
    my (%number, %hash);
    my @files = sort { ($a =~ /-(\d+)/ ? $1 : 99) <=> ($b =~ /-(\d+)/ ? $1 : 99) } glob "$dir/log/audit.$worker.*";
    for my $file (@files) {
        my @lines = lines($file);
        for (@lines) {
            my ($id) = /"ggi\.chain\.id":"([^"]+)"/;
            $number{$id}++;
            s/("ggi\.chain\.number":)\d+/$1$number{$id}/;
            s/("ggi\.chain\.previous":")[0-9a-f]+/$1 . ($hash{$id} \/\/ '0' x 64)/e;
            $hash{$id} = sha256_hex($_);
        }
        put($file, @lines);
    }
    return;
}

sub any { my (@list) = @_; return $list[rand @list] }
# The files of the log in which there is something, or those of a worker; those that are not packed; and a worker.
sub files {
    my ($dir, $worker) = @_;
    my $of = $worker // '*';
    return grep { my @lines = lines($_); @lines } glob "$dir/log/audit.$of.jsonl*";
}
sub plain {
    my ($dir) = @_;
    return grep { !/\.(?:gz|zst)\z/ } files($dir);
}
sub worker { my ($dir) = @_; return any(files($dir)) =~ /audit\.(\d+)\./ ? $1 : 0 }

# A manipulation of one file of a worker, whose lines are changed in place, and of all that is recomputed for it.
sub forged {
    my ($change) = @_;
    return sub {
        my ($dir) = @_;
        my $worker = worker($dir);
        my $file = any(files($dir, $worker));
        my @lines = lines($file);
        $change->(\@lines);
        put($file, @lines);
        return recompute($dir, $worker);
    };
}

# Changes a line of a file, whose length stays or not.
sub edit {
    my ($file, $which, $length) = @_;
    my @lines = lines($file);
    my $i = $which // int rand @lines;
    my $at = 5 + int rand(length($lines[$i]) - 10);
    substr $lines[$i], $at, 1, $length ? 'Zz' : substr($lines[$i], $at, 1) eq 'Z' ? 'z' : 'Z';
    put($file, @lines);
    return;
}

# Changes the notes of the seals.
sub change_seals {
    my ($dir, $change) = @_;
    my @notes = map { $_->{whole} } GGI::Seals::notes(GGI::Folder::content("$dir/log/audit.seals"));
    $change->(\@notes);
    put("$dir/log/audit.seals", @notes);
    return;
}

my %manipulations = (
    'a line edited' => sub { edit(any(files($_[0]))) },
    'a line edited, and longer' => sub { edit(any(files($_[0])), undef, 1) },
    'the first line edited' => sub { edit(any(files($_[0])), 0) },
    'the last line edited' => sub { edit(any(files($_[0])), -1) },
    'the tail cut' => sub {
        my $file = any(files($_[0]));
        my @lines = lines($file);
        splice @lines, -1 - int rand @lines;
        put($file, @lines);
    },
    'half a line cut' => sub {
        my $file = any(plain($_[0]));
        truncate $file, (-s $file) - 1 - int rand 100;
    },
    'a whole chain gone' => sub { my $worker = worker($_[0]); unlink glob "$_[0]/log/audit.$worker.*" },
    'the newest file gone' => sub {
        unlink any(grep {/\.jsonl\z/} plain($_[0]));
    },
    'a file gone' => sub { unlink any(files($_[0])) },
    'a file emptied' => sub { put(any(files($_[0]))) },
    'lines taken out' => sub {
        my $file = any(files($_[0]));
        my @lines = lines($file);
        splice @lines, rand @lines, 1 + int rand 2;
        put($file, @lines);
    },
    'a line taken out, and all recomputed' => forged(sub { my ($lines) = @_; splice @$lines, rand @$lines, 1 }),
    'a line edited, and all recomputed' =>
        forged(sub { my ($lines) = @_; $lines->[rand @$lines] =~ s/(?:"pad":"x*|"event_name":")/$& . 'y'/e }),
    'a line put in, and all recomputed' =>
        forged(sub { my ($lines) = @_; my $i = int rand @$lines; splice @$lines, $i, 0, $lines->[$i] }),
    'lines swapped' => sub {
        my $file = any(grep { my @lines = lines($_); @lines > 2 } files($_[0]));
        my @lines = lines($file);
        my $i = int rand $#lines;
        @lines[$i, $i + 1] = @lines[$i + 1, $i];
        put($file, @lines);
    },
    'renumbered' => sub {
        my $file = any(files($_[0]));
        my @lines = lines($file);
        s/("ggi\.chain\.number":)(\d+)/$1 . ($2 + 1)/e for @lines;
        put($file, @lines);
    },
    'spliced' => sub {
        my ($dir) = @_;
        my ($one, $other) = (plain($dir))[0, -1];
        my @lines = (lines($one), lines($other));
        put($one, @lines);
        unlink $other;
    },
    'the seals cut' => sub {
        change_seals($_[0], sub { my ($notes) = @_; splice @$notes, -1 - int rand @$notes });
    },
    'the seals cut within one' =>
        sub { my $seals = "$_[0]/log/audit.seals"; truncate $seals, 1 + rand((-s $seals) - 1) },
    'a seal dropped' => sub {
        change_seals($_[0], sub { my ($notes) = @_; splice @$notes, rand @$notes, 1 });
    },
    'seals swapped' => sub {
        change_seals(
            $_[0],
            sub { my ($notes) = @_; my $i = int rand $#$notes; @$notes[$i, $i + 1] = @$notes[$i + 1, $i] });
    },
    'a seal edited' => sub {
        change_seals(
            $_[0],
            sub {
                my ($notes) = @_;
                my $i = int rand @$notes;
                substr $notes->[$i], rand(length($notes->[$i]) - 1), 1, '#';
            });
    },
    'keys swapped' => sub {
        change_seals(
            $_[0],
            sub {
                my ($notes) = @_;
                my $i = int rand $#$notes;
                my ($one, $other) = map { ($notes->[$_] =~ /^key (\S+)/m)[0] } $i, $i + 1;
                $notes->[$i] =~ s/^key \S+/key $other/m;
                $notes->[$i + 1] =~ s/^key \S+/key $one/m;
            });
    },
    'seals of other keys' => sub {
        my ($dir) = @_;
        edit(any(files($dir)));
        unlink "$dir/log/audit.seals";
        my ($exit, $said) = GGI::Folder::run(
            $ggictl, qw(audit seal --node gate1 --log), "$dir/log/audit.jsonl", '--keys',
            "$dir/others");
        die $said if $exit;
    },
    'sealed on after a cut, by who has the last key' => sub {
        my ($dir) = @_;
        my $file = any(plain($dir));
        my @lines = lines($file);
        splice @lines, -1;
        put($file, @lines);
        seal($dir);
        close_seals($dir);
    },
    'a chain taken out' => sub {
        my ($dir) = @_;
        my @files = files($dir);
        my ($id) = any(map { lines($_) } @files) =~ /"ggi\.chain\.id":"([^"]+)"/;
        for my $file (@files) {
            my @lines = lines($file);
            my @rest = grep { !/"ggi\.chain\.id":"\Q$id\E"/ } @lines;
            put($file, @rest) if @rest < @lines;
        }
    },
    'a chain copied' => sub {
        my ($dir) = @_;
        my ($from, $to) = (any(files($dir)), "$dir/log/audit.9.jsonl");
        my ($old) = (lines($from))[0] =~ /"ggi\.chain\.id":"([^"]+)"/;
        my $new = $old =~ s/.\z/substr($&, 0, 1) eq 'f' ? 'e' : 'f'/er;
        put($to, map {s/\Q$old\E/$new/gr} lines($from));
        recompute($dir, 9);
    },
    'a byte changed' => sub {
        my $file = any(plain($_[0]));
        open my $fh, '+<:raw', $file or die "$file: $!\n";
        my $at = int rand -s $file;
        seek $fh, $at, 0;
        read $fh, my $byte, 1;
        seek $fh, $at, 0;
        print $fh chr(ord($byte) ^ 1 << int rand 8);
        close $fh or die "$file: $!\n";
    },
    'two files exchanged in part' => sub {
        my ($dir) = @_;
        my @files = grep { my @lines = lines($_); @lines > 1 } files($dir);
        my ($one, $other) = @files[0, 1 + rand $#files];
        my (@one, @other) = lines($one);
        @other = lines($other);
        ($one[-1], $other[-1]) = ($other[-1], $one[-1]);
        put($one, @one);
        put($other, @other);
    },
    'the tail of the log and of the seals cut' => sub {
        my ($dir) = @_;
        my @files = grep {
            my @lines = lines($_);
            !/\.(?:gz|zst)\z/ && @lines > 1
        } files($dir);
        my $file = any(@files);
        my @lines = lines($file);
        splice @lines, -1 - int rand $#lines;
        put($file, @lines);

        # not to a closing seal: that is found by its time alone
        change_seals(
            $dir,
            sub {
                my ($notes) = @_;
                do { pop @$notes } while @$notes > 1 && $notes->[-1] =~ /^closed$/m;
            });
    },
    'an older copy of a file' => sub {
        my $file = any(grep { my @lines = lines($_); @lines > 2 } files($_[0]));
        my @lines = lines($file);
        put($file, @lines[0 .. int($#lines / 2)]);
    },
);

# What is no manipulation: a file of the log has another name, or is packed, or no longer.
my %harmless = (
    'a file renamed' => sub {
        my ($dir) = @_;
        my $file = any(files($dir));
        my ($how) = $file =~ /(\.gz|\.zst)\z/;
        rename $file, "$dir/log/audit.77.jsonl-moved" . ($how // '') or die "$file: $!\n";
    },
    'a file packed otherwise' => sub {
        my ($dir) = @_;
        my $file = any(grep {-s} files($dir));
        my $other = $file =~ s/(?:\.gz|\.zst)\z//r . any(grep { $file !~ /\Q$_\E\z/ } '', '.gz', '.zst');
        my @lines = lines($file);
        unlink $file;
        put($other, @lines);
    },
);

sub kinds { my @kinds = sort keys %manipulations; return @kinds }

sub harmless { my @kinds = sort keys %harmless; return @kinds }

sub manipulate {
    my ($kind, $dir) = @_;
    ($manipulations{$kind} // $harmless{$kind})->($dir);
    return;
}

1;
