# SPDX-License-Identifier: EUPL-1.2
# Time stamps of a witness in seals: the first seal and one an hour, by whom, of what and when.
use strict;
use warnings;

use JSON::PP;
use MIME::Base64 qw(decode_base64 encode_base64);
use Test::More;

use GGI::Child;
use GGI::Folder ();
use GGI::Nginx;
use GGI::Seals qw(append);
use GGI::Slow;
use GGI::Witness;

my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $witness = GGI::Witness->new;

sub wait_for { my ($so, $what) = @_; return GGI::Slow::wait_for($so, $what, 30) }

sub notes {
    my ($dir) = @_;
    my $seals = "$dir/log/audit.seals";
    return GGI::Seals::notes(-e $seals ? GGI::Folder::content($seals) : '');
}

# A log that is sealed with a witness until there are so many seals.
sub sealed {
    my ($path, $seals) = @_;
    my $dir = GGI::Folder->new;
    mkdir "$dir/log" or die $!;
    append("$dir/log/audit.0.jsonl", 3);
    my $sealer = GGI::Child->command(
        { err => "$dir/err" }, $ggictl, qw(audit seal --node gate1 --follow --interval 2s --log),
        "$dir/log/audit.jsonl",
        '--keys', "$dir/keys", '--witness', $witness->url($path));
    wait_for(sub { notes($dir) >= $seals }, 'seals');
    kill 'TERM', $sealer->{pid};
    is $sealer->wait, 0, 'the sealer ends';
    return $dir;
}

sub verify {
    my ($dir, @more) = @_;
    return GGI::Folder::run($ggictl, qw(audit verify --key), "$dir/keys/public", @more, "$dir/log");
}

sub stamps {
    my ($dir) = @_;
    return map { @{ $_->{stamp} // [] } } notes($dir);
}

subtest 'the first seal' => sub {
    my $before = time;
    my $dir;
    for (1 .. 3) {    # a stamp has to come within a second, which is over soon on a machine that stands still
        $dir = sealed('/', 3);
        last if -z "$dir/err";
    }
    my @stamps = stamps($dir);
    is_deeply [map { $_->[0] } @stamps], [1], 'is stamped, and no other within the hour';
    my @notes = notes($dir);
    is_deeply [map { $_->[0] } @{ $notes[1]{stamp} }], [1], 'the stamp is in the next seal';
    is GGI::Folder::content("$dir/err"), '', 'nothing was wrong';
    is_deeply [
        GGI::Seals::faults(
            GGI::Folder::content("$dir/keys/public"), GGI::Folder::content("$dir/log/audit.seals"),
            "$dir/log/audit.0.jsonl")],
        [], 'the seals are as they have to be';

    # by openssl alone
    $dir->file('note', $notes[0]{whole});
    $dir->file('stamp', decode_base64($stamps[0][1]));
    my ($exit, $said) =
        GGI::Folder::run(qw(openssl ts -verify -data), "$dir/note", '-in', "$dir/stamp", '-CAfile', $witness->ca);
    like $said, qr/^Verification: OK$/m, 'openssl ts takes it';

    ($exit, $said) = verify($dir, '--witness-ca', $witness->ca);
    is $exit, 0, 'audit verify too' or diag $said;
    like $said, qr/^1 stamp, the last at \d\S+Z of seal 1$/m, 'and tells of it';
    ($exit, $said) = verify($dir);
    is $exit, 0, 'without the CA';
    like $said, qr/^1 stamp, the last at \S+ of seal 1; --witness-ca verifies who gave them$/m, 'it is only told';
    ($exit, $said) = verify($dir, '--witness-ca', $witness->ca, '-o', 'json');
    is decode_json($said)->{seals}{stamped}, 1, 'as JSON';

    my $other = GGI::Witness->new;
    ($exit, $said) = verify($dir, '--witness-ca', $other->ca);
    is $exit, 1, 'with the CA of another witness';
    like $said, qr/: the stamp of seal 1: no authority that is trusted has signed it$/m, 'it is told';
    ($exit, $said) = verify($dir, '--witness-ca', "$dir/note");
    is $exit, 2, 'with a file that has no CA';
    like $said, qr/--witness-ca: \S+ cannot be read, or has no certificates in PEM$/m, 'too';
    ($exit, $said) = GGI::Folder::run($ggictl, qw(audit verify --witness-ca), $witness->ca, "$dir/log");
    is $exit, 2, 'without --key';
    like $said, qr/--witness-ca belongs to --key$/m, 'too';

    # a sealer that is started anew has its first seal stamped
    my $sealer = GGI::Child->command(
        $ggictl, qw(audit seal --follow --interval 2s --log), "$dir/log/audit.jsonl", '--keys', "$dir/keys",
        '--witness',
        $witness->url('/'));
    wait_for(sub { stamps($dir) == 2 }, 'a stamp');
    kill 'TERM', $sealer->{pid};
    $sealer->wait;
    is((verify($dir, '--witness-ca', $witness->ca))[0], 0, 'the stamp after a start is good too');
};

subtest 'a witness that has moved' => sub {
    my $dir = sealed('/moved', 2);
    is_deeply [map { $_->[0] } stamps($dir)], [1], 'is asked where it is now';
    is((verify($dir, '--witness-ca', $witness->ca))[0], 0, 'and its stamp is good');
};

subtest 'a witness that gives none' => sub {
    for (
        ['/status', qr/the server answered with the HTTP status 500; ask the witness why/],
        ['/junk', qr/it is no answer of RFC 3161/],
        ['/refuse', qr/the authority did not grant it/], ['/other', qr/it is not of this seal/],
        ['/old', qr/it is not of this seal/],
        ['/spoiled', qr/the certificate in it has not signed it, or was not in force/]
    ) {
        my ($path, $message) = @$_;
        my $before = $witness->requests;
        my $dir = sealed($path, 3);
        is_deeply [stamps($dir)], [], "$path: no seal has a stamp";
        like GGI::Folder::content("$dir/err"), qr{^ggictl: http\S+\Q$path\E: no stamp: $message}m, 'which is told';
        is $witness->requests, $before + 1, 'and it is not asked again at once';
        is((verify($dir, '--witness-ca', $witness->ca))[0], 0, 'the log is sealed all the same');
    }
    my $dir = GGI::Folder->new;
    my ($exit, $said) = GGI::Folder::run(
        $ggictl, qw(audit seal --log), "$dir/audit.jsonl", '--keys', "$dir/keys",
        qw(--witness ftp://x));
    is $exit, 2, 'another scheme';
    like $said, qr/--witness: expected a URL of http/, 'is told';
};

done_testing;
