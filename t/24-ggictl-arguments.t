# SPDX-License-Identifier: EUPL-1.2
# ggictl: its arguments, its help, and what is made from the same table: manual page and completion.
use strict;
use warnings;

use IPC::Open3 qw(open3);
use JSON::PP qw(decode_json);
use Symbol qw(gensym);
use Test::More;

use GGI::Conf ();
use GGI::Folder ();
use GGI::Gate;
use GGI::Redis;

my $root = $GGI::Nginx::ROOT;
my $build = $GGI::Nginx::BUILD;
my $tool = "$build/ggictl";
my $redis = GGI::Redis->new;
my $dir = GGI::Folder->new;
my $oin = $GGI::Gate::OIN;

# Runs the tool with a text as its standard input, or with none: exit status, standard output and standard error.
sub reading {
    my ($input, @arguments) = @_;
    local $ENV{GGI_REDIS} = $redis->url;
    local $ENV{GGI_CHANGES} = "$dir/changes.jsonl";
    my @command = ('sh', '-c', 'exec "$@" <"$0"', $dir->file('in', $input), $tool, @arguments);
    my $pid = open3(my $to, my $out, my $err = gensym, @command);
    close $to;
    my $said = join '', <$out>;
    my $error = join '', <$err>;
    waitpid $pid, 0;
    return ($? >> 8, $said, $error);
}
sub ggictl { return reading('', @_) }

