# SPDX-License-Identifier: EUPL-1.2
# ggictl audit verify --key: every manipulation of what was sealed is found, and what was not is told apart from that.
# GGI_MANIPULATIONS asks for more of them than a hundred.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP;
use Test::More;

use GGI::Child;
use GGI::Folder ();
use GGI::Gate;
use GGI::Nginx;
use GGI::Seals qw(append %chain);
use GGI::Slow;
use GGI::Tamper qw(seal close_seals lines put files any edit);

my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $interval = '10m';    # after which seals are old: long, until a test waits for that

sub verify {
    my ($dir, @more) = @_;
    return GGI::Folder::run(
        $ggictl, qw(audit verify --interval), $interval, '--key', "$dir/keys/public",
        @more ? @more : "$dir/log");
}

sub content { my ($path) = @_; return GGI::Folder::content($path) }

sub wait_for { my ($so, $what) = @_; return GGI::Slow::wait_for($so, $what, 30) }

sub fresh {
    my $dir = GGI::Folder->new;
    mkdir "$dir/log" or die $!;
    return $dir;
}

subtest 'verdicts' => sub {
    my $dir = fresh();
    append("$dir/log/audit.$_.jsonl", 4 + $_) for 0 .. 1;
    seal($dir);
    my ($exit, $said) = verify($dir);
    is $exit, 0, 'a log that is sealed on' or diag $said;
    like $said, qr/^1 seal, the last of \S+Z; 0 files expired\n0 lines are not sealed yet\nwhole\n\z/m, 'is whole';
    append("$dir/log/audit.0.jsonl", 3);
    ($exit, $said) = verify($dir);
    is $exit, 0, 'with new lines';
    like $said, qr/^3 lines are not sealed yet\nwhole\n\z/m, 'too, and they are counted';
    my $public = content("$dir/keys/public") =~ s/\s+\z//r;
    for my $named (
        ["$dir/log"], ["$dir/log/", "$dir/log"], ["$dir/log/audit.jsonl"], [glob "$dir/log/*.jsonl"],
        ["$dir/log/audit.seals", "$dir/log"]
    ) {
        ($exit, $said) = GGI::Folder::run($ggictl, qw(audit verify --key), $public, @$named);
        is $exit, 0, "the key itself, of @$named" or diag $said;
    }
    ($exit, $said) = verify($dir, "$dir/log/audit.0.jsonl");
    is $exit, 1, 'a file alone';
    my $first = sha256_hex((content("$dir/log/audit.1.jsonl") =~ /\A(.*\n)/)[0]);
    like $said, qr/^a file is missing: its first line has the SHA-256 $first, and seal 1 has it to byte \d+$/m,
        'and the one that is missing is told';
    is((verify($dir, '--partial', "$dir/log/audit.0.jsonl"))[0], 0, 'unless that is meant');
    seal($dir, '--expire', "$dir/log/audit.1.jsonl", '--reason', 'P5Y is over');
    unlink "$dir/log/audit.1.jsonl" or die $!;
    ($exit, $said) = verify($dir);
    is $exit, 0, 'one that was removed by retention' or diag $said;
    like $said, qr/; 1 file expired$/m, 'is told';
    $interval = int($GGI::Slow::FACTOR) . 's';
    wait_for(sub { (verify($dir))[0] }, 'that is too old');
    ($exit, $said) = verify($dir);
    like $said,
        qr/^ended by a crash, or the end of the seals was cut off: the last one is old, and is no closing one$/m,
        'a log whose last seal is old, and no closing one, ended by a crash';
    ($exit, $said) = verify($dir, "$dir/log", '-o', 'json');
    is decode_json($said)->{verdict}, 'crash', 'as JSON';
    close_seals($dir);
    ($exit, $said) = verify($dir);
    is $exit, 0, 'one that was closed is whole' or diag $said;
    like $said, qr/^no seal from \S+ to \S+, without a closing one/m, 'and when nothing was sealed is told';
    like $said, qr/^4 seals, the last of \S+, a closing one; /m, 'with its last seal';
    ($exit, $said) = verify($dir, "$dir/log", '-o', 'json');
    my $json = decode_json($said);
    delete $json->{seals}{time};
    is_deeply [@$json{qw(verdict seals faults)}],
        ['whole', { last => 4, closed => JSON::PP::true, expired => 1, not_sealed => 0, stamped => 0 }, []], 'as JSON'
        or diag $said;
    append("$dir/log/audit.0.jsonl", 2);
    wait_for(sub { (verify($dir))[0] }, 'lines behind it');
    ($exit, $said) = verify($dir);
    like $said, qr/^2 lines are not sealed\nnot sealed to its end: .*$/m,
        'lines that came long after it are not sealed';
    open my $torn, '>>', "$dir/log/audit.0.jsonl" or die $!;
    print $torn qq({"torn"\n);
    close $torn or die $!;
    seal($dir);
    ($exit, $said) = verify($dir);
    is $exit, 1, 'a line that was torn before it was sealed';
    like $said, qr/^faulty, and as it was sealed\n\z/m, 'is a fault, and was not tampered with';
};

subtest 'records that no gate writes' => sub {
    my $dir = fresh();
    my @place = (
        ['01a218bc-ecb9-70cd-88f2-c2e981ffffff', '9223372036854775807'],
        ['01A218BC-ECB9-70CD-88F2-C2E981FFFFFF', '1']);
    my $n = 0;
    for my $place (@place) {
        append("$dir/log/audit.0.jsonl", 1);
        put("$dir/log/audit.$n-1.jsonl", sprintf
                qq({"attributes":{"ggi.chain.id":"%s","ggi.chain.number":%s,"ggi.chain.previous":"%s"}}\n),
            @$place, '0' x 64);
        seal($dir);
        my ($exit, $said) = verify($dir);
        $n++;
        like $said, qr/^$n seals?, .*\n0 lines are not sealed yet\n/m, "a place that no seal can name: @$place"
            or diag $said;
    }
};

subtest 'what it cannot do' => sub {
    my $dir = fresh();
    append("$dir/log/audit.0.jsonl", 4);
    seal($dir);
    my ($exit, $said) = GGI::Folder::run($ggictl, qw(audit verify --key nonsense), "$dir/log");
    is $exit, 2, 'a key that is none';
    like $said, qr/--key: nonsense is no public key of seals, nor a file with one/, 'is told';
    $dir->file('log/other.seals', '');
    for my $named ("$dir/log", "$dir/log/") {
        ($exit, $said) = verify($dir, $named);
        is $exit, 2, 'two logs in a directory';
        like $said, qr{these have different seals, \Q$dir\E/log/\w+\.seals and \Q$dir\E/log/\w+\.seals: verify one },
            'are told';
    }
    unlink "$dir/log/other.seals";
    ($exit, $said) =
        GGI::Folder::run('sh', '-c', "$ggictl audit verify --key $dir/keys/public - <$dir/log/audit.0.jsonl");
    is $exit, 2, 'standard input alone';
    like $said, qr/name the seals too/, 'is told';
    ($exit, $said) = GGI::Folder::run(
        'sh', '-c',
        "$ggictl audit verify --key $dir/keys/public $dir/log/audit.seals - <$dir/log/audit.0.jsonl");
    is $exit, 0, 'with the seals it is good' or diag $said;
    for my $seals ('', undef) {
        defined $seals ? $dir->file('log/audit.seals', $seals) : unlink "$dir/log/audit.seals";
        ($exit, $said) = verify($dir);
        is $exit, 1, defined $seals ? 'seals that are empty' : 'no seals';
        like $said, qr/: there are no seals$/m, 'are told';
        like $said, qr/^tampered with$/m, 'and the verdict is the worst';
    }
};

# A log of three workers that was sealed twenty times, over rotations, packing, restarts and a closing seal.
my $sealed = fresh();
{
    my ($dir, $log) = ($sealed, "$sealed/log/audit");
    for my $round (1 .. 16) {
        append("$log.$_.jsonl", 2 + int rand 5) for 0 .. 2;
        seal($dir);
        close_seals($dir) if $round == 9;
        if ($round % 5 == 0) {
            rename "$log.$_.jsonl", "$log.$_.jsonl-$round" or die $! for 0, 1;
            system('gzip', "$log.0.jsonl-$round") == 0 or die if $round == 10;
            seal($dir);
        }
    }
    close_seals($dir);
}

subtest 'manipulations' => sub {
    my ($exit, $said) = verify($sealed);
    is $exit, 0, 'the log that is manipulated is whole' or diag $said;
    wait_for(sub { time > (stat "$sealed/log/audit.seals")[9] + 4 * $GGI::Slow::FACTOR }, 'its last seal is old');
    ($exit, $said) = verify($sealed);
    is $exit, 0, 'also later' or diag $said;
    my $many = $ENV{GGI_MANIPULATIONS} // 100;
    my $seed = $ENV{GGI_SEED} // int rand 1e9;
    srand $seed;
    my (%found, @missed);
    for my $kind (GGI::Tamper::harmless()) {
        my $dir = GGI::Folder->new;
        system('cp', '-a', "$sealed/log", "$sealed/keys", "$dir/") == 0 or die;
        GGI::Tamper::manipulate($kind, $dir);
        is((verify($dir))[0], 0, "$kind: the log is whole all the same");
    }
    my @kinds = GGI::Tamper::kinds();
    for my $n (1 .. $many) {
        my $kind = $kinds[$n % @kinds];
        my $dir = GGI::Folder->new;
        system('cp', '-a', "$sealed/log", "$sealed/keys", "$dir/") == 0 or die;
        GGI::Tamper::manipulate($kind, $dir);
        ($exit, $said) = verify($dir);
        if ($exit == 1 && $said =~ /^(?:tampered with|ended by a crash|not sealed to its end)/m) {
            $found{$kind}++;
        }
        else {
            push @missed, "$n, $kind: $exit, $said";
        }
    }
    is_deeply \@missed, [], "$many of $many were found, of " . keys(%found) . " kinds (seed $seed)"
        or diag "GGI_SEED=$seed";
    note scalar(@missed), " of $many manipulations were missed";
};

# A copy of the sealed log, of which a line is another one, of the same place and length.
sub with_another {
    my ($name, $i) = @_;
    my $dir = GGI::Folder->new;
    system('cp', '-a', "$sealed/log", "$sealed/keys", "$dir/") == 0 or die;
    my @lines = lines("$dir/log/$name");
    $lines[$i] =~ s/"pad"/"pae"/ or die;
    put("$dir/log/$name", @lines);
    return $dir;
}

subtest 'the line is named' => sub {
    for my $file (files($sealed)) {
        my ($name) = $file =~ m{([^/]+)\z};
        my $last = () = lines($file);
        my ($exit, $said) = verify(with_another($name, -1));
        like $said, qr{^\S+/\Q$name\E:$last: tampered with: it is not the line that seal \d+ has$}m,
            "the last line of $name";
        is scalar(() = $said =~ /tampered with: /g), 1, 'and no other';
    }
    my ($exit, $said) = verify(with_another('audit.2.jsonl', 0));
    like $said,
        qr{^a file is missing: .* to byte \d+; perhaps it is \S+/audit\.2\.jsonl, whose first line no seal has$}m,
        'a first line makes another file';
    ($exit, $said) = verify(with_another('audit.2.jsonl', 4));
    like $said, qr{^\S+/audit\.2\.jsonl:5: record 5 of chain \S+ is not the one}m, 'a line within, by its chain';
    my ($from, $of, $to) = $said =~ m{/audit\.2\.jsonl:(\d+): tampered with: of the lines (\d+) to (\d+) not all}m;
    ($from, $of, $to) = (5, 5, 5) if $said =~ m{/audit\.2\.jsonl:5: tampered with: it is not the line};
    ok $from == $of && $of <= 5 && $to >= 5, 'and by the lines of its seal' or diag $said;
};

subtest 'the log of a gateway' => sub {
    my $gate = GGI::Gate->new(workers => 2)->start;
    my $dir = GGI::Folder->new;
    my $log = $gate->audit_file(0) =~ s/\.0\.jsonl$/.jsonl/r;
    my $sealer =
        GGI::Child->command($ggictl, qw(audit seal --follow --interval 200ms --log), $log, '--keys', "$dir/keys");
    $gate->call("/brp/$_") for 1 .. 6;
    $gate->since(6, 6);
    my ($exit, $said);
    wait_for(
        sub {
            ($exit, $said) = -e "$dir/keys/public" ? verify($dir, $log) : 2;
            $exit == 0 && $said =~ /^0 lines are not/m;
        },
        'it is sealed');
    is $exit, 0, 'is whole while it is written' or diag $said;
    $gate->stop;
    kill 'TERM', $sealer->{pid};
    $sealer->wait;
    ($exit, $said) = verify($dir, $log);
    is $exit, 0, 'and after it' or diag $said;
    like $said, qr/, a closing one;/, 'with a closing seal';
    my $file = any(grep {-s} map { $gate->audit_file($_) } 0 .. 1);
    edit($file, -1);
    is((verify($dir, $log))[0], 1, 'a last line that is changed is found');
};

done_testing;
