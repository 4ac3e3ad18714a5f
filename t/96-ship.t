# SPDX-License-Identifier: EUPL-1.2
# ggictl audit ship to a real PostgreSQL: each record is there once and to the byte, whoever is killed meanwhile.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Child;
use GGI::Conf ();
use GGI::Folder ();
use GGI::Nginx;
use GGI::Postgres;
use GGI::Seals qw(append %chain);
use GGI::Slow;
use GGI::Unit;

my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $db = GGI::Postgres->new;
local $ENV{PGPASSFILE} = $db->passfile;

# A log of its own, and a database that is empty.
sub fresh {
    my $dir = GGI::Folder->new;
    mkdir "$dir/log" or die $!;
    $db->ask('DROP TABLE IF EXISTS ggi_audit, ggi_audit_aside, ggi_audit_place');
    return $dir;
}

sub ship {
    my ($dir, @more) = @_;
    return GGI::Folder::run($ggictl, qw(audit ship --log), "$dir/log/audit.jsonl", '--to', $db->url, @more);
}

sub follow {
    my ($dir) = @_;
    return GGI::Child->command(
        { err => "$dir/err" }, $ggictl, qw(audit ship --follow --log), "$dir/log/audit.jsonl",
        '--to', $db->url);
}

# The lines that the database has, in the order of their chains.
sub stored {
    return map { pack 'H*', $_ } $db->ask(q{SELECT encode(line, 'hex') FROM ggi_audit ORDER BY chain, number});
}

