# SPDX-License-Identifier: EUPL-1.2
# ggictl, and that Redis and a file lead to the same decisions.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Audit qw(verdicts);
use GGI::Folder ();
use GGI::Gate;
use GGI::Problem qw(allowed refused);
use GGI::Redis;

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $redis = GGI::Redis->new;
my $dir = GGI::Folder->new;
my $oin = $GGI::Gate::OIN;
my $pki = GGI::Pki->new;

sub ggictl {
    my (@arguments) = @_;
    local $ENV{GGI_REDIS} = $redis->url;
    return GGI::Folder::run($tool, @arguments);
}

sub is_ggictl {
    my ($name, $status, $output, @arguments) = @_;
    my ($exit, $text) = ggictl(@arguments);
    subtest $name => sub {
        is $exit, $status, "exit status $status" or diag $text;
        like $text, $output, 'output';
    };
    return;
}

sub profile {
    my ($number, $version) = @_;
    return
          qq({"oin":"$number","naam":"Gemeente )
        . qq($version","versie":$version,"geldig_tot":"2099-01-01","diensten":{"brp":{"methoden":["GET"],)
        . qq("paden":["/brp/*"],"doelbindingen":["BRPACT-AlgemeneTaken"],"namens":["00000001002564440000"]}}});
}
my $other = '00000001002564440000';
my $two = $dir->file('two.json', '[' . profile($oin, 3) . ',' . profile($other, 1) . ']');
my $register = $dir->file('register.json', $GGI::Gate::REGISTER);

is_ggictl('check', 0, qr/two\.json: good, 2 profiles/, 'profiel', 'check', $two);
is_ggictl(
    'check of a file with a byte order mark', 0, qr/mark\.json: good, 1 profile$/, 'profiel', 'check',
    $dir->file('mark.json', "\xef\xbb\xbf" . profile($oin, 1)));
is_ggictl(
    'check of a register with one', 0, qr/good, 0 doelbindingen/, 'register', 'check',
    $dir->file('mark2.json', "\xef\xbb\xbf" . '{"versie":"1","doelbindingen":[]}'));
is_ggictl(
    'check of a file with two', 1, qr/\$: line 1, column/, 'profiel', 'check',
    $dir->file('marks.json', "\xef\xbb\xbf" x 2 . profile($oin, 1)));
is_ggictl(
    'check of all faults', 1,
    qr/\$\[0\]\.typo:\ unknown\ member,\ remove\ it\ or\ correct\ its\ name\n.*\$\[0\]\.versie:
        \ invalid.*\$\[1\]\.diensten\.d\.doelbindingen:\ missing.*\$\[1\]\.diensten\.d\.paden\[1\]:
        \ invalid/sx,
    'profiel', 'check',
    $dir->file(
        'faulty.json',
        qq([{"oin":"$oin","versie":"1","typo":1,"diensten":{}},{"oin":"$other","versie":1,)
            . qq("diensten":{"d":{"methoden":[],"paden":["/","x"]}}}])));
is_ggictl('check of no JSON', 1, qr/\$: line 1, column/, 'profiel', 'check', $dir->file('no.json', '{'));
is_ggictl('check of a register', 0, qr/good, 1 doelbinding$/, 'register', 'check', $register);
is_ggictl(
    'check of a faulty register', 1,
    qr/\$\.versie: missing.*\$\.doelbindingen\[0\]\.doel: missing.*\$\.doelbindingen\[0\]\.bewaartermijn: invalid/s,
    'register', 'check',
    $dir->file(
        'faulty-register.json',
        '{"doelbindingen":[{"id":"A","grondslag":{"wet":"w"},"diensten":[],"bewaartermijn":"5"}]}'));

my $large = profile($oin, 3) =~ s/"BRPACT-AlgemeneTaken"/join ',', map {qq("D$_")} 1 .. 40_000/er;
is_ggictl(
    'check of one too large for the gate', 1, qr/\$: too large, expected at most 262144 bytes/, 'profiel',
    'check', $dir->file('large.json', $large));
