# SPDX-License-Identifier: EUPL-1.2
# ggictl functie: the functions of applications are checked, kept in Redis and recorded as profiles are.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP qw(decode_json);
use Test::More;

use GGI::Audit ();
use GGI::Folder ();
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Redis;

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $redis = GGI::Redis->new;
my $dir = GGI::Folder->new;
mkdir "$dir/log" or die $!;
my $oin = $GGI::Gate::OIN;

sub ggictl {
    my (@arguments) = @_;
    local $ENV{GGI_REDIS} = $redis->url;
    local $ENV{GGI_CHANGES} = "$dir/log/changes.jsonl";
    return GGI::Folder::run($tool, @arguments);
}

sub is_ggictl {
    my ($name, $status, $output, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($exit, $said) = ggictl(@arguments);
    return ok($exit == $status && $said =~ $output, $name) || diag "exit status $exit instead of $status:\n$said";
}

sub json {
    my ($status, @arguments) = @_;
    my ($exit, $said) = ggictl(@arguments, '-o', 'json');
    is $exit, $status, "exit status $status of @arguments[0, 1]" or diag $said;
    return decode_json($said);
}

sub application {
    my ($name, $version, $method, @more) = @_;
    return qq({"toepassing":"$name","naam":"Naam van $name","versie":$version,@more"functies":{"klachten":{"diensten":)
        . qq({"brp":{"methoden":["$method"],"paden":["/brp/*"],"doelbindingen":["BRPACT-AlgemeneTaken"]}}}}});
}
my $two = $dir->file(
    'two.json',
    '{"toepassingen":[' . application('zaak', 3, 'GET') . ',' . application('balie', 1, 'GET') . ']}');

subtest 'check' => sub {
    is_ggictl('a good file', 0, qr/two\.json: good, 2 applications$/, qw(functie check), $two);
    is_ggictl(
        'all faults at once', 1, qr/\$\[0\]\.typo:\ unknown\ member.*
            \$\[0\]\.functies\.a\ b:\ invalid\ name\ of\ a\ function.*
            \$\[0\]\.functies\.a\ b\.diensten\.d\.doelbindingen:\ missing.*
            \$\[1\]\.toepassing:\ invalid,\ expected\ 1\ to\ 64\ letters.*\$\[1\]\.versie:\ missing/sx,
        qw(functie check),
        $dir->file(
            'faulty.json',
            '[{"toepassing":"x","versie":1,"typo":1,"functies":{"a b":{"diensten":{"d":{"methoden":[],'
                . '"paden":["x"]}}}}},{"toepassing":"a b","functies":{}}]'));
    my $odd = $dir->file('odd.json', <<'JSON');
{"toepassing":"x","versie":1,"geldig_tot":"2020-01-01","functies":{"leeg":{"diensten":{}},"f":{"diensten":{"D D":
{"methoden":["get"],"paden":[],"doelbindingen":["Onbekend"],"namens":["1"]}}}}}
JSON
    my @warned = (
        '\$\.geldig_tot: expired \d+ days ago', '\$\.functies\.leeg\.diensten: empty, so that no call is allowed',
        '\$\.functies\.f\.diensten\.D D: no "ggi_dienst" can have this name',
        '\$\.functies\.f\.diensten\.D D\.methoden\[0\]: no call has the method "get"',
        '\$\.functies\.f\.diensten\.D D\.paden: empty, so that no call is allowed',
        '\$\.functies\.f\.diensten\.D D\.namens\[0\]: "1" is no OIN');
    is_ggictl("warning: $_", 0, qr/odd\.json: warning: $_/, qw(functie check), $odd) for @warned;
    my $register = $dir->file('register.json', $GGI::Gate::REGISTER);
    is_ggictl('by a register', 0, qr/good, 2 applications$/, qw(functie check --register), $register, $two);
    is_ggictl(
        'which lacks a doelbinding', 1, qr/doelbindingen\[0\]: "Onbekend" is not in the register/,
        qw(functie check --register), $register, $odd);
    my $said = json(1, qw(functie check), $two, "$dir/faulty.json");
    is $said->{files}[0]{applications}, 2, 'as JSON';
    is scalar @{ $said->{files}[1]{faults} }, 6, 'all faults as JSON';
    my ($out) = GGI::Folder::run('sh', '-c', qq("$tool" functie check - <"$two"));
    is $out, 0, 'standard input';
    my ($exit, $profile) = ggictl(qw(profiel check), $two);
    is $exit, 1, 'functions are no profiles' or diag $profile;
};

subtest 'what is in Redis' => sub {
    is_ggictl('load', 0, qr/2 of 2 applications changed/, qw(functie load), $two);
    is_ggictl('load again', 0, qr/0 of 2 applications changed/, qw(functie load), $two);
    my $older = $dir->file('older.json', application('zaak', 2, 'GET'));
    is_ggictl(
        'load of an older version', 1,
        qr/nothing changed: zaak has version 3 in Redis, and version 2 in the file; --force/, qw(functie load), $older);
    is_ggictl('a faulty file is not loaded', 1, qr/unknown member/, qw(functie load), "$dir/faulty.json");
    is_ggictl('by force', 0, qr/1 of 1 application changed/, qw(functie load --force), $older);
    is_deeply json(0, qw(functie show zaak)),
        { toepassing => 'zaak', functions => decode_json(application('zaak', 2, 'GET')) }, 'show';
    is_ggictl('show of none', 1, qr/^geen: no functions$/, qw(functie show geen));
    $redis->cli('set', 'ggi:functie:stuk', '{}');
    $redis->cli('set', "ggi:profiel:$oin", $GGI::Gate::PROFILES =~ s/^\s*\[|\]\s*$//gr);
    my @lines = map {s/ missing\K,.*//r} sort split /\n/, (ggictl(qw(functie list)))[1];
    is_deeply \@lines,
        ["balie\t1\t-\t-\tNaam van balie", "stuk\tfaulty\t\$.toepassing: missing", "zaak\t2\t-\t-\tNaam van zaak"],
        'list, without profiles';
    is scalar @{ json(0, qw(functie list))->{applications} }, 3, 'list as JSON';
    unlike((ggictl(qw(profiel list)))[1], qr/zaak/, 'and profiles without functions');
    is_ggictl('withdraw', 0, qr/^balie: withdrawn$/, qw(functie withdraw balie));
    is_ggictl('withdraw of none', 1, qr/^balie: there were no functions$/, qw(functie withdraw balie));
    is_ggictl(
        'withdraw of no application', 2, qr/functie withdraw: expected 1 to 64 letters, .*, not "a b"/,
        qw(functie withdraw), 'a b');
};

subtest 'the log of changes' => sub {
    my @records =
        GGI::Audit::records(join '', map { GGI::Folder::content($_) } sort glob "$dir/log/changes.*.jsonl");
    my @changes = map { $_->{attributes} } grep { $_->{event_name} eq 'ggi.change' } @records;
    my @what = map {"$_->{'ggi.change.command'} $_->{'ggi.change.kind'} $_->{'ggi.change.item'}"} @changes;
    is_deeply \@what, [
        'functie load functies zaak', 'functie load functies balie', 'functie load functies zaak',
        'functie load functies zaak', 'functie withdraw functies balie', 'functie withdraw functies balie'],
        'who changed what';
    is $changes[0]{'ggi.change.after.sha256'}, sha256_hex($changes[0]{'ggi.change.after.document'}), 'and to what';
    is $changes[3]{'ggi.change.before.version'}, 3, 'from what';
    is_ggictl('it verifies', 0, qr/ 0 faults/, qw(audit verify), "$dir/log");
    is_ggictl(
        'as a line', 0, qr/  functie withdraw balie  in \S+  version 1 to none  by /,
        qw(audit query --event change), "$dir/log");
    is_ggictl(
        'and what was not recorded is told', 1,
        qr/\Astuk: loaded outside ggictl: .*\n2 applications, 1 changed outside/,
        qw(functie verify));
    $redis->cli('set', 'ggi:functie:zaak', application('zaak', 9, 'GET'));
    $redis->cli('del', 'ggi:functie:stuk');
    is_ggictl(
        'a change too', 1, qr/\Azaak: changed outside ggictl: the last record is of .*\n1 application, 1 changed/,
        qw(functie verify));
    is_ggictl(
        'and profiles apart', 1, qr/\A$oin: loaded outside ggictl: there is no record\n1 profile, 1 changed/,
        qw(profiel verify));
};

subtest 'a running gate takes a change over' => sub {
    my $url = $redis->url;
    my $location = 'location /brp/ { ggi_dienst brp role=afnemer; proxy_pass http://api; }';
    my $gate = GGI::Gate->new(
        tls => 0, gates => [qw(doelbinding audit)], locations => $location,
        more => "ggi_functie_redis $url;")->start;
    my $call = sub {
        return $gate->call('/brp/1', map { (-H => $_) } 'X-Toepassing: zaak', 'X-Gebruiker: j', 'X-Functie: klachten');
    };
    allowed($call->(), 'a call');
    my $numsub = sub { return $redis->cli('pubsub', 'numsub', 'ggi:functie:gewijzigd') =~ /\n1/ };
    $gate->wait_for($numsub, 'a subscription');
    is_ggictl(
        'load', 0, qr/1 of 1 application/, qw(functie load),
        $dir->file('post.json', application('zaak', 10, 'POST')));
    $gate->wait_for(sub { $call->()->{status} == 403 }, 'the change');
    refused($call->(), 403, 'method_not_authorised', 'by what was loaded');
    is_ggictl('withdraw', 0, qr/withdrawn/, qw(functie withdraw zaak));
    $gate->wait_for(sub { $call->()->{body} =~ /application_unknown/ }, 'the withdrawal');
    refused($call->(), 403, 'application_unknown', 'when it was withdrawn');
    $gate->stop;
};

subtest 'help, manual page and completion' => sub {
    for my $command (qw(check load show list withdraw verify)) {
        is_ggictl("help of $command", 0, qr/\Ausage: ggictl functie $command/, 'help', 'functie', $command);
    }
    is_ggictl('the manual page', 0, qr/functie withdraw/, '--man');
    is_ggictl('the completion', 0, qr/functie/, '--completion', 'bash');
};

done_testing;
