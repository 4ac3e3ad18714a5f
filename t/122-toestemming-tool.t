# SPDX-License-Identifier: EUPL-1.2
# ggictl toestemming: consents are checked, granted by a BSN that is never an argument, and withdrawn so that it shows.
use strict;
use warnings;

use JSON::PP qw(decode_json encode_json);
use Test::More;

use GGI::Audit ();
use GGI::Child;
use GGI::Folder ();
use GGI::Gate;
use GGI::Halt;
use GGI::Problem qw(allowed refused);
use GGI::Redis;
use GGI::Slow ();

my $tool = "$GGI::Nginx::BUILD/ggictl";
delete $ENV{GGI_REDIS};
my $redis = GGI::Redis->new;
my $dir = GGI::Folder->new;
mkdir "$dir/log" or die $!;
my $oin = $GGI::Gate::OIN;
my ($person, $another) = qw(999990019 999993653);
my $newest = "# ggi-pseudonym-keys\n" . '6b' x 32 . "\n";
my $older = '6f' x 32 . "\n";
my $keys = $dir->file('keys', $newest . $older);
my ($pseudonym, $old) = split /\n/, (GGI::Folder::run($tool, qw(audit pseudonym), $keys, $person))[1];
my $bsn = $dir->file('bsn', "$person\n");

sub ggictl {
    my (@arguments) = @_;
    local $ENV{GGI_REDIS} = $ENV{GGI_REDIS} // $redis->url;
    local $ENV{GGI_CHANGES} = "$dir/log/changes.jsonl";
    return GGI::Folder::run($tool, @arguments);
}

