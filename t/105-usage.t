# SPDX-License-Identifier: EUPL-1.2
# How the scripts are used: what they say when they are asked, and when they are called wrongly.
use strict;
use warnings;

use Test::More;

use GGI::Folder ();
use GGI::Nginx;

my $root = $GGI::Nginx::ROOT;
my $dir = GGI::Folder->new;

# Runs a script, which does nothing but say how it is used: exit status, standard output and standard error.
sub said {
    my ($name, @arguments) = @_;
    system 'sh', '-c', 'out=$1 script=$2; shift 2; exec timeout 20 "$script" "$@" >"$out/out" 2>"$out/err" </dev/null',
        'sh', "$dir", "$root/scripts/$name", @arguments;
    return ($? >> 8, map { GGI::Folder::content("$dir/$_") } 'out', 'err');
}

# The tool has tests of its own, and "run-common" and "check-common" are parts of others.
my @scripts = grep { !/^(?:ggictl|\w+-common)\z/ } map {s{.*/}{}r} glob "$root/scripts/*";
cmp_ok scalar @scripts, '>', 10, 'scripts are seen';

for my $name (@scripts) {
    subtest "scripts/$name" => sub {
        my ($exit, $out, $err) = said($name, '--help');
        is $exit, 0, '--help succeeds';
        like $out, qr{\bscripts/$name\b}, 'and says on standard output how the script is used';
        is $err, '', 'and nothing on standard error';
        ($exit, $out, $err) = said($name, '--nonsense');
        is "$exit$out", 2, 'an unknown option is an error, and nothing is on standard output';
        like $err, qr{\Ascripts/$name: .*nonsense.*\n}, 'which names the script and the option first';
        like $err, qr{\n.*\bscripts/$name\b}, 'and then says how the script is used';
        unlike "$out$err", qr/ line \d+\.?$/m, 'without a line number';
    };
}

for my $wrong (
    ['bench', ['x'], 'unexpected argument "x"'],
    ['bench', ['--rounds', 'x'], 'value "x" invalid for option rounds (number expected)'],
    ['bench', ['--only'], 'option only requires an argument'],
    ['demo', [], 'expected URL and DIR; scripts/run --demo calls it'],
    ['demo-two', ['x'], 'expected DIR, GATE, MISLED and WRONG; scripts/run --two --demo calls it'],
    ['run-two', ['--keep'], '--keep needs a DIR'],
    ['build', ['x'], 'unexpected argument "x"'],
    ['fuzz', ['0'], 'expected SECONDS, not "0"'],
    ['fuzz', [], 'expected SECONDS, not ""'],
    ['fuzz', ['--gate', 'x'], '--gate: expected SECONDS, not "x"'],
    ['image', [], 'expected --check'],
    ['image', ['--check', 'x'], 'unexpected argument "x"'],
    ['judge', ['x'], 'unexpected argument "x"'],
    ['lint', ['--only', 'x'], '--only: expected the name of a tool, not "x"'],
    ['mmdb', ['x'], 'expected FROM.csv and TO.mmdb'],
    ['nginx-source', [], 'expected one DIR'],
    ['nginx-tests', [], 'expected DIR'],
    ['nginx-tests', ["$dir"], "$dir has no lib/Test/Nginx.pm"],
    ['pki', [], 'unknown command ""'],
    ['pki', ['init'], 'init: expected DIR'],
    ['pki', ['leaf', 'x'], 'leaf: expected DIR and NAME'],
    ['pki', ['leaf', 'x', 'y', '--oin'], '--oin needs a value'],
    ['pki', ['leaf', 'x', 'y', '--nonsense', 'z'], 'unknown option --nonsense'],
    ['pkits', [], 'expected one DIR'],
    ['pkits', ["$dir"], "$dir has no folder certs"],
    ['soak', [], 'expected MINUTES'],
    ['soak', ['0.0'], 'expected MINUTES, not "0.0"'],
    ['soak', ['--clients', '1', '1'], '--clients: expected 2 or more, not "1"'],
    ['style', [], 'expected FILE...'],
) {
    my ($name, $arguments, $fault) = @$wrong;
    my ($exit, $out, $err) = said($name, @$arguments);
    is_deeply [$exit, $out, $err =~ s/\n.*//sr], [2, '', "scripts/$name: $fault"], "scripts/$name @$arguments";
}

done_testing;
