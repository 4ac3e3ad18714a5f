# SPDX-License-Identifier: EUPL-1.2
# The log of changes: who changed what by ggictl. No change without its record, whatever is done to the log.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use Test::More;

use GGI::Audit ();
use GGI::Child;
use GGI::Disk;
use GGI::Folder ();
use GGI::Halt;
use GGI::Nginx;
use GGI::Redis;

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $redis = GGI::Redis->new;
my $oin = '00000001823288444000';
my $other = '00000001002564440000';
delete @ENV{qw(GGI_CHANGES SUDO_USER SSH_CONNECTION)};

sub profile {
    my ($number, $version, $name) = @_;
    return qq({"naam":"$name","oin":"$number","versie":$version,"diensten":{"brp":{"methoden":["GET"],)
        . q("paden":["/brp/*"],"doelbindingen":["A"]}}});
}

# A folder with a log of changes in it, of which "log" gives all that is recorded.
sub fresh {
    my $dir = GGI::Folder->new;
    mkdir "$dir/log" or die $!;
    return $dir;
}
sub files {
    my ($dir) = @_;
    my @files = sort glob "$dir/log/changes.*.jsonl";
    return @files;
}
sub text {
    my ($dir) = @_;
    return join '', map { GGI::Folder::content($_) } files($dir);
}
# Empties Redis but for the marker of its data set: t/123 is about one that is made.
sub emptied {
    $redis->cli('flushall');
    $redis->cli(qw(hset ggi:dataset id test number 1));
    return;
}
sub records {
    my ($dir, $kind) = @_;
    return grep { $_->{event_name} eq "ggi.$kind" } GGI::Audit::records(text($dir));
}
sub changes {
    my ($dir) = @_;
    return map { $_->{attributes} } records($dir, 'change');
}
sub results {
    my ($dir) = @_;
    return map { $_->{attributes}{'ggi.change.result'} } records($dir, 'change_ended');
}

sub ggictl {
    my ($dir, @arguments) = @_;
    local $ENV{GGI_REDIS} = $ENV{GGI_REDIS} // $redis->url;
    local $ENV{GGI_CHANGES} = "$dir/log/changes.jsonl";
    return GGI::Folder::run($tool, @arguments);
}

