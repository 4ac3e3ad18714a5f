# SPDX-License-Identifier: EUPL-1.2
# scripts/lint: each of its tools finds what it is there for, and fails then. (.ci/run looks at all files.)
use strict;
use warnings;

use Test::More;

use GGI::Folder ();
use GGI::Nginx;

plan skip_all => 'runs nothing of the modules' if GGI::Nginx::under_instrument();

my $root = $GGI::Nginx::ROOT;
my $dir = GGI::Folder->new;

sub lint { my (@arguments) = @_; return GGI::Folder::run("$root/scripts/lint", @arguments) }

my $good = "int f(int x);\n\nint\nf(int x)\n{\n    return x;\n}\n";
my @cases = (
    [   'clang-tidy', 'null.c', "int f(void);\n\nint\nf(void)\n{\n    int  *p = 0;\n\n    return *p;\n}\n",
        qr/clang-analyzer-core\.NullDereference/, $good],
    [   'cppcheck', 'bounds.c', "int f(void);\n\nint\nf(void)\n{\n    int  a[2] = { 1, 2 };\n\n    return a[2];\n}\n",
        qr/arrayIndexOutOfBounds/, $good],
    [   'style', 'indented.c', "int f(int x);\n\nint\nf(int x)\n{\n   return x ;\n}\n",
        qr/6: indented by 3, expected 4\n.*6: a blank where none belongs/, $good],
    [   'style', 'tab.h', "#define A\t1 \n\n\n\n#define B  2\n",
        qr/1: a tab\n.*1: blanks at the end\n.*4: more than two empty lines/, "#define A  1\n"],
    [   'shellcheck', 'script', "#!/usr/bin/env bash\nrm -rf \$1/x\n", qr/SC2086/,
        "#!/usr/bin/env bash\nrm -rf \"\$1\"\n"],
    [   'perlcritic', 'Module.pm', "package Module;\nuse strict;\nuse warnings;\nopen F, \$ARGV[0];\n1;\n",
        qr/Bareword file handle/, "package Module;\nuse strict;\nuse warnings;\n1;\n"],
    ['perltidy', 'Tidy.pm', "package Tidy;\nf( 1 );\n1;\n", qr/^-f\( 1 \);\n\+f\(1\);/m, "package Tidy;\nf(1);\n1;\n"],
);
for my $case (@cases) {
    my ($tool, $name, $text, $message, $clean) = @$case;
    my $file = $dir->file($name, $text);
    my ($exit, $said) = lint('--only', $tool, $file);
    is $exit, 1, "$tool: $name fails";
    like $said, $message, 'and it is told why';
    $dir->file($name, $clean);
    ($exit, $said) = lint('--only', $tool, $file);
    is $exit, 0, 'not without the fault' or diag $said;
    like $said, qr/^$tool: 1 files, nothing found$/m, 'of which it is told that it was looked at';
}

{
    # reuse judges a whole tree, so it gets a copy of this one
    my $tree = "$dir/tree";
    system("cd $root && git ls-files -z --cached --others --exclude-standard | xargs -0 cp -P --parents -t $tree") == 0
        or die
        if mkdir $tree;
    system("git -C $tree init -q") == 0 or die;
    my $said = qx($tree/scripts/lint --only reuse 2>&1);
    is $?, 0, 'reuse: the tree has its licences' or diag $said;
    like $said, qr/^reuse: \d{3,} files, nothing found$/m, 'of which it is told that it was looked at';
    open my $fh, '>', "$tree/scripts/copied" or die $!;
    print $fh '# SPDX-License-' . "Identifier: MIT\n";
    close $fh or die $!;
    $said = qx($tree/scripts/lint --only reuse 2>&1);
    is $? >> 8, 1, 'a file of another licence fails';
    like $said, qr/^\* Missing licenses: MIT$/m, 'and it is told why';
}

for (['--only nothing', qr/scripts\/lint/], ['--nothing', qr/scripts\/lint/], ["$dir/none.c", qr/there is no file/]) {
    my ($exit, $said) = lint(split ' ', $_->[0]);
    is $exit, 2, "arguments: $_->[0]" =~ s{\Q$dir\E/}{}r;
    like $said, $_->[1], 'with a message';
}

{
    # a tool that cannot be run is no success
    $dir->file('clang-format', "#!/bin/sh\nexit 1\n");
    chmod 0755, "$dir/clang-format";
    local $ENV{PATH} = "$dir:$ENV{PATH}";
    my ($exit) = lint('--only', 'style', "$root/modules/base/ggi_time.c");
    is $exit, 1, 'a tool that fails';
}

done_testing;