# The lines of files, which may be packed, in that order.
sub written {
    my (@files) = @_;
    my @lines = map {/(.*?\n)/gs} map { /\.gz$/ ? qx(zcat $_) : GGI::Folder::content($_) } @files;
    my %key = map { $_ => sprintf '%s %010d', /chain\.id":"([^"]+)".*?number":(\d+)/ } @lines;
    @lines = sort { $key{$a} cmp $key{$b} } @lines;
    return @lines;
}

sub has_all {
    my ($name, @lines) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @stored = stored();
    is scalar @stored, scalar @lines, "$name: as many";
    return ok "@stored" eq "@lines", "$name: each record once, and to the byte";
}

sub counted { my ($dir, @more) = @_; return decode_json((ship($dir, '-o', 'json', @more))[1]) }

sub wait_for { my ($so, $what) = @_; return GGI::Slow::wait_for($so, $what, 30) }
sub count { return ($db->ask(q{SELECT count(*) FROM ggi_audit}))[0] =~ /^(\d+)$/ ? $1 : 0 }

# A record of the form of the gate, with whatever is given; it belongs to a chain of one.
my $made = 0;

sub record {
    my (%what) = @_;
    return
          sprintf '{"resource":{"service.instance.id":"gate1"},"attributes":{"ggi.chain.id":"%s",'
        . '"ggi.chain.number":%d,"ggi.chain.previous":"%064d"%s},"event_name":"adl.access_evaluation",'
        . qq("timestamp":%s,"trace_id":"%s"}\n), $what{id} // sprintf('01a218bc-ecb9-70cd-88f2-c2e982%06x', ++$made),
        $what{number} // 1, 0, $what{more} // '', $what{time} // 1795726762986, $what{trace} // 'abc';
}

subtest 'once' => sub {
    my $dir = fresh();
    append("$dir/log/audit.$_.jsonl", 30 + $_) for 0 .. 1;
    append("$dir/log/audit.1.jsonl-20261126", 20);
    append("$dir/log/audit.0.jsonl-20261125", 20);
    my @lines = written(glob "$dir/log/*");
    system('gzip', "$dir/log/audit.0.jsonl-20261125") == 0 or die;
    my ($exit, $said) = ship($dir, '--once');
    is $exit, 0, 'all files are shipped' or diag $said;
    is $said, "records shipped: 101; there already: 0; lines set aside: 0; behind: 0 bytes, 0 seconds\n",
        'it is told how much, and how far behind';
    has_all('files of all workers, rotated and packed ones', @lines);
    my %none = (known => 0, aside => 0, behind_bytes => 0, behind_seconds => 0);
    is_deeply counted($dir), { %none, shipped => 0 }, 'nothing is shipped twice';
    append("$dir/log/audit.0.jsonl", 5);
    is_deeply counted($dir), { %none, shipped => 5 }, 'it goes on where it was';
    $db->ask('DELETE FROM ggi_audit_place');
    is_deeply counted($dir), { %none, shipped => 0, known => 106 }, 'records are known where places were lost';
    rename "$dir/log/audit.1.jsonl", "$dir/log/audit.1.jsonl-20261127" or die $!;
    append("$dir/log/audit.2.jsonl", 2);
    system('gzip', "$dir/log/audit.1.jsonl-20261127") == 0 or die;
    is_deeply counted($dir), { %none, shipped => 2 }, 'a file that was renamed and packed is known by its first line';
    has_all('in the end', written(glob "$dir/log/*"));
};

subtest 'a file that is being packed' => sub {
    my $dir = fresh();
    my $log = append("$dir/log/audit.0.jsonl-1", 400);
    my @lines = written($log);
    system('gzip', $log) == 0 or die;
    my $packed = GGI::Folder::content("$log.gz");
    my %sizes = (0 => 0, 3 => 0, length($packed) / 2 => 1, length($packed) - 1 => 1);
    for my $size (sort { $a <=> $b } keys %sizes) {
        $dir->file('log/audit.0.jsonl-1.gz', substr $packed, 0, $size);
        my ($exit, $said) = ship($dir, '--once');
        is $exit, 0, sprintf 'a packed file of which %d bytes are there is not finished', $size;
        like $said, qr/\Arecords shipped: /, 'and no fault' or diag $said;
    }
    cmp_ok count(), '<=', 400, 'no record is there twice';
    $dir->file('log/audit.0.jsonl-1.gz', $packed);
    is counted($dir)->{behind_bytes}, 0, 'when it is whole, so is what was shipped';
    has_all('of the packed file', @lines);
    append("$dir/log/audit.1.jsonl", 1);
    open my $fh, '>>', "$dir/log/audit.1.jsonl" or die $!;
    print $fh 'torn';
    close $fh or die $!;
    system('gzip', "$dir/log/audit.1.jsonl") == 0 or die;
    like + (ship($dir))[1], qr/: 1 line set aside: no record/,
        'a torn line at the end of one that is whole is set aside';
};

subtest 'days' => sub {
    my $dir = fresh();
    my $ms = 1795737599000;    # a second before the end of 2026-11-26 in UTC
    $dir->file('log/audit.0.jsonl', map { record(time => $_) } $ms, $ms + 1500, $ms - 1500, 0, 9e17);
    is counted($dir)->{shipped}, 5, 'records of several days';
    is_deeply [$db->ask(q{SELECT tableoid::regclass, time AT TIME ZONE 'UTC' FROM ggi_audit ORDER BY time NULLS LAST})],
        [
        'ggi_audit_20261126|2026-11-26 23:59:57.5', 'ggi_audit_20261126|2026-11-26 23:59:59',
        'ggi_audit_20261127|2026-11-27 00:00:00.5', 'ggi_audit_19700101|', 'ggi_audit_19700101|'],
        'each day has its partition, and times that no gate writes are together';
};

subtest 'what no database takes as a text' => sub {
    my $dir = fresh();
    my @of_one = (id => '01a218bc-ecb9-70cd-88f2-c2e981ffffff', number => 1);
    my @lines = (
        record(@of_one, more => ',"ggi.transaction_id":"a\\u0000b"'),
        record(@of_one[0 .. 2], 2, more => ',"ggi.transaction_id":"\\ud800"'),
        record(@of_one[0 .. 2], 3, more => ",\"ggi.transaction_id\":\"\xff\xfe\xc3\""),
        record(more => ',"ggi.transaction_id":"' . 'x' x 9000 . '"', trace => "\xe2\x82\xac" x 3000));
    my @no_record = ("{\"torn\n", "\n", "x\0y\n", record(id => 'c'), '{"' . 'y' x 1_100_000 . "\"}\n");
    $dir->file('log/audit.0.jsonl', $lines[0], @no_record, @lines[1 .. 3]);
    my ($exit, $said) = ship($dir, '-o', 'json');
    is $exit, 1, 'lines that are no records';
    like $said, qr/audit\.0\.jsonl: 5 lines set aside: no record/, 'are told of';
    like $said, qr/"shipped": 4,.*"aside": 5,/s, 'and counted';
    has_all('the others', @lines);
    my @aside = map { pack 'H*', $_ } $db->ask(q{SELECT encode(line, 'hex') FROM ggi_audit_aside ORDER BY place});
    is_deeply [@aside[0 .. 3]], [@no_record[0 .. 3]], 'they are kept as they are';
    is length $aside[4], 1024 * 1024 + 1, 'but for the end of one that no gate writes';
    is counted($dir)->{aside}, 0, 'once';
    append("$dir/log/audit.0.jsonl", 1);
    is counted($dir)->{shipped}, 1, 'what comes behind is shipped';

    my $first = $lines[0];
    $dir->file('log/audit.1.jsonl', $first =~ s/gate1/gate2/r, $first);
    ($exit, $said) = ship($dir, '-o', 'json');
    is $exit, 1, 'a record that differs from the one that has its number';
    like $said, qr/audit\.1\.jsonl: 1 line set aside.*"known": 1,/s, 'is told of, and one that does not is not';
    like $db->psql('audit', q{SELECT why FROM ggi_audit_aside WHERE encode(line, 'escape') LIKE '%gate2%'}),
        qr/^another record has its number in the chain$/, 'and is kept';

    my ($bad, @good) = map { record(more => ",\"ggi.transaction_id\":\"$_\"") } qw(no yes well);
    $db->ask("ALTER TABLE ggi_audit ADD CONSTRAINT no CHECK (transaction <> 'no')");
    $dir->file('log/audit.2.jsonl', $good[0], $bad, $good[1]);
    ($exit, $said) = ship($dir, '-o', 'json');
    is $exit, 1, 'a record that the database refuses';
    like $said, qr/audit\.2\.jsonl: 1 line set aside: .*violates check constraint "no".*"shipped": 2,/s,
        'stops no other one';
    is_deeply [$db->ask(q{SELECT encode(line, 'hex') FROM ggi_audit_aside WHERE why LIKE '%constraint%'})],
        [unpack 'H*', $bad], 'and is kept';
};

subtest 'files that are cut' => sub {
    my $dir = fresh();
    append("$dir/log/audit.0.jsonl", 9);
    my @before = written("$dir/log/audit.0.jsonl");
    is counted($dir)->{shipped}, 9, 'records';
    $dir->file('log/audit.0.jsonl', @before[0 .. 4]);
    my ($exit, $said) = ship($dir, '-o', 'json');
    is $exit, 1, 'a file that was cut';
    like $said, qr/is not what it was when it was shipped: it was cut or changed.*"known": 5,/s, 'is told of';
    my @new = map { record() } 1 .. 9;
    $dir->file('log/audit.0.jsonl', @before[0 .. 4], @new);
    ($exit, $said) = ship($dir, '-o', 'json');
    is $exit, 0, 'what is written to it then' or diag $said;
    like $said, qr/"shipped": 9,/, 'is shipped';
    $dir->file('log/audit.0.jsonl', @before[0 .. 3], @new, map { record() } 1 .. 3);
    like((ship($dir, '-o', 'json'))[1], qr/it was cut or changed.*"shipped": 3,/s, 'also when it is as long again');
    $dir->file('log/audit.0.jsonl', map { record() } 1 .. 4);
    is counted($dir)->{shipped}, 4, 'a file of the same name is another one by its first line';
    is count(), 9 + 9 + 3 + 4, 'nothing that was shipped is lost';
};

subtest 'whoever is killed' => sub {
    my $dir = fresh();
    my $writer = GGI::Child->function(
        sub {
            for my $n (1 .. 40) {
                append("$dir/log/audit.$_.jsonl", 1 + rand 90) for 0 .. 1;
                sleep 0.05;
                next if $n % 10;
                # another log is begun, and the older one packed
                rename "$dir/log/audit.0.jsonl", "$dir/log/audit.0.jsonl-$n" or die $!;
                delete $chain{"$dir/log/audit.0.jsonl"};
                system('gzip', "$dir/log/audit.0.jsonl-" . ($n - 10)) if $n > 10;
            }
        });
    my $shipper = follow($dir);
    for my $n (1 .. 7) {
        sleep 0.2;
        if ($n % 4 == 2) {
            $db->stop('KILL');
            sleep 0.1;
            $db->start;
        }
        else {
            $shipper->stop;
            $shipper = follow($dir);
        }
    }
    $writer->wait;
    my @lines = written(glob "$dir/log/audit.*");
    wait_for(sub { count() >= @lines }, 'all records');
    has_all('the database', @lines);
    is_deeply [$db->ask('SELECT * FROM ggi_audit_aside')], [], 'nothing was set aside';
};

subtest 'a database that is not there' => sub {
    my $dir = fresh();
    append("$dir/log/audit.$_.jsonl", 3) for 0 .. 1;
    my $shipper = follow($dir);
    wait_for(sub { count() == 6 }, 'records');
    $db->stop;
    append("$dir/log/audit.$_.jsonl", 4) for 0 .. 1;
    wait_for(sub { -s "$dir/err" }, 'word of it');
    my @lines = written(glob "$dir/log/*");
    my ($exit, $said) = ship($dir);
    is $exit, 2, 'once';
    like $said, qr/Connection refused.*; 0 records were shipped, and \d{4} bytes are behind/, 'is told';
    sleep 1;
    unlink "$dir/log/audit.0.jsonl" or die $!;
    append("$dir/log/audit.2.jsonl", 2);
    push @lines, written("$dir/log/audit.2.jsonl");
    $db->start;
    wait_for(sub { count() == 16 }, 'all records, that of a file that was removed too');
    has_all('all', sort { $a cmp $b } @lines);
    wait_for(sub { GGI::Folder::content("$dir/err") =~ /: it answers again/ }, 'word of that');
    like GGI::Folder::content("$dir/err"),
        qr/\Aggictl: audit ship: [^\n]+: nothing is shipped until it answers again
ggictl: audit ship: it answers again, and has all that was recorded\n\z/, 'each is told once';

    $db->signal('STOP');
    append("$dir/log/audit.1.jsonl", 5);
    sleep 1.2;
    $db->signal('CONT');
    wait_for(sub { count() == 21 }, 'all records when the database hangs for a while');
};

subtest 'what it cannot do' => sub {
    my $dir = fresh();
    append("$dir/log/audit.0.jsonl", 1);
    my $to = sub { return GGI::Folder::run($ggictl, qw(audit ship --log), "$dir/log/audit.jsonl", @_) };
    my $port = $db->port;
    for (
        [[], qr/expected --to, or GGI_SHIP_TO/],
        [['--to', 'mysql://x/y'], qr/--to: expected a URL of postgresql:\/\/, redis:/],
        [['--to', "postgresql://ship:secret\@127.0.0.1:$port/audit"], qr/a password on the command line can be read/],
        [['--to', "postgresql://ship\@127.0.0.1:$port/audit?password=secret"], qr/PGPASSFILE/],
        [['--to', 'postgresql://ship:secret@[::1/audit'], qr/the URL of the database cannot be read/],
        [['--to', "postgresql://nobody\@127.0.0.1:$port/audit"], qr/no password supplied/],
        [['--to', "postgresql://ship\@127.0.0.1:$port/other"], qr/"other" does not exist/],
        [['--to', $db->url('lezer')], qr/permission denied for schema public/],
        [['--to', $db->url, '--once', '--follow'], qr/--once and --follow do not go together/],
    ) {
        my ($exit, $said) = $to->(@{ $_->[0] });
        is $exit, 2, "@{ $_->[0] }";
        like $said, $_->[1], 'is told';
        unlike $said, qr/secret/, 'without a password';
    }
    local $ENV{GGI_SHIP_TO} = $db->url;
    is(($to->())[0], 0, 'the URL may stand in the environment');
    $db->ask(q{CREATE DATABASE latin OWNER ship ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0});
    my ($exit, $said) = $to->('--to', $db->url =~ s/audit$/latin/r);
    is $exit, 2, 'a database of another encoding';
    like $said, qr/another encoding than UTF8/, 'is told';
};

subtest 'the unit' => sub {
    my $unit = GGI::Unit->new('ggi-ship');
    my ($log) = GGI::Conf::content('conf/nginx.conf') =~ /^\s*ggi_audit_log\s+(\S+?);?\s/m;
    like $unit->command, qr/ audit ship --log \Q$log\E --follow$/, 'it ships the log of conf/nginx.conf';
    my $file = $unit->setting('EnvironmentFile');
    like $unit->{service}, qr/^# In \Q$file\E stands where to:\n#   GGI_SHIP_TO=\S+verify-full/m,
        'to where a file says';
    $unit->sound;
};

done_testing;