is_ggictl('which is not loaded', 1, qr/too large/, 'profiel', 'load', "$dir/large.json", '--force');
is_ggictl('load', 0, qr/2 of 2 profiles changed/, 'profiel', 'load', $two);
is_ggictl('load again', 0, qr/0 of 2 profiles changed/, 'profiel', 'load', $two);
is_ggictl(
    'load of an older version', 1,
    qr/nothing changed: $oin has version 3 in Redis, and version 2 in the file; --force loads it nevertheless/,
    'profiel', 'load', $dir->file('old.json', profile($oin, 2)));
is_ggictl(
    'all or none', 1, qr/nothing changed: $oin has version 3/, 'profiel', 'load',
    $dir->file('mixed.json', '[' . profile($other, 2) . ',' . profile($oin, 3) =~ s/GET/POST/r . ']'));
is_ggictl('which is so', 0, qr/"versie": 1/, 'profiel', 'show', $other);
is_ggictl('a faulty file is not loaded', 1, qr/unknown|invalid/, 'profiel', 'load', "$dir/faulty.json");
is_ggictl('by force', 0, qr/1 of 1 profile changed/, 'profiel', 'load', "$dir/old.json", '--force');
is_ggictl('show', 0, qr/"versie": 2/, 'profiel', 'show', $oin);
is_ggictl('show of none', 1, qr/no profile/, 'profiel', 'show', '00000004003214345000');
$redis->cli('set', 'ggi:profiel:00000004003214345000', '{}');
is_ggictl('list', 0, qr/$oin\t2\t-\t2099-01-01\tGemeente 2\n/, 'profiel', 'list');
is_ggictl('list of a faulty one', 0, qr/00000004003214345000\tfaulty\t\$\.oin: missing/, 'profiel', 'list');
is_ggictl('withdraw', 0, qr/$other: withdrawn/, 'profiel', 'withdraw', $other);
is_ggictl('withdraw of none', 1, qr/there was no profile/, 'withdraw', $other);
is_ggictl('withdraw of no OIN', 2, qr/expected an OIN/, 'withdraw', 'x');

my @explain =
    ('explain', '--oin', $oin, '--dienst', 'brp', '--method', 'GET', '--path', '/brp/1', '--register', $register);
is_ggictl('explain', 0, qr/profile: version 2.*\nallowed\n/s, @explain, '--claim', 'BRPACT-AlgemeneTaken');
is_ggictl(
    'explain from a file', 0, qr/profile: version 3.*\nallowed\n/s, @explain, '--claim', 'BRPACT-AlgemeneTaken',
    '--profiles', $two);
is_ggictl("explain $_->[1]", 1, qr/refused: $_->[1] \(\d+\)/, @explain, '--claim', 'BRPACT-AlgemeneTaken', @{ $_->[0] })
    for [['--path', '/x'], 'path_not_authorised'], [['--method', 'PUT'], 'method_not_authorised'],
    [['--dienst', 'x'], 'dienst_not_authorised'], [['--oin', $other], 'profile_not_found'],
    [['--namens', '00000004003214345000'], 'on_behalf_of_not_authorised'], [['--at', '2099-06-01'], 'profile_expired'],
    [['--claim', 'x'], 'claim_unknown'], [['--claim', ''], 'claim_missing'],
    [['--oin', '00000004003214345000'], 'profile_unavailable'];
$redis->cli(
    'set', 'ggi:profiel:00000004003214345000',
    profile('00000004003214345000', 1) =~ s/"versie"/"geldigtot":"2020-01-01","versie"/r);
is_ggictl(
    'explain by a profile with a misspelt member', 0,
    qr/^the profile in Redis: warning: \$\.geldigtot: unknown member, which is passed over\n(?:.*\n)*allowed$/m,
    @explain, '--claim', 'BRPACT-AlgemeneTaken', '--oin', '00000004003214345000');