# An error: status 2, nothing on standard output, and one line on standard error.
sub is_error {
    my ($message, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_deeply [ggictl(@arguments)], [2, '', "ggictl: $message\n"], "ggictl @arguments";
}

my $profiles = $dir->file('profielen.json', $GGI::Gate::PROFILES);
my $register = $dir->file('doelbindingen.json', $GGI::Gate::REGISTER);
my @call = ('--oin', $oin, '--dienst', 'brp', '--method', 'GET', '--path', '/brp/1');

subtest 'what is wrong is named, and nothing else is said' => sub {
    is_error('expected a command; "ggictl help" names all');
    is_error('unknown command "nonsense"; "ggictl help" names all', 'nonsense');
    is_error('unknown command "profiel chekc"; did you mean "profiel check"?', 'profiel', 'chekc', $profiles);
    is_error('unknown command "chekc"; did you mean "check"?', 'chekc', $profiles);
    is_error('unknown command "profil check"; did you mean "profiel check"?', 'profil', 'check', $profiles);
    is_error('unknown command "explian"; did you mean "explain"?', 'explian', @call);
    is_error('"profiel" is not a whole command; "ggictl help profiel" names those that begin with it', 'profiel');
    is_error('unknown option "--forse"; did you mean "--force"?', 'profiel', 'load', $profiles, '--forse');
    is_error(
        'unknown option "--nonsense"; "ggictl help COMMAND" names those of a command', 'profiel', 'list',
        '--nonsense');
    is_error('unknown option "-x"; "ggictl help COMMAND" names those of a command', 'profiel', 'list', '-x');
    is_error(
        'unknown option "--profi"; "ggictl help COMMAND" names those of a command', 'explain', @call, '--profi',
        $profiles);
    is_error('profiel list: --oin is not an option of this command', 'profiel', 'list', '--oin', $oin);
    is_error(
        'register check: --redis is not an option of this command', 'register', 'check', $register, '--redis',
        'x');
    is_error('profiel list: unexpected argument "x"', 'profiel', 'list', 'x');
    is_error('profiel show: unexpected argument "x"', 'profiel', 'show', $oin, 'x');
    is_error('explain: unexpected argument "x"', 'explain', @call, 'x');
    is_error('profiel check: expected FILE...', 'profiel', 'check');
    is_error('profiel show: expected OIN', 'show');
    is_error('explain: expected --oin, --dienst, --method, --path', 'explain');
    is_error('explain: expected --method', 'explain', @call[0 .. 3, 6, 7]);
    is_error('--redis needs a value: URL', 'profiel', 'list', '--redis');
    is_error('--force takes no value, and "1" was given', 'profiel', 'load', $profiles, '--force=1');
    is_error('-o: unknown value "xml", expected one of: text json', 'profiel', 'list', '-o', 'xml');
    is_error('--output: unknown value "", expected one of: text json', 'profiel', 'list', '--output=');
    is_error('unknown command "nonsense"; "ggictl help" names all', 'help', 'nonsense');
    is_error(
        'explain: --at: expected a date or a time of RFC 3339, not "now"', 'explain', @call, '--at', 'now',
        '--profiles', $profiles);
};

subtest 'what stands there for nothing, or finds nothing, is an error too' => sub {
    my $log = $dir->file('log.jsonl', '');
    is_error("profiel check: an argument is empty, expected FILE...", 'profiel', 'check', '');
    is_error('--register needs a value: FILE', 'profiel', 'check', $profiles, "--register=");
    is_error('--redis needs a value: URL', 'profiel', 'list', '--redis', '');
    is_error(
        'profiel check: standard input can be read once, and "-" was given 2 times', 'profiel', 'check', '-',
        '--register', '-');
    is_error(
        'audit verify: standard input can be read once, and "-" was given 3 times', 'audit', 'verify', '-', '-',
        '-');
    is_error("$_: unexpected argument \"x\"", split(' ', $_), 'x') for '--version', '--man';
    is_error('--version stands alone, and --force was given as well', '--version', '--force');
    is_error('profiel show: expected an OIN of 20 digits or letters, not "123"', 'profiel', 'show', '123');
    my $file = "$dir/none";
    like + (ggictl('functie', 'show', 'a b'))[2], qr/^ggictl: functie show: expected .*, not "a b"$/,
        'functie show of what can be no name';
    is_error(
              'redis: URL: expected redis://, rediss://, unix://, sentinel://, sentinels://, redis-cluster:// or '
            . 'redis-clusters:// at its start',
        'profiel', 'load', $profiles, '--redis', 'http://x');
    my @explain = ('explain', @call, '--profiles', $profiles);
    is_error("$file: No such file or directory", 'explain', @call, '--profiles', $file);
    is_error("$file: No such file or directory", @explain, '--claim', 'x', '--register', $file);
    is_error('explain: --oin: expected an OIN of 20 digits or letters, not "123"', @explain, '--oin', '123');
    is_error('explain: --dienst: no "ggi_dienst" can have the name "A B"', @explain, '--dienst', 'A B');
    is_error('explain: --profiles and --redis are two sources: give one', @explain, '--redis', $redis->url);
    for my $command (['audit', 'query'], ['audit', 'tail'], ['audit', 'stats']) {
        is_error(
            '--reason: unknown reason "claim_mising"; did you mean "claim_missing"?', @$command, '--reason',
            'claim_mising', $log);
        is_error(
            '--reason: unknown reason "nonsense"; modules/dienst/README.md lists them', @$command, '--reason',
            'nonsense', $log);
        is_error("@$command: --oin: expected an OIN of 20 digits or letters, not \"1\"", @$command, '--oin', '1', $log);
    }
    is_error(
        'audit query: --from is not before --to, so that no record can be meant', 'audit', 'query', '--from',
        '2026-02-01', '--to', '2026-01-01', $log);
    is_error("$file: No such file or directory", 'audit', 'expire', $file);
    is_error("$dir: Is a directory", 'profiel', 'check', "$dir");
};

# Runs the tool by a shell, in which "$0" is the tool, and whose streams are those that the command says.
sub by_shell {
    my ($command) = @_;
    local $ENV{GGI_REDIS} = $redis->url;
    local $ENV{GGI_CHANGES} = "$dir/changes.jsonl";
    my $error = "$dir/error";
    system 'sh', '-c', "{ $command; } 2>$error", $tool, $profiles;
    return ($? >> 8) . ' ' . GGI::Folder::content("$dir/error");
}

subtest 'streams that are closed or full' => sub {
    my $unwritten = "2 ggictl: standard output could not be written\n";
    is by_shell("\"\$0\" profiel check \"\$1\" $_"), $unwritten, "profiel check $_" for '>&-', '>/dev/full';
    is by_shell("\"\$0\" --version $_"), $unwritten, "--version $_" for '>&-', '>/dev/full';
    $redis->cli('flushall');
    unlink glob "$dir/changes*.jsonl";
    is by_shell('"$0" profiel load "$1" >&-'), $unwritten, 'profiel load without standard output';
    my @lines = map { split /\n/, GGI::Folder::content($_) } glob "$dir/changes*.jsonl";
    is_deeply [grep { !/\A\{.*\}\z/ } @lines], [], 'writes nothing else into the log of changes';
    cmp_ok scalar @lines, '>', 1, 'which has its records';
    $redis->cli('flushall');
    is by_shell('"$0" profiel check - <&-'),
        "2 ggictl: standard input could not be read: Bad file descriptor\n", 'profiel check - of no standard input';
    is by_shell('"$0" audit verify - <&- >/dev/null'),
        "2 ggictl: standard input: cannot be read: Bad file descriptor\n", 'audit verify - of none';
};

subtest 'a file that cannot be read is an error' => sub {
    my $none = "$dir/none";
    is_error("$none: No such file or directory", @$_, $none) for ['profiel', 'check'], ['profiel', 'load'],
        ['register', 'check'], ['audit', 'verify'], ['profiel', 'check', $profiles, '--register'],
        ['explain', '-o', 'json', @call, '--profiles'],
        ['explain', '-o', 'json', @call, '--profiles', $profiles, '--claim', 'x', '--register'];
    my ($exit, $said, $error) = ggictl('profiel', 'check', $none, $profiles);
    is "$exit $said$error", "2 $profiles: good, 1 profile\nggictl: $none: No such file or directory\n",
        'the others are checked all the same';
};

subtest 'a file that was not loaded is not called good' => sub {
    my ($exit, $said) = ggictl('profiel', 'load', $profiles, '--redis', 'redis://127.0.0.1:1/0');
    is "$exit$said", 2, 'where Redis does not answer';
    my $older = $dir->file('older.json', $GGI::Gate::PROFILES =~ s/"versie": 7/"versie": 6/r);
    is((ggictl('profiel', 'load', $profiles))[0], 0, 'it is loaded');
    ($exit, $said) = ggictl('profiel', 'load', $older);
    is $exit, 1, 'an older one is not';
    like $said, qr/^nothing changed: /, 'which is all that is said';
    $redis->cli('flushall');
};

subtest 'where options may stand, and how they may be written' => sub {
    for my $arguments (
        ['explain', @call, '--profiles', $profiles], [@call, '--profiles', $profiles, 'explain'],
        ['explain', "--profiles=$profiles", @call]
    ) {
        my ($exit, $said) = ggictl(@$arguments);
        is $exit, 0, "ggictl @$arguments";
        like $said, qr/^allowed by the profile/m, 'is allowed';
    }
    my ($exit, $said) = ggictl('explain', @call, '--profiles', $profiles, '--method', 'PUT');
    is $exit, 1, 'the last of an option that is given twice counts';
    for my $format (['-o', 'json'], ['-ojson'], ['--output=json']) {
        ($exit, $said) = ggictl('register', 'check', $register, @$format);
        ok eval { decode_json($said) }, "@$format" or diag $said;
    }
    $dir->file('--x.json', $GGI::Gate::REGISTER);
    chdir $dir or die "$dir: $!\n";
    ($exit, $said) = ggictl('register', 'check', '--', '--x.json');
    is $said, "--x.json: good, 1 doelbinding\n", 'what is behind -- is no option';
    chdir $root or die "$root: $!\n";
};

subtest 'standard input' => sub {
    is( (reading($GGI::Gate::PROFILES, 'profiel', 'check', '-'))[1], "standard input: good, 1 profile\n",
        'profiel check');
    is( (reading($GGI::Gate::REGISTER, 'register', 'check', '-'))[1], "standard input: good, 1 doelbinding\n",
        'register check');
    is( (reading('{', 'profiel', 'check', '-'))[1] =~ s/: line.*//sr, 'standard input: $',
        'profiel check of what is faulty');
    is( (reading($GGI::Gate::PROFILES, 'profiel', 'load', '-'))[1],
        "standard input: good, 1 profile\n1 of 1 profile changed\n", 'profiel load');
    like(
        (reading($GGI::Gate::PROFILES, 'explain', @call, '--profiles', '-'))[1], qr/^allowed by the profile/m,
        'explain --profiles');
    like(
        (reading($GGI::Gate::REGISTER, 'explain', @call, '--register', '-', '--claim', 'BRPACT-AlgemeneTaken'))[1],
        qr/^allowed$/m, 'explain --register');
    my ($exit, undef, $error) = reading('[' . ' ' x (64 * 1024 * 1024) . ']', 'profiel', 'check', '-');
    is "$exit $error", "2 ggictl: standard input: expected at most 67108864 bytes\n", 'what is too long';
};

subtest 'results as JSON' => sub {
    my $json = sub {
        my ($status, @arguments) = @_;
        my ($exit, $said, $error) = ggictl(@arguments, '-o', 'json');
        is "$exit$error", $status, "exit status of @arguments";
        return eval { decode_json($said) } // diag $said;
    };
    my $wrong = $dir->file('wrong.json', $GGI::Gate::PROFILES =~ s/"versie": 7/"versie": "7"/r);
    is_deeply $json->(1, 'profiel', 'check', $profiles, $wrong), {
        files => [
            { file => $profiles, good => JSON::PP::true, profiles => 1, faults => [], warnings => [] },
            {
                file => $wrong, good => JSON::PP::false,
                warnings => [],
                faults => ['$[0].versie: invalid, expected a whole number, 0 or more']
            },
        ]
        },
        'profiel check';
    is_deeply $json->(0, 'register', 'check', $register),
        {
        files => [
            {
                file => $register, good => JSON::PP::true, doelbindingen => 1, faults => [],
                warnings => []
            }]
        },
        'register check';
    $redis->cli('flushall');
    my $checked = [{ file => $profiles, good => JSON::PP::true, profiles => 1, faults => [], warnings => [] }];
    is_deeply $json->(0, 'profiel', 'load', $profiles), { files => $checked, changed => 1, profiles => 1 },
        'profiel load';
    my $older = $dir->file('older.json', $GGI::Gate::PROFILES =~ s/"versie": 7/"versie": 6/r);
    is $json->(1, 'profiel', 'load', $older)->{reason}, "$oin has version 7 in Redis, and version 6 in the file",
        'profiel load of an older one';
    is_deeply $json->(0, 'profiel', 'show', $oin),
        { oin => $oin, profile => decode_json($GGI::Gate::PROFILES)->[0] }, 'profiel show';
    $redis->cli('set', 'ggi:profiel:00000004003214345000', '{}');
    my $listed = { oin => $oin, versie => 7, geldig_van => undef, geldig_tot => undef, naam => 'Gemeente Voorbeeld' };
    my $faulty = {
        oin => '00000004003214345000',
        fault => '$.oin: missing, expected a string of 1 to 1024 bytes without control characters'
    };
    is_deeply [sort { $a->{oin} cmp $b->{oin} } @{ $json->(0, 'profiel', 'list')->{profiles} }], [$listed, $faulty],
        'profiel list';
    is_deeply $json->(0, 'profiel', 'withdraw', $oin), { oin => $oin, withdrawn => JSON::PP::true },
        'profiel withdraw';
    is_deeply $json->(1, 'profiel', 'withdraw', $oin), { oin => $oin, withdrawn => JSON::PP::false },
        'profiel withdraw of none';
    is_deeply $json->(1, 'profiel', 'show', $oin), { oin => $oin, profile => undef }, 'profiel show of none';
    my $explained = $json->(
        0, 'explain', @call, '--profiles', $profiles, '--register', $register, '--claim',
        'BRPACT-AlgemeneTaken');
    is_deeply [@$explained{qw(decision path versie methoden paden)}],
        [JSON::PP::true, '/brp/1', 7, ['GET', 'POST'], ['/**']],
        'explain';
    is_deeply $explained->{doelbinding}, {
        doel => 'Uitvoering algemene taken', grondslag_avg => '6.1.e',
        grondslag_wet => 'Wet BRP art. 3.1'
        },
        'the doelbinding';
    my @claimed = (@call, '--profiles', $profiles, '--register', $register, '--claim', 'BRPACT-AlgemeneTaken');
    ok !exists $explained->{betrouwbaarheidsniveau_vereist}, 'which asks for no level';
    is_deeply [@{ $json->(1, 'explain', @claimed, '--asked', 'hoog', '--niveau', 'laag') }
            {qw(reason status betrouwbaarheidsniveau_vereist)}], ['assurance_too_low', 403, 'hoog'],
        'a level that is too low';
    is_error(
        '--asked: unknown value "Hoog", expected one of: laag substantieel hoog', 'explain', @claimed, '--asked',
        'Hoog');
    my ($p, $r) = map { $dir->file(@$_) } [
        'misspelt-profiles.json',
        $GGI::Gate::PROFILES =~ s/"versie"/"geldigtot": "2020-01-01", "versie"/r],
        ['misspelt-register.json', $GGI::Gate::REGISTER =~ s/"doel":/"geldigtot": "2020-01-01", "doel":/r];
    my @misspelt = (@call, '--profiles', $p, '--register', $r, '--claim', 'BRPACT-AlgemeneTaken');
    my $passed_over = 'unknown member, which is passed over';
    is_deeply $json->(0, 'explain', @misspelt)->{warnings},
        ["$p: \$[0].geldigtot: $passed_over", "$r: \$.doelbindingen[0].geldigtot: $passed_over"],
        'explain by files with misspelt members';
    my (undef, $text) = ggictl('explain', @misspelt);
    is_deeply [$text =~ /^(.*): warning: (\S+): \Q$passed_over\E$/mg],
        [$p, '$[0].geldigtot', $r, '$.doelbindingen[0].geldigtot'], 'which it tells of as text, too';
    ok !exists $explained->{warnings}, 'and of nothing where there is nothing';
    is_deeply $json->(0, 'profiel', 'check', '--register', $r, $profiles)->{warnings},
        ["$r: \$.doelbindingen[0].geldigtot: $passed_over"], 'profiel check by such a register';
    my $refused = $json->(1, 'explain', @call, '--profiles', $profiles, '--method', 'PUT');
    is_deeply [@$refused{qw(decision reason status)}], [JSON::PP::false, 'method_not_authorised', 403],
        'explain of what is refused';
    is_deeply [@{ $json->(1, 'explain', @call, '--method', $_->[0]) }{qw(reason status)}],
        ['request_rejected', $_->[1]],
        "explain of the method $_->[0]" for ['get', 400], ['TRACE', 405];
    is $json->(1, 'explain', @call, '--oin', '00000004003214345000')->{reason}, 'profile_unavailable',
        'explain with a faulty profile';
    is_deeply $json->(0, 'audit', 'verify', '/dev/null'),
        { faults => [], chains => [], records => 0, twice => 0, tombstones => 0 },
        'audit verify';
    is scalar @{ $json->(1, 'audit', 'verify', $register)->{faults} }, 2, 'audit verify of no log';
    my ($exit, $said, $error) = ggictl('profiel', 'list', '-o', 'json', '--redis', 'redis://127.0.0.1:1');
    is $said, '', 'an error is no result';
    like $error, qr/^ggictl: redis: Connection refused/, 'and said on standard error';
};

is_deeply [ggictl('audit', 'verify')], [ggictl('audit', 'verify', '/var/log/nginx/ggi-audit.jsonl')],
    'audit verify of the log that tail, query and stats read too';

subtest 'output that cannot be written is an error' => sub {
    my $said = qx($tool register check $register 2>&1 >/dev/full);
    is $? >> 8, 2, 'exit status';
    is $said, "ggictl: standard output could not be written\n", 'message';
};

my (undef, $help) = ggictl('help');
my @commands = map {s/ [A-Z[].*//r} $help =~ /^  ggictl ((?:\S+ )+?) /mg;
$_ =~ s/ +\z// for @commands;
is_deeply \@commands, [
    map({"profiel $_"} qw(check load diff show list withdraw verify export history)),
    map({"functie $_"} qw(check load diff show list withdraw verify export history explain)),
    map({"toestemming $_"} qw(check load diff grant show list withdraw verify export history)), 'dataset show',
    'dataset adopt', 'register check',
    'dienst init',
    'explain',
    'audit verify', 'audit tail', 'audit query', 'audit index',
    'audit stats',
    'audit export', 'audit pseudonym',
    'audit seal', 'audit ship', 'audit expire', 'crl fetch', 'crl show',
    'doctor',
    'help'],
    'the commands';

subtest 'help' => sub {
    is_deeply [ggictl(@$_)], [0, $help, ''], "ggictl @$_" for ['--help'], ['-h'];
    for my $command (@commands) {
        my ($exit, $said, $error) = ggictl('help', split / /, $command);
        is "$exit$error", 0, "ggictl help $command";
        like $said, qr/\Ausage: ggictl $command\b.*^  -h, --help /ms, 'has syntax and options';
        is_deeply [ggictl((split / /, $command), '-h')], [0, $said, ''], "ggictl $command -h";
        is_deeply [grep { length > 100 } split /\n/, $said], [], 'no long lines';
    }
    is((ggictl('help', 'check'))[1], (ggictl('help', 'profiel', 'check'))[1], 'without the word "profiel"');
    is_deeply [(ggictl('help', 'profiel'))[1] =~ /^usage: ggictl (profiel \w+)/mg], [grep {/^profiel /} @commands],
        'all that begin with a word';
};

is_deeply [ggictl('--version')],
    [0, 'ggictl ' . (GGI::Conf::content('modules/base/ggi_version.h') =~ /GGI_VERSION\s+"(.*)"/)[0] . "\n", ''],
    '--version';

subtest 'the manual page' => sub {
    system("$root/scripts/setup", 'groff-base') == 0 or die "groff-base cannot be installed\n";
    is qx(groff -man -ww -z -Tutf8 $build/ggictl.1 2>&1), '', 'groff has no warning';
    my $page = qx(GROFF_NO_SGR=1 groff -man -Tutf8 -rLL=200n $build/ggictl.1 | col -bx);
    $page =~ s/\x{e2}\x{80}\x{90}\n? *//g;
    my %seen;
    for my $command (@commands) {
        like $page, qr/^ {3}$command\n/m, "has $command";
        my (undef, $said) = ggictl('help', split / /, $command);
        for my $option ($said =~ s/.*^Options:\n//msr =~ /^  (?:-\w, )?(--[\w-]+)/mg) {
            like $page, qr/^ {7}(?:-\w, )?\Q$option\E\b/m, "has $option" if !$seen{$option}++;
        }
    }
    like $page, qr/^ {7}ggictl audit verify \[--partial\] \[--interval TIME\] \[--key PUBLIC\]/m,
        'a syntax as in the help of the command';
    is qx($tool --man), GGI::Conf::content("build/ggictl.1"), 'is what the tool writes' if $build eq "$root/build";
    my %read = map { $_ => 1 }
        map { GGI::Conf::content(s{^\Q$root/}{}r) =~ /\bgetenv\("(GGI_\w+)"\)/g } glob "$root/modules/ggictl/*.c";
    cmp_ok keys %read, '>=', 5, 'what the tool reads of the environment';
    like qx($tool --man), qr/^\.SH ENVIRONMENT\n.*\\fB$_\\fR/ms, "tells of $_" for sort keys %read;
};

# What bash offers for words, of which the last is not complete.
sub completed {
    my (@words) = @_;
    my $script = 'source "$1"; shift;
        COMP_WORDS=(ggictl "$@"); COMP_CWORD=$#; _ggictl; printf "%s\n" "${COMPREPLY[@]}"';
    open my $out, '-|', 'bash', '--norc', '-uc', $script, 'bash', "$build/ggictl.bash", @words or die "bash: $!\n";
    my @offered = grep {length} map {s/\n//r} <$out>;
    close $out or die "bash: @words: $?\n";
    return [sort @offered];
}

subtest 'completion in bash' => sub {
    system("$root/scripts/setup", 'shellcheck') == 0 or die "shellcheck cannot be installed\n";
    is qx(shellcheck $build/ggictl.bash 2>&1), '', 'shellcheck finds nothing';
    my @first = sort qw(audit crl dataset dienst doctor explain functie help profiel register toestemming), '--help',
        '--version';
    is_deeply completed(''), \@first, 'nothing yet';
    is_deeply completed('he'), ['help'], 'the first word';
    is_deeply completed('profiel', ''), [qw(check diff export history list load show verify withdraw)],
        'the second word';
    is_deeply completed('profiel', 'l'), [qw(list load)], 'half of it';
    my @audit = qw(expire export index match pseudonym query seal ship stats tail verify);
    is_deeply completed('help', 'audit', ''), \@audit, 'what help is asked for';
    is_deeply completed('--redis', 'redis://x', 'profiel', 's'), ['show'], 'behind an option with a value';
    is_deeply completed('--redis', '=', 'redis://x', 'profiel', 's'), ['show'], 'behind one with "="';
    is_deeply completed('explain', '--o'), [qw(--oin --output)], 'options';
    is_deeply completed('explain', '--output', ''), [qw(json text)], 'values of an option';
    is_deeply completed('explain', '-o', 'j'), ['json'], 'of its short form';
    is_deeply completed('explain', '--asked', 'h'), ['hoog'], 'of one without a short form';
    unlike GGI::Conf::content('build/ggictl.bash'), qr/\0/, 'without a byte of zero' if $build eq "$root/build";
    is_deeply completed('explain', '--output', '='), [qw(json text)], 'behind "="';
    is_deeply completed('explain', '--oin', ''), [], 'nothing for a value that is free';
    is_deeply completed('explain', '--profiles', "$dir/prof"), [$profiles], 'files as the value of an option';
    is_deeply completed('profiel', 'check', "$dir/prof"), [$profiles], 'files as arguments';
    is_deeply completed('check', "$dir/prof"), [$profiles], 'also without "profiel"';
    is_deeply completed('crl', 'show', "$dir/prof"), [$profiles], 'where a directory may stand as well';
    is_deeply completed('audit', 'query', "$dir/prof"), [$profiles], 'where there may be none';
    is_deeply completed('crl', 'fetch', '--to', "$dir/prof"), [$profiles], 'and as the value of an option';
    is_deeply completed('profiel', 'list', ''), [], 'nothing where nothing belongs';
    for my $command (grep { $_ ne 'help' } @commands) {
        my (undef, $said) = ggictl('help', split / /, $command);
        my @options = sort $said =~ s/.*^Options:\n//msr =~ /^  (?:-\w, )?(--[\w-]+)/mg;
        is_deeply completed((split / /, $command), '--'), \@options, "the options of $command";
    }
};

subtest 'the reference' => sub {
    my $text = GGI::Conf::content('modules/ggictl/README.md');
    for my $command (@commands) {
        my ($part) = $text =~ /^### $command\n(.*?)(?=^##|\z)/ms;
        ok $part, "has $command" or next;
        my ($syntax) = $part =~ /^    Syntax: +(.*?)\n\n/ms;
        my (undef, $said) = ggictl('help', split / /, $command);
        is $syntax =~ s/\s+/ /gr, ($said =~ /^usage: (.*?)\n\n/s)[0] =~ s/\s+/ /gr, 'its syntax';
        like $part, qr/^Exit status: /m, 'its exit status';
    }
};

done_testing;