sub is_ggictl {
    my ($name, $status, $output, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($exit, @said) = ggictl(@arguments);
    my $said = join '', map { $_ // '' } @said;
    unlike $said, qr/$person|$another/, "$name: no BSN is shown";
    return ok($exit == $status && $said =~ $output, $name) || diag "exit status $exit instead of $status:\n$said";
}

sub json {
    my (@arguments) = @_;
    my ($exit, $said) = ggictl(@arguments, '-o', 'json');
    return { exit => $exit, %{ decode_json($said) } };
}
my @key = ('--pseudonym-key', $keys);
my @for = (@key, '--afnemer', $oin, '--dienst', 'brp,brp2', '--doelbinding', 'Wonen');

subtest 'check' => sub {
    my $example = "$GGI::Nginx::ROOT/conf/toestemmingen.json";
    is_ggictl('the example', 0, qr/toestemmingen\.json: good, 1 consent$/, qw(toestemming check), $example);
    is_ggictl(
        'all faults at once', 1,
        qr/\$: unknown member "typo".*\$\.id: invalid.*\$\.versie: missing.*\$\.diensten: missing/s,
        qw(toestemming check),
        $dir->file('faulty', qq({"id":"a b","typo":1,"betrokkene":"$pseudonym","afnemer":"$oin","doelbinding":"W"})));
    is_ggictl(
        'by the register', 1, qr/\$\[0\]\.doelbinding: "Woonlasten" is not in the register/, qw(toestemming check),
        '--register', "$GGI::Nginx::ROOT/conf/doelbindingen.json", $example);
    my $register = $dir->file('register', $GGI::Gate::REGISTER =~ s/BRPACT-AlgemeneTaken/Woonlasten/r);
    is_ggictl(
        'which asks for no consent', 0, qr/warning: \$\[0\]\.doelbinding: "Woonlasten" needs no consent/,
        qw(toestemming check), '--register', $register, $example);
};

subtest 'grant' => sub {
    my $granted = json(qw(toestemming grant --id goed --until 2099-01-01), @for, $bsn);
    my $consent = $granted->{consent};
    is $consent->{betrokkene}, $pseudonym, 'the person by the newest key';
    is_deeply [@$consent{qw(id versie afnemer diensten doelbinding geldig_tot)}],
        ['goed', 1, $oin, [qw(brp brp2)], 'Wonen', '2099-01-01'], 'what it is for';
    like $consent->{gegeven}, qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'when it was given';
    is_deeply decode_json($redis->cli('get', 'ggi:toestemming:goed')), $consent, 'and it is in Redis';
    is json(qw(toestemming show goed))->{consent}{versie}, 1, 'where it is shown';
    is_ggictl('again', 0, qr/^goed: granted, versie 2$/, qw(toestemming grant --id goed), @for, $bsn);
    is_ggictl(
        'with a new id', 0, qr/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}: granted, versie 1$/,
        qw(toestemming grant), @for, $bsn);
    my $listed = json(qw(toestemming list))->{toestemmingen} // json(qw(toestemming list))->{consents};
    is scalar @$listed, 2, 'both are listed';

    my $other = $dir->file('other', $another);
    is_ggictl(
        'not over the consent of another', 2, qr/goed: is the consent of another person/,
        qw(toestemming grant --id goed), @for, $other);
    $redis->cli(
        'set', 'ggi:toestemming:oud',
        $redis->cli('get', 'ggi:toestemming:goed') =~ s/goed/oud/r =~ s/\Q$pseudonym/$old/r);
    is_ggictl('over one by an older key', 0, qr/^oud: granted, versie 3$/, qw(toestemming grant --id oud), @for, $bsn);

    for (
        ['no BSN', "x\n", qr/expected one BSN/], ['two of them', "$person $another\n", qr/expected one BSN/],
        ['one that is none', "999990018\n", qr/expected one BSN/], ['too much', 'x' x 1025, qr/expected one BSN/]
    ) {
        is_ggictl($_->[0], 2, $_->[2], qw(toestemming grant), @for, $dir->file('wrong', $_->[1]));
    }
    my @fault = (
        [qw(--afnemer 1)], qr/\$\.afnemer: invalid/, [qw(--dienst Brp)], qr/\$\.diensten\[0\]: invalid/,
        [qw(--until 2020-01-01)], qr/a time after gegeven/, [qw(--given gisteren)], qr/\$\.gegeven: invalid/,
        ['--id', 'a b'], qr/expected an id of 1 to 64/, ['--dienst', ''], qr/dienst/);
    while (my ($options, $told) = splice @fault, 0, 2) {
        is_ggictl("@$options", 2, $told, qw(toestemming grant), @for, @$options, $bsn);
    }
};

# Which of the secrets, given by a name each, the memory of a process holds that it can write.
sub remembers {
    my ($pid, %secret) = @_;
    no warnings 'portable';    ## no critic (ProhibitNoWarnings) addresses have more than 32 bits
    open my $memory, '<:raw', "/proc/$pid/mem" or die $!;
    my %found;
    for (split /\n/, GGI::Folder::content("/proc/$pid/maps")) {
        my ($from, $to) = /^([0-9a-f]+)-([0-9a-f]+) rw/ or next;
        sysseek $memory, hex $from, 0;
        sysread $memory, my $data, hex($to) - hex $from;
        $found{$_} = 1 for grep { index($data // '', $secret{$_}) >= 0 } keys %secret;
    }
    return join ' ', sort keys %found;
}

subtest 'what the memory holds' => sub {
    plan skip_all => 'sanitizers keep what is freed' if GGI::Nginx::under_instrument();
    local $ENV{GGI_CHANGES} = "$dir/log/changes.jsonl";
    my %secret = (bsn => $person, key => 'k' x 32, old => 'o' x 32, hex => '6b' x 32);
    my $halt = GGI::Halt->new($redis->port, qr/redis\.call\('SET'/);
    my $child = GGI::Child->command($tool, qw(toestemming grant --id stil --redis), $halt->url, @for, $bsn);
    $halt->reached;
    is remembers($child->pid, %secret, pseudonym => $pseudonym), 'pseudonym', 'of a person the pseudonym alone';
    $halt->go_on;
    is $child->wait, 0, 'the consent is granted';

    my $piped = GGI::Halt->new($redis->port, qr/redis\.call\('SET'/);
    $child = GGI::Child->command(
        'sh', '-c', 'exec "$0" "$@" - <' . $bsn, $tool, qw(toestemming grant --id stil --redis),
        $piped->url, @for);
    $piped->reached;
    is remembers($child->pid, %secret), '', 'nor of what comes by standard input';
    $piped->go_on;
    is $child->wait, 0, 'which is granted too';

    $child = GGI::Child->command(
        { out => "$dir/tail" }, $tool, qw(audit tail --follow --event change --user), scalar getpwuid $>, @key,
        "$dir/log");
    GGI::Slow::wait_for(sub { -s "$dir/tail" }, 'the changes', 20);
    is remembers($child->pid, %secret), '', 'a search that goes on has no key any more';
    $child->stop;
};

subtest 'withdraw' => sub {
    is_ggictl('a consent', 0, qr/^goed: withdrawn, versie 3$/, qw(toestemming withdraw goed));
    my $consent = json(qw(toestemming show goed))->{consent};
    like $consent->{ingetrokken}, qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'which stays, with the time';
    is_deeply [@$consent{qw(betrokkene afnemer doelbinding)}], [$pseudonym, $oin, 'Wonen'], 'and all else';
    is_ggictl('again', 1, qr/^goed: was withdrawn before, 20/, qw(toestemming withdraw goed));
    is_ggictl('none', 1, qr/^nergens: there was no consent$/, qw(toestemming withdraw nergens));
    is_ggictl('what can be no id', 2, qr/expected an id of 1 to 64/, qw(toestemming withdraw), 'go*');
    is_ggictl('it is listed so', 0, qr/^goed\t3\t$oin\tWonen\t\S+\t-\t20\S+Z$/m, qw(toestemming list));
    $redis->cli('set', 'ggi:toestemming:scheef', '{"id":"scheef"}');
    is_ggictl('one with a fault', 2, qr/scheef|betrokkene: missing/, qw(toestemming withdraw scheef));
    is_ggictl('given once more', 0, qr/^goed: granted, versie 4$/, qw(toestemming grant --id goed), @for, $bsn);
    ok !exists json(qw(toestemming show goed))->{consent}{ingetrokken}, 'it counts again';
};

sub consent {
    my ($id, $version, %more) = @_;
    return encode_json(
        {
            id => $id,
            versie => $version,
            betrokkene => $pseudonym,
            afnemer => $oin,
            diensten => ['brp'],
            doelbinding => 'Wonen',
            gegeven => '2026-01-02',
            %more
        });
}

subtest 'many at once' => sub {
    local $ENV{GGI_REDIS} = $redis->url =~ s{/0$}{/2}r;
    mkdir "$dir/in" or die $!;
    $dir->file('in/a.json', '[' . consent('een', 1) . ',' . consent('twee', 1) . ']');
    my $b = $dir->file('in/b.json', consent('drie', 3));
    $dir->file('in/read.me', 'no consent');
    is_ggictl('a trial', 0, qr/\A(new\t(een|twee|drie)\t-\t[13]\t-\n){3}\z/, qw(toestemming load --dry-run), "$dir/in");
    is json(qw(toestemming list))->{consents}[0], undef, 'loads nothing';
    is_ggictl(
        'a directory', 0, qr/a\.json: good, 2 consents\n\S+b\.json: good, 1 consent\n3 of 3 consents changed\n\z/,
        qw(toestemming load), "$dir/in");
    is_ggictl('nothing differs', 0, qr/\A\z/, qw(toestemming diff), "$dir/in");
    is_ggictl('one ends', 0, qr/^een: withdrawn, versie 2$/, qw(toestemming withdraw een));
    is_ggictl('one goes on', 0, qr/^twee: granted, versie 2$/, qw(toestemming grant --id twee), @for, $bsn);
    my ($exit, $said) = ggictl(qw(toestemming diff), "$dir/in");
    is $exit, 1, 'something differs';
    like $said, qr/^older\teen\t2\t1\t-\n  \$\.versie: 2 -> 1\n  \$\.ingetrokken: "20\S+" -> nothing$/m,
        'which is shown';
    is_ggictl(
        'nor is a withdrawal undone', 1, qr/^nothing changed: (een|twee) has version 2 in Redis, and version 1 in the /,
        qw(toestemming load), "$dir/in");
    is_ggictl(
        'what is in no file stays', 0, qr/^1 of 1 consent changed$/m,
        qw(toestemming load), $dir->file('in/b.json', consent('drie', 4, ingetrokken => '2026-01-03')));
    is_ggictl(
        'since there is no pruning', 2, qr{--prune is not an option of this command},
        qw(toestemming load --prune), $b);
    is_ggictl(
        'a fault in one file', 1, qr/wrong\.json: \$\.versie: /,
        qw(toestemming load), $b, $dir->file('wrong.json', consent('vier', -1)));

    ($exit, my $export) = ggictl(qw(toestemming export));
    is $exit, 0, 'exported';
    my $exported = decode_json($export);
    is_deeply [map {"$_->{id} $_->{versie}"} @$exported], ['drie 4', 'een 2', 'twee 2'], 'all of them, in order';
    is_deeply json(qw(toestemming export))->{consents}, $exported, 'as JSON too';
    is_ggictl('it is what Redis has', 0, qr/\A\z/, qw(toestemming diff), $dir->file('export.json', $export));

    is_deeply [map { [@$_{qw(change from to)}] } @{ json(qw(toestemming history een))->{changes} }],
        [['load', undef, '1'], ['withdraw', '1', '2']], 'what became of the one';
    is_ggictl(
        'and of the other', 0, qr/\A\S+\tload\t-\t1\t\S+\t1\n\S+\tgrant\t1\t2\t\S+\t3\n\z/,
        qw(toestemming history twee));
    is_ggictl('and of none', 1, qr/^vier: no change is noted$/, qw(toestemming history vier));

    is_ggictl('all are as recorded', 0, qr/\A3 consents, 0 changed outside ggictl\n\z/, qw(toestemming verify));
    $redis->cli('-n', 2, 'set', 'ggi:toestemming:een', consent('een', 2));
    is_ggictl(
        'but for one', 1, qr/\Aeen: changed outside ggictl: the last record is of .*\n3 consents, 1 changed/,
        qw(toestemming verify));
    $redis->cli('-n', 2, 'flushdb');
    is_ggictl(
        'what was exported is put back', 0, qr/^3 of 3 consents changed$/m,
        qw(toestemming load), "$dir/export.json");
    is_ggictl('and is as recorded', 0, qr/\A3 consents, 0 changed/, qw(toestemming verify));
};

subtest 'the log of changes' => sub {
    my $log = join '', map { GGI::Folder::content($_) } sort glob "$dir/log/changes.*.jsonl";
    my @changes = map { $_->{attributes} } grep { $_->{event_name} eq 'ggi.change' } GGI::Audit::records($log);
    my @goed = grep { $_->{'ggi.change.item'} eq 'goed' } @changes;
    is_deeply [
        map {
            join ' ', @{$_}{qw(ggi.change.command ggi.change.kind)}, $_->{'ggi.change.before.version'} // '-',
                $_->{'ggi.change.after.version'}
        } @goed],
        [
        'toestemming grant toestemming - 1', 'toestemming grant toestemming 1 2',
        'toestemming withdraw toestemming 2 3', 'toestemming grant toestemming 3 4'],
        'who changed what';
    unlike $log, qr/$person|$another/, 'without a BSN';
    is_ggictl('it verifies', 0, qr/ 0 faults/, qw(audit verify), "$dir/log");
};

subtest 'a running gate' => sub {
    my $gate = GGI::Gate->new(
        profiles => $GGI::Gate::PROFILES =~ s/BRPACT-AlgemeneTaken/Wonen/gr,
        register => $GGI::Gate::REGISTER =~ s/"BRPACT-AlgemeneTaken"/"Wonen", "toestemming": true/r,
        more => "ggi_doelbinding_toestemmingen_redis @{[ $redis->url ]};",
        claim => 'X-Doelbinding: Wonen');
    $gate->write('pseudonym.key', $newest . $older);
    $gate->start;
    $gate->wait_for(sub { $gate->status->{ggi_toestemming_redis_subscribed} == 1 }, 'told');
    my $call = sub { return $gate->call("/$person", -H => 'X-Toestemming: live') };
    refused($call->(), 403, 'consent_unknown', 'before');
    ggictl(qw(toestemming grant --id live), @for, $bsn);
    $gate->wait_for(sub { $call->()->{status} == 200 }, 'the consent');
    allowed($call->(), 'granted');
    ggictl(qw(toestemming withdraw live));
    $gate->wait_for(sub { $call->()->{status} == 403 }, 'the withdrawal');
    refused($call->(), 403, 'consent_withdrawn', 'withdrawn');
    $gate->stop;
};

done_testing;