is_ggictl('explain without the call', 2, qr/expected --oin/, 'explain');
is_ggictl('no Redis', 2, qr/redis: Connection refused/, 'profiel', 'list', '--redis', 'redis://127.0.0.1:1');
is_ggictl('no command', 2, qr/^ggictl: unknown command "nonsense"; "ggictl help" names all$/, 'nonsense');
is_ggictl('help', 0, qr/^usage:/, '--help');

subtest 'Redis over TLS' => sub {
    $pki->leaf('elsewhere', '--san', 'DNS:elsewhere');
    my ($own, $elsewhere) = map { GGI::Redis->with_tls($pki, $_) } 'server', 'elsewhere';
    $_->cli('config', 'set', 'requirepass', 'secret') for $own, $elsewhere;
    my ($port, $elsewhere_port) = map { $_->tls_port } $own, $elsewhere;
    my @ca = ('--redis-ca', $pki->dir . '/roots.pem');
    my @good = ('--redis', "rediss://:secret\@localhost:$port/1", @ca);
    my $many =
        $dir->file('many.json', '[' . join(',', map { profile(sprintf('00000001%09d000', $_), 1) } 1 .. 3000) . ']');
    is_ggictl('profiles of a megabyte', 0, qr/3000 of 3000 profiles changed/, 'profiel', 'load', $many, @good);
    my (undef, $list) = ggictl('profiel', 'list', @good);
    is $list =~ tr/\n//, 3000, 'all of them are listed';
    is_ggictl('show', 0, qr/"versie": 1/, 'profiel', 'show', '00000001000000007000', @good);
    is_ggictl('withdraw', 0, qr/withdrawn/, 'profiel', 'withdraw', '00000001000000007000', @good);
    is_ggictl(
        'explain', 1, qr/profile_not_found/, 'explain', '--oin', '00000001000000007000', '--dienst', 'brp',
        '--method', 'GET', '--path', '/brp/1', @good);
    is_ggictl(
        'by an address that the certificate has', 0, qr/"versie": 1/, 'show', '00000001000000008000', '--redis',
        "rediss://:secret\@127.0.0.1:$port/1", @ca);
    $pki->leaf('six', '--san', 'IP:::1');
    my $six = GGI::Redis->with_tls($pki, 'six', '--bind', '127.0.0.1', '::1');
    is_ggictl(
        'by an IPv6 address that the certificate has', 1, qr/no profile/, 'show', '00000001000000008000',
        '--redis', "rediss://[::1]:@{[ $six->tls_port ]}", @ca);
    is_ggictl(
        'by one without TLS', 1, qr/no profile/, 'show', '00000001000000008000', '--redis',
        "redis://[::1]:@{[ $six->port ]}");
    is_ggictl(
        'a server that is not there', 2, qr/redis: Connection refused \(\[::1\]:1 over TLS\)/, 'list', '--redis',
        'rediss://[::1]:1');
    is_ggictl(
        'a wrong password', 2, qr/redis: WRONGPASS/, 'list', '--redis', "rediss://:wrong\@localhost:$port/1",
        @ca);
    is_ggictl(
        'a CA that is not trusted', 2, qr/redis: the server's certificate does not verify: /, 'list', '--redis',
        "rediss://:secret\@localhost:$port/1");
    is_ggictl(
        'a certificate of another name', 2,
        qr/redis: the server's certificate does not verify: hostname mismatch/i, 'list', '--redis',
        "rediss://:secret\@localhost:$elsewhere_port/1", @ca);
    is_ggictl(
        'a certificate of another address', 2,
        qr/redis: the server's certificate does not verify: IP address mismatch/i, 'list', '--redis',
        "rediss://:secret\@127.0.0.1:$elsewhere_port/1", @ca);
    is_ggictl(
        'a server without TLS', 2, qr/redis: TLS: (?!no memory)\w/, 'list', '--redis',
        'rediss://127.0.0.1:' . $redis->port, @ca);
    is_ggictl(
        'a CA for what is not encrypted', 2, qr{a CA is for URLs with TLS only, .* --redis-ca and GGI_REDIS_CA$}m,
        'list', '--redis', $redis->url, @ca);
    is_ggictl(
        'a CA that is not there', 2, qr{redis: /nonexistent: \w}, 'list', '--redis', "rediss://localhost:$port",
        '--redis-ca', '/nonexistent');
    my $mutual = GGI::Redis->with_tls($pki, 'server', '--tls-auth-clients', 'yes');
    my @mutual = ('list', '--redis', 'rediss://localhost:' . $mutual->tls_port, @ca);
    $pki->leaf('stranger', '--ca', 'self');
    my ($at, $stranger) = map { $pki->dir . "/$_" } 'server', 'stranger';
    system('openssl', 'pkey', '-in', "$at.key", '-aes256', '-passout', 'pass:x', '-out', "$at.secret.key") == 0 or die;
    my $asked = 'redis: the server asks for a client certificate, which --redis-cert and --redis-key name:';
    my $refused = 'redis: the server does not accept the client certificate of --redis-cert:';
    for my $case (
        ['none', 2, qr/\Q$asked\E \w/],
        ['that of another CA', 2, qr/\Q$refused\E \w/, "$stranger.pem", "$stranger.key"],
        ['a good one', 0, qr/\A\z/, "$at.pem", "$at.key"],
        ['the key of another', 2, qr/redis: $stranger\.key: key values mismatch/, "$at.pem", "$stranger.key"],
        ['a key with a passphrase', 2, qr{redis: $at\.secret\.key: \w}, "$at.pem", "$at.secret.key"],
        ['a file that is not there', 2, qr{redis: /nonexistent: \w}, '/nonexistent', "$at.key"],
    ) {
        my ($name, $exit, $message, $cert, $key) = @$case;
        is_ggictl(
            "a client certificate: $name",
            $exit, $message, @mutual, $cert ? ('--redis-cert', $cert, '--redis-key', $key) : ());
    }
    is_ggictl(
        'a client certificate without its key', 2, qr/redis: a client certificate and its key .* there is no key$/,
        @mutual, '--redis-cert', "$at.pem");
    is_ggictl(
        'a client certificate for what is not encrypted', 2, qr/redis: a client certificate is for URLs with TLS only/,
        'list', '--redis', $redis->url, '--redis-cert', "$at.pem", '--redis-key', "$at.key");
    {
        local $ENV{GGI_REDIS_CA} = $pki->dir . '/roots.pem';
        is_ggictl('the CA from the environment', 0, qr/"versie": 1/, 'show', '00000001000000008000', @good[0, 1]);
    }
    $own->signal('STOP');
    is_ggictl('a server that does not answer', 2, qr/redis: TLS: timed out/, 'list', @good);
    $own->signal('CONT');
};