sub is_ggictl {
    my ($dir, $name, $status, $output, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($exit, $said) = ggictl($dir, @arguments);
    return ok($exit == $status && $said =~ $output, $name) || diag "exit status $exit instead of $status:\n$said";
}
sub load { my ($dir, $status, @profiles) = @_; return file_load($dir, $status, 'p.json', @profiles) }

sub file_load {
    my ($dir, $status, $name, @profiles) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $file = $dir->file($name, '[' . join(',', @profiles) . ']');
    return is_ggictl($dir, 'profiel load', $status, qr/./, 'profiel', 'load', $file);
}

sub verifies {
    my ($dir, $like) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_ggictl($dir, 'the log verifies', 0, $like // qr/ 0 faults/, 'audit', 'verify', "$dir/log");
}

subtest 'what is recorded of a change' => sub {
    my $dir = fresh();
    load($dir, 0, profile($oin, 3, 'Een'), profile($other, 1, 'Twee'));
    my $there = $redis->cli('--raw', 'get', "ggi:profiel:$oin");
    my @changes = changes($dir);
    is scalar @changes, 2, 'each profile is a change';
    my %first = %{ $changes[0] };
    is $first{'ggi.change.command'}, 'profiel load', 'the command';
    is $first{'ggi.change.oin'}, $oin, 'whose profile';
    is $first{'ggi.change.target'}, $redis->url, 'in which Redis';
    is $first{'ggi.change.source'}, "$dir/p.json", 'from which file';
    is $first{'ggi.change.after.version'}, 3, 'the version';
    is $first{'ggi.change.after.sha256'}, sha256_hex($there), 'the digest of what is in Redis';
    is $first{'ggi.change.after.document'}, $there, 'and all of it';
    is $first{'ggi.change.before.sha256'}, undef, 'nothing was there';
    is $first{'process.user.id'}, $>, 'by which user';
    is $first{'process.user.name'}, scalar getpwuid $>, 'and its name';
    is_deeply [results($dir)], [qw(done done)], 'what came of both';

    load($dir, 0, profile($oin, 3, 'Een'), profile($other, 2, 'Twee'));
    is scalar(@changes = changes($dir)), 3, 'what is there already is no change';
    is $changes[2]{'ggi.change.before.version'}, 1, 'the version before';
    is $changes[2]{'ggi.change.before.sha256'}, $changes[1]{'ggi.change.after.sha256'}, 'and its digest';
    load($dir, 1, profile($oin, 2, 'Oud'));
    like(
        (records($dir, 'change_ended'))[3]{attributes}{'ggi.change.why'}, qr/\A$oin has version 3/,
        'why it was refused');
    is_ggictl($dir, 'load by force', 0, qr/1 of 1/, 'load', '--force', "$dir/p.json");
    ok((changes($dir))[4]{'ggi.change.forced'}, 'that it was forced');
    is_ggictl($dir, 'withdraw', 0, qr/withdrawn/, 'withdraw', $oin);
    is_ggictl($dir, 'withdraw again', 1, qr/there was no profile/, 'withdraw', $oin);
    is_deeply [results($dir)], [qw(done done done refused done done unchanged)], 'what came of all';
    verifies($dir);
    GGI::Audit::chains_hold(text($dir), 'sha256sum says so too');
    is scalar(records($dir, 'chain_opened')), 6, 'each run that changes something is a chain';
    is scalar(records($dir, 'chain_closed')), 6, 'which is closed';

    is_ggictl(
        $dir, 'who changed the profile of an OIN', 0, qr/\A(?:[^\n]+profiel[^\n]+$oin[^\n]+\n){5}\z/, 'audit',
        'query', '--event', 'change', '--oin', $oin, "$dir/log");
    is_ggictl(
        $dir, 'a change in a line', 0, qr/Z  profiel withdraw $oin  in \S+  version 2 to none  by \w+ on \S+  done$/m,
        'audit', 'tail', "$dir/log");
    is_ggictl($dir, 'as JSON', 0, qr/"outcome":\{"resource"/, qw(audit query --event change -o json), "$dir/log");
    is_ggictl(
        $dir, 'changes are no calls', 1, qr/\Atime,[^\n]*\n\z/, qw(audit export --as csv --oin), $oin,
        "$dir/log");
};

subtest 'which log' => sub {
    my $dir = fresh();
    local $ENV{GGI_REDIS} = $redis->url;
    $dir->file('p.json', profile($oin, 10, 'Een'));
    my ($exit, $said) = GGI::Folder::run($tool, 'profiel', 'load', "$dir/p.json");
    is $exit, 0, 'without a log something is changed';
    is scalar(() = $said =~ /who changes what is not recorded/g), 1, 'which is told once';
    ($exit, $said) = GGI::Folder::run($tool, 'profiel', 'show', $oin);
    unlike $said, qr/recorded/, 'and not of what changes nothing';
    GGI::Folder::run($tool, 'withdraw', $oin, '--changes', "$dir/log/changes.jsonl");
    is_deeply [results($dir)], ['done'], '--changes names one';
};

subtest 'the log of ggictl.conf' => sub {
    plan skip_all => 'no file can be mounted here' if system('unshare -m true 2>/dev/null') != 0;
    my ($dir, $exit, $said) = (fresh());
    local $ENV{GGI_REDIS} = $redis->url;
    $dir->file('p.json', profile($oin, 10, 'Een'));
    emptied();
    my $etc = fresh();
    system "cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/hosts '$etc/log/' 2>/dev/null";
    system "cp -r /etc/ssl '$etc/log/' 2>/dev/null";
    my $with = sub {
        my ($conf, @arguments) = @_;
        $etc->file('log/ggictl.conf', $conf) if defined $conf;
        return GGI::Folder::run(
            'unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc && exec "$@"', "$etc/log", $tool,
            @arguments);
    };
    my $conf = "# who changed what\nchanges $dir/log/changes.jsonl\n";
    ($exit, $said) = $with->($conf, 'withdraw', $oin);
    is $exit, 1, 'ggictl.conf names one' or diag $said;
    is scalar(results($dir)), 1, 'in which it is recorded';
    for my $case (
        ['--changes names another log', $conf, '--changes', '/tmp/changes.jsonl'],
        ['there is something else in ggictl.conf', "changes relative.jsonl\n"],
        ['it names two', "$conf$conf"]
    ) {
        my ($name, $text, @more) = @$case;
        ($exit, $said) = $with->($text, 'load', "$dir/p.json", @more);
        is $exit, 2, "nothing is changed when $name" or diag $said;
        is $redis->cli('exists', "ggi:profiel:$oin"), 0, 'indeed';
    }
    {
        local $ENV{GGI_CHANGES} = '/dev/null';
        ($exit, $said) = $with->($conf, 'load', "$dir/p.json");
        like $said, qr/GGI_CHANGES names \/dev\/null: nothing is changed/, 'nor when the environment names another one';
    }
    chmod 0666, "$etc/log/ggictl.conf";
    ($exit, $said) = $with->(undef, 'load', "$dir/p.json");
    like $said, qr/a file of root that nobody else can write/, 'nor when others can write it';
    is scalar(results($dir)), 1, 'of all that nothing was recorded';
};

subtest 'no record, no change' => sub {
    my %broken = (
        'its directory is missing' => sub { rmdir "$_[0]/log" },
        'it is a link' => sub { symlink "$_[0]/elsewhere", "$_[0]/log/changes.0.jsonl" },
        'it is a link to a file' => sub { symlink $_[0]->file('elsewhere', 'x'), "$_[0]/log/changes.0.jsonl" },
        'it has two names' => sub { link $_[0]->file('elsewhere', 'x'), "$_[0]/log/changes.0.jsonl" },
        'it is a FIFO' => sub { system 'mkfifo', "$_[0]/log/changes.0.jsonl" },
        'it is a directory' => sub { mkdir "$_[0]/log/changes.0.jsonl" });
    for my $name (sort keys %broken) {
        my $dir = fresh();
        emptied();
        $broken{$name}->($dir);
        load($dir, 2, profile($oin, 1, 'Een'));
        is $redis->cli('exists', "ggi:profiel:$oin"), 0, "nothing is changed when $name";
        is -e "$dir/elsewhere" ? GGI::Folder::content("$dir/elsewhere") : 'x', 'x', 'nor is anything written elsewhere';
    }

    my $dir = fresh();
    $dir->file('log/changes.0.jsonl', "{\"torn\":\n", '{"resource');
    load($dir, 0, profile($oin, 1, 'Een'));
    like text($dir), qr/\A\{"torn":\n\{"resource\n\{"resource":/, 'what somebody else wrote stays as it is';

};

subtest 'several users' => sub {
    my $guest = getpwnam 'nobody';
    plan skip_all => 'needs root, to be somebody else' if $> != 0 || !defined $guest || GGI::Nginx::under_instrument();
    my $dir = fresh();
    load($dir, 0, profile($oin, 2, 'Een'));
    chmod 0755, "$dir";
    my $copy = "$dir/ggictl";    # where everybody may read it
    system('cp', $tool, $copy) == 0 or die "cp ggictl failed\n";
    chmod 01777, "$dir/log";
    my $two = $dir->file('two.json', profile($oin, 3, 'Een'));
    chmod 0644, $two;
    local @ENV{qw(GGI_REDIS GGI_CHANGES)} = ($redis->url, "$dir/log/changes.jsonl");
    my ($exit, $said) =
        GGI::Folder::run(qw(setpriv --reuid=nobody --regid=nogroup --clear-groups), $copy, 'load', $two);
    is $exit, 0, 'another user has a file of its own' or diag $said;
    is scalar(files($dir)), 2, 'beside that of the first';
    is + (changes($dir))[-1]{'process.user.name'}, 'nobody', 'with its name';
    chmod 0755, "$dir/log";
    unlink +(files($dir))[1];
    ($exit, $said) =
        GGI::Folder::run(qw(setpriv --reuid=nobody --regid=nogroup --clear-groups), $copy, 'withdraw', $oin);
    is $exit, 2, 'who may write no file changes nothing';
    like $said, qr/Permission denied: nothing is changed/, 'and is told why';
    is $redis->cli('exists', "ggi:profiel:$oin"), 1, 'indeed';
};

subtest 'a full disk' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $dir = fresh();
    my $disk = GGI::Disk->new(size => '256k');
    symlink $disk->path, "$dir/disk";
    local $ENV{GGI_REDIS} = $redis->url;
    my $changes = $disk->path . '/changes.jsonl';
    $dir->file('p.json', profile($oin, 20, 'Een'));
    emptied();
    $disk->fill;
    my ($exit, $said) = GGI::Folder::run($tool, 'load', '--changes', $changes, "$dir/p.json");
    is $exit, 2, 'nothing is changed' or diag $said;
    is $redis->cli('exists', "ggi:profiel:$oin"), 0, 'indeed';
    is -s $disk->path . '/changes.0.jsonl', 0, 'and no half of a record is written';
    $disk->free;

    my $halt = GGI::Halt->new($redis->port, qr/redis\.call\('SET'/);
    my $child = GGI::Child->command($tool, 'load', '--redis', $halt->url, '--changes', $changes, "$dir/p.json");
    $halt->reached;
    $disk->fill;
    $halt->go_on;
    is $child->wait, 0, 'a disk that fills up meanwhile has room for the outcome';
    ($exit, $said) = GGI::Folder::run($tool, 'audit', 'query', '--event', 'change', $disk->path);
    like $said, qr/  done$/m, 'which is recorded';
    ($exit, $said) = GGI::Folder::run($tool, 'audit', 'verify', $disk->path);
    like $said, qr/closed \(stop\).*0 faults/s, 'as is the end of the chain';
};

# Loads a profile into an empty Redis, halted just before it is set there.
sub halted {
    my ($profile) = @_;
    my $dir = fresh();
    emptied();
    my $file = $dir->file('p.json', $profile);
    my $halt = GGI::Halt->new($redis->port, qr/redis\.call\('SET'/);
    my $child = GGI::Child->command($tool, 'load', '--redis', $halt->url, '--changes', "$dir/log/changes.jsonl", $file);
    $halt->reached;
    return ($dir, $halt, $child);
}

subtest 'a kill between' => sub {
    my ($dir, $halt, $child) = halted(profile($oin, 1, 'Een'));
    is scalar(changes($dir)), 1, 'the change is recorded before it is made';
    is $redis->cli('exists', "ggi:profiel:$oin"), 0, 'which it is not yet';
    my ($exit, $said) = ggictl($dir, 'withdraw', $oin);
    is $exit, 1, 'another one writes meanwhile';
    is scalar(files($dir)), 2, 'to a file of its own';
    $child->stop;
    verifies($dir, qr/not closed: [^\n]+; 1 change without an outcome: nobody knows whether it was made\n/);
    is_ggictl($dir, 'audit query', 0, qr/$oin  in .*  no outcome$/m, qw(audit query --event change), "$dir/log");
    load($dir, 0, profile($oin, 2, 'Een'));
    verifies($dir, qr/ended by a crash: [^\n]+; 1 change without an outcome/);
    is_deeply [results($dir)], [qw(done unchanged)], 'the next one goes on behind it';

    my $drop = GGI::Halt->new($redis->port, qr/redis\.call\('DEL'/);
    $child = GGI::Child->command($tool, 'withdraw', '--redis', $drop->url, '--changes', "$dir/log/changes.jsonl", $oin);
    $drop->reached;
    $drop->drop;
    is $child->wait >> 8, 2, 'Redis that goes away is an error';
    is_deeply [results($dir)], [qw(done unknown unchanged)], 'after which nobody knows what came of it';
};

subtest 'others change the same' => sub {
    my ($dir, $halt, $child) = halted(profile($oin, 5, 'Een'));
    $redis->cli('set', "ggi:profiel:$oin", my $between = profile($oin, 4, 'Tussen'));
    $halt->go_on;
    is $child->wait, 0, 'it is loaded';
    my @changes = changes($dir);
    is_deeply [results($dir)], [qw(refused done)], 'at the second attempt';
    is $changes[1]{'ggi.change.before.sha256'}, sha256_hex($between), 'with what was there between';

    $dir = fresh();
    emptied();
    my @loads = map {
        my $load = $dir->file(
            "$_.json",
            '[' . join(',', map { profile($_->[0], $_->[1], "P$_->[1]") } [$oin, $_], [$other, 100 - $_]) . ']');
        GGI::Child->command(
            $tool, 'load', '--force', '--redis', $redis->url, '--changes', "$dir/log/changes.jsonl",
            $load);
    } 1 .. 20;
    is_deeply [grep { $_ != 0 } map { $_->wait } @loads], [], 'twenty at once';
    verifies($dir, qr/^\d+ records, 0 faults/m);
    GGI::Audit::chains_hold(GGI::Folder::content($_), "$_ is whole") for files($dir);
    my %outcome = map { $_->{trace_id} => $_->{attributes}{'ggi.change.result'} } records($dir, 'change_ended');
    for my $number ($oin, $other) {
        my @done = map { $_->{attributes} }
            grep { $_->{attributes}{'ggi.change.oin'} eq $number && $outcome{ $_->{trace_id} } eq 'done' }
            records($dir, 'change');
        my $last = sha256_hex($redis->cli('--raw', 'get', "ggi:profiel:$number"));
        is scalar @done, 20, 'each made its change';
        is_deeply [sort map { $_->{'ggi.change.before.sha256'} // $last } @done],
            [sort map { $_->{'ggi.change.after.sha256'} } @done], 'and each found what another one had left';
    }
};

subtest 'profiles that were changed outside ggictl' => sub {
    my $dir = fresh();
    emptied();
    my @oins = map { sprintf '%020d', $_ } 1 .. 5;
    load($dir, 0, map { profile($_, 1, 'Een') } @oins[0 .. 3]);
    is_ggictl($dir, 'all are as recorded', 0, qr/\A4 profiles, 0 changed outside ggictl\n\z/, 'profiel', 'verify');
    is_ggictl($dir, 'withdraw', 0, qr/./, 'withdraw', $oins[3]);
    load($dir, 1, profile($oins[0], 0, 'Nul'));
    is_ggictl($dir, 'also those that are gone', 0, qr/\A3 profiles, 0 /, qw(profiel verify), "$dir/log");
    $redis->cli('set', "ggi:profiel:$oins[0]", profile($oins[0], 1, 'Anders'));
    $redis->cli('del', "ggi:profiel:$oins[1]");
    $redis->cli('set', "ggi:profiel:$oins[3]", profile($oins[3], 1, 'Een'));
    $redis->cli('set', "ggi:profiel:$oins[4]", profile($oins[4], 1, 'Een'));
    my ($exit, $said) = ggictl($dir, qw(profiel verify));
    my $record = qr/the last record is of \S+Z, by \w+/;
    is $exit, 1, 'others are told of';
    like $said, qr/^$oins[0]: changed outside ggictl: $record$/m, 'one that was changed';
    like $said, qr/^$oins[1]: withdrawn outside ggictl: $record$/m, 'one that was removed';
    like $said, qr/^$oins[3]: loaded outside ggictl: $record$/m, 'one that had been withdrawn';
    like $said, qr/^$oins[4]: loaded outside ggictl: there is no record$/m, 'one that was never recorded';
    unlike $said, qr/$oins[2]/, 'and no other';
    ($exit, $said) = ggictl($dir, qw(profiel verify -o json));
    my $json = JSON::PP::decode_json($said);
    is scalar @{ $json->{changed} }, 4, 'as JSON too';
    is_ggictl(
        $dir, 'another Redis has other profiles', 1, qr/5 profiles?, 5 changed|4 profiles, 4 changed/,
        qw(profiel verify --redis),
        'redis://localhost:' . $redis->port . '/0');
};

subtest 'seals' => sub {
    my $dir = fresh();
    emptied();
    my @seal = (qw(audit seal --node gate1 --log), "$dir/log/changes.jsonl", '--keys', "$dir/keys");
    symlink "$dir/elsewhere", "$dir/log/changes.0.jsonl";
    is_ggictl($dir, 'no key without a record', 2, qr/symbolic link: nothing is changed/, @seal);
    unlink "$dir/log/changes.0.jsonl";
    ok !-e "$dir/keys/public", 'indeed';
    load($dir, 0, profile($oin, 1, 'Een'));
    is_ggictl($dir, 'a log of changes is sealed', 0, qr/seal 1: 8 lines/, @seal);
    my $key = (changes($dir))[1];
    is $key->{'ggi.change.kind'}, 'seal_key', 'its first key is recorded';
    is "$key->{'ggi.change.after.document'}\n", GGI::Folder::content("$dir/keys/public"), 'which is no secret';
    load($dir, 0, profile($oin, 2, 'Een'));
    is_ggictl($dir, 'the next seal', 0, qr/seal 2: 4 lines/, @seal);
    is scalar(changes($dir)), 3, 'is no change';
    is_ggictl($dir, 'verified by its seals', 0, qr/^whole/m, qw(audit verify --key), "$dir/keys/public", "$dir/log");

    my $old = "$dir/log/changes.0.jsonl-old";
    my $first = GGI::Folder::content("$dir/log/changes.0.jsonl") =~ s/\n.*/\n/sr;
    rename "$dir/log/changes.0.jsonl", $old;
    my @expire = (@seal, '--reason', 'P5Y is over', '--expire');
    is_ggictl($dir, 'a file of the log expires', 0, qr/may be removed/, @expire, $old);
    is_ggictl($dir, 'and one that is none', 1, qr/no file of the log/, @expire, $dir->file('none', "x\n"));
    my @expired = grep { $_->{'ggi.change.kind'} eq 'audit_file' } changes($dir);
    is $expired[0]{'ggi.change.item'}, $old, 'which file';
    is $expired[0]{'ggi.change.reason'}, 'P5Y is over', 'why';
    is $expired[0]{'ggi.change.before.sha256'}, sha256_hex($first), 'by its first line';
    is_deeply [results($dir)], [qw(done refused)], 'and what came of it';
};

subtest 'hostile texts' => sub {
    my $dir = fresh();
    emptied();
    local $ENV{SUDO_USER} = "jan\n{\"event_name\":\"ggi.change\"}\e[2J\xff";
    local $ENV{SSH_CONNECTION} = "\"\x80\r192.0.2.1 1 2 3";
    file_load($dir, 0, "p\n\e[31m\xfe\"}.json", profile($oin, 1, 'Een'));
    my ($change) = records($dir, 'change');
    is text($dir) =~ tr/\n//, 4, 'each record is a line';
    like $change->{attributes}{'ggi.change.source'}, qr/\/p\n\e\[31m\x{fffd}"\}\.json\z/, 'the file';
    like $change->{attributes}{'ggi.change.claimed.sudo_user'}, qr/\Ajan\n\{.*\x{fffd}\z/, 'the user of sudo';
    is $change->{attributes}{'ggi.change.claimed.client_address'}, "\"\x{fffd}\r192.0.2.1", 'the client';
    my (undef, $said) = ggictl($dir, 'audit', 'tail', "$dir/log");
    unlike $said, qr/[^\n\x20-\x7e\xef\xbf\xbd]/, 'nothing that a terminal obeys is shown';
    is $said =~ tr/\n//, 3, 'nor another line';
    local @ENV{qw(SUDO_USER SSH_CONNECTION)} = ('x' x 100_000) x 2;
    file_load($dir, 0, 'p.json', profile($oin, 2, 'Een'));
    is length +(changes($dir))[1]{'ggi.change.claimed.sudo_user'}, 2048, 'what is too long is cut';
    my $password = $redis->url =~ s{//}{//:geheim@}r;
    (undef, $said) = ggictl($dir, 'withdraw', $oin, '--redis', $password);
    unlike text($dir) . $said, qr/geheim/, 'no password is recorded or shown';
    load($dir, 0, profile($oin, 3, 'Een') =~ s{"/brp/\*"}{join ',', map {qq("/brp/$_")} 1 .. 1000}er);
    is + (changes($dir))[-1]{'ggi.change.after.document'}, undef, 'a long document is not recorded whole';
    load($dir, 0, map { profile(sprintf('%020d', $_), 1, 'Een') } 1 .. 300);
    is scalar(changes($dir)), 303, 'many profiles are many changes';
    verifies($dir);
};

done_testing;