sub redis_gate { return GGI::Gate->new(redis => $redis->url, pki => $pki, zone => 'profielen:4m', @_)->start }

subtest 'a withdrawal ends the calls of 100 open connections within a second' => sub {
    ggictl('load', '--force', $dir->file('own.json', profile($oin, 9) =~ s{/brp/\*}{/**}r));
    my $gate = redis_gate(workers => 2);
    my $calls = GGI::Child->command(
        'curl', '-s', '--http1.1', '--parallel', '--parallel-max', 100, $gate->caller_options,
        $gate->https('/[1-100000]'));
    ok $gate->wait_for(sub { (() = $gate->audit_text =~ /"decision":true/g) > 500 }, 'calls', 60), 'calls are allowed';
    local $ENV{GGI_CHANGES} = '';    # the time that a disk takes for a record is none of the gate's
    ggictl('withdraw', $oin);
    my $told = time;
    ok $gate->wait_for(sub { $gate->audit_text =~ /profile_not_found/ }, 'refusals'), 'and refused';
    sleep 1.5;
    $calls->stop;
    # of thousands of records, which take long to decode
    my ($last) = sort { $b <=> $a } $gate->audit_text =~ /^\{.*"timestamp":(\d+).*"decision":true/mg;
    cmp_ok $last / 1000 - $told, '<=', 1, sprintf 'the last one was allowed %.0f ms after it', $last - $told * 1000;
    $gate->stop;
};

subtest 'Redis and a file lead to the same decisions' => sub {
    my $seed = $ENV{GGI_SEED} // time;
    note "GGI_SEED=$seed";
    srand $seed;
    my $some = sub {
        my (@all) = @_;
        return join ',', map {qq("$_")} grep { rand() < 0.6 } @all;
    };
    my @oins = map { sprintf '00000001%09d000', $_ } 1 .. 50;
    my @profiles;
    for my $number (@oins) {
        my $diensten = join ',', map {
            sprintf '"%s":{"methoden":[%s],"paden":[%s],"doelbindingen":[%s],"namens":[%s]}', $_,
                $some->(qw(GET POST PUT)), $some->('/brp/a', '/brp/*', '/brp/*/c', '/brp/x/**'),
                $some->('BRPACT-AlgemeneTaken', 'Totaal'),
                $some->($oins[0])
        } grep { rand() < 0.8 } 'brp', 'brp2';
        my $until = (undef, '2020-01-01', '2099-01-01')[rand 3];
        push @profiles, sprintf '{"oin":"%s","versie":%d,%s"diensten":{%s}}', $number, 1 + rand 9,
            $until ? qq("geldig_tot":"$until",) : '', $diensten
            if rand() < 0.9;
    }
    my $all = '[' . join(',', @profiles) . ']';
    my ($exit, $text) = ggictl('load', '--force', $dir->file('all.json', $all));
    is $exit, 0, 'loaded' or diag $text;
    my $wide = '{"versie":"1","doelbindingen":[' . join(
        ',',
        map {qq({"id":"$_","doel":"d","grondslag":{"avg":"6.1.e"},"diensten":["brp"]})} 'BRPACT-AlgemeneTaken',
        'Totaal') . ']}';
    my $locations =
          'location /brp/ { ggi_dienst brp; proxy_pass http://api; } location /brp2/ { ggi_dienst brp2; '
        . 'rewrite ^/brp2(/.*) /brp$1 break; proxy_pass http://api; }';
    my @gates = (
        GGI::Gate->new(pki => $pki, profiles => $all, register => $wide, locations => $locations)->start,
        redis_gate(register => $wide, locations => $locations));
    for my $n (0 .. $#oins) {
        my @requests = map {
            [   ('/brp', '/brp2')[rand 2] . ('/a', '/b', '/b/c', '/x/y/z', '/')[rand 5],
                ('GET', 'POST', 'PUT', 'DELETE')[rand 4], ('BRPACT-AlgemeneTaken', 'Totaal', 'Onbekend')[rand 3],
                rand() < 0.3 ? $oins[rand 3] : '']
        } 1 .. 20;
        my $leaf = $pki->leaf("c$n", '--oin', $oins[$n]);
        for my $gate (@gates) {
            my $config = join "\nnext\n", map {
                join "\n", 'silent', 'output = /dev/null', "cacert = @{[ $pki->dir ]}/roots.pem", "cert = $leaf.pem",
                    "key = $leaf.key", 'url = ' . $gate->https($_->[0]), "request = $_->[1]",
                    "header = \"X-Doelbinding: $_->[2]\"",
                    $_->[3] ? "header = \"X-Origin-OIN: $_->[3]\"" : ();
            } @requests;
            $gate->write('curl.conf', $config);
            system 'curl', '-K', $gate->prefix . '/curl.conf';
        }
    }
    my @verdicts = map { [verdicts($_->since(1000, 0))] } @gates;
    is scalar @{ $verdicts[0] }, 1000, 'a thousand calls';
    is_deeply $verdicts[1], $verdicts[0], 'the same verdicts';
    my %kinds = map { $_ => 1 } @{ $verdicts[0] };
    cmp_ok scalar keys %kinds, '>=', 8, join ', ', sort keys %kinds;
    $_->stop for @gates;
};

done_testing;
