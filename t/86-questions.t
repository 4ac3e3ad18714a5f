# SPDX-License-Identifier: EUPL-1.2
# The questions of an auditor in modules/ggictl/README.md: each of its commands answers one, from a gate's log. And
# persons that are found by all keys of pseudonyms that there were.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use GGI::Conf ();
use GGI::Folder ();
use GGI::Gate;

my $readme = GGI::Conf::content('modules/ggictl/README.md');
my ($section) = $readme =~ /^## Questions of an auditor\n(.*?)^## /ms;
my @questions = $section =~ /^- \*\*(.*?)\*\*[^`]*`(ggictl [^`]+)`/mg;
is @questions, 22, 'eleven questions, each with a command';

# The gate of the questions: two organisations, and a key of pseudonyms that is replaced while it runs.
my $oin = '00000001823288444000';
my $other = '00000001002564440000';
my $profiles = join ',', map {
    qq({ "oin": "$_", "naam": "Gemeente", "versie": 7, "diensten": { "brp-bevragen": { "methoden": ["GET"],
         "paden": ["/**"], "doelbindingen": ["BRPACT-AlgemeneTaken"] } } })
} $oin, $other;
my $gate = GGI::Gate->new(
    workers => 2,
    profiles => "[$profiles]",
    register => $GGI::Gate::REGISTER =~ s/\["brp", .*?\]/["brp-bevragen"]/r,
    locations => 'location / { ggi_dienst brp-bevragen; proxy_pass http://api; }
        location /brp/i { ggi_dienst brp-bevragen; ggi_doelbinding observe; proxy_pass http://api; }');
$gate->start;
my $log = $gate->prefix . '/logs/audit.jsonl';
my $key = $gate->prefix . '/pseudonym.key';
my $transaction = '0192a1b2-c3d4-7fff-bfff-ffffffffffff';
my $trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
my @other = { as => [$gate->{pki}->client('other', '--oin', $other)] };
$gate->call('/brp/123456782/a');
$gate->call('/brp/999990019/b', @other);
$gate->call('/brp/c', '-H', 'X-Gebruiker: j.jansen');
$gate->call('/brp/d', '-H', "Fsc-Transaction-Id: $transaction");
$gate->call('/brp/e', '-H', "traceparent: $trace");
$gate->call('/brp/f', { claim => '' });
$gate->call('/brp/g', { %{ $other[0] }, claim => 'X-Doelbinding: other' });
$gate->call('/brp/i', { %{ $other[0] }, claim => '' });
$gate->since(8, 6);

$gate->write('pseudonym.key', "# ggi-pseudonym-keys\n" . 'ab' x 32 . "\n# until today\n" . '6b' x 32 . "\n");
$gate->reload;
$gate->call('/brp/123456782/h', '-H', 'X-Gebruiker: j.jansen');
$gate->since(9, 7);
$gate->stop;

# Answers a question as the document says, from this log, whose calls are of today.
sub answer {
    my ($command) = @_;
    my @now = gmtime;
    my $today = sprintf '%04d-%02d-%02d', $now[5] + 1900, $now[4] + 1, $now[3];
    my @before = gmtime time - 3600;
    my $begin = sprintf '%04d-%02d-%02d', $before[5] + 1900, $before[4] + 1, $before[3];
    $command =~ s/^ggictl/$GGI::Nginx::BUILD\/ggictl/;
    $command =~ s{/var/log/nginx/ggi-audit\.jsonl}{$log} or $command .= " $log";
    $command =~ s{--pseudonym-key \S+}{--pseudonym-key $key};
    $command =~ s/--from 2026-\S+/--from $begin/;
    $command =~ s/--to 2026-\S+/--to $today/;
    $command = "echo 1234.56.782 | $command" if $command =~ /--subject -( |\z)/;
    return GGI::Folder::run('sh', '-c', $command);
}

# The last segments of the paths of the calls that an answer names.
sub calls { my ($text) = @_; return join '', $text =~ m{ /brp/(?:\*+/)?(\w)  }g }

my @expected = (
    sub { calls($_[0]) eq 'ah' },
    sub { calls($_[0]) eq 'acdeh' },
    sub { calls($_[0]) eq 'fg' && $_[0] =~ /refused claim_missing  400/ && $_[0] =~ /refused claim_unknown  403/ },
    sub { calls($_[0]) eq 'i' && $_[0] =~ /allowed \(observed: claim_missing\)  200/ },
    sub { $_[0] =~ /^ +1 .* claim_missing\n/m && $_[0] =~ /^ +1 .* claim_unknown\n/m },
    sub {
        my $found = decode_json($_[0])->{found};
        return @$found == 1 && $found->[0]{completion}{attributes}{'http.response.status_code'} == 200;
    },
    sub { calls($_[0]) eq 'e' },
    sub { calls($_[0]) eq 'ch' },
    sub { $_[0] =~ /^ +6 +5 +1 .* $oin Gemeente caller\n +3 +2 +1 .* $other Gemeente other\n/m },
    sub { $_[0] eq '' },
    sub { $_[0] =~ / 0 faults$/m },
);
for my $i (0 .. 10) {
    my ($question, $command) = @questions[2 * $i, 2 * $i + 1];
    my ($exit, $text) = answer($command);
    is $exit, $i == 9 ? 1 : 0, "$question";
    ok $expected[$i]->($text), $command or diag $text;
}

subtest 'keys of pseudonyms' => sub {
    my ($exit, $text) = GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", 'audit', 'pseudonym', $key, '123456782');
    is $exit, 0, 'are read';
    my @pseudonyms = split /\n/, $text;
    is scalar @pseudonyms, 2, 'a pseudonym for each';
    my @logged = $gate->audit_text =~ m{"dpl\.core\.data_subject_id":"([^"]+)"(?=.*/[ah]"\})}g;
    is_deeply \@logged, [reverse @pseudonyms], 'as the gate made them, before and since';
    my (undef, $by_one) =
        GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", 'audit', 'query', '--subject', $pseudonyms[0], $log);
    is calls($by_one), 'h', 'by one of them';
    my (undef, $spelled) = answer("ggictl audit query --subject 1234.56.782 --pseudonym-key $key");
    is calls($spelled), 'ah', 'by a BSN that is spelled in another way';
    my $tool = "$GGI::Nginx::BUILD/ggictl";
    my ($same) = (GGI::Folder::run('sh', '-c', "echo 123456782 | $tool audit pseudonym $key -"))[1];
    is $same, $text, 'of a BSN in standard input';
    for my $case (['', 'no line'], ['1\n2', 'two lines'], ['1' x 1025, 'a line that is too long']) {
        my ($exit, $said) = GGI::Folder::run('sh', '-c', "printf '$case->[0]' | $tool audit query --subject - $log");
        is "$exit $said", "2 ggictl: standard input: expected one line of at most 1024 bytes\n", $case->[1];
    }
    like + (GGI::Folder::run($tool, qw(audit query --subject -), '-'))[1], qr/standard input can be read once/,
        'beside a log there';
    my $single = GGI::Folder->new;
    my ($with) = GGI::Folder::run(
        "$GGI::Nginx::BUILD/ggictl", 'audit', 'query', '--subject', '123456782',
        '--pseudonym-key', $single->file('key', 'another key of 16 bytes'), $log);
    is $with, 1, 'not by another key';
    my ($wrong, $said) = GGI::Folder::run(
        "$GGI::Nginx::BUILD/ggictl", 'audit', 'pseudonym',
        $single->file('key', "# ggi-pseudonym-keys\nxx\n"), 'x');
    is $wrong, 2, 'a file that is faulty';
    is $said,
        "ggictl: $single/key has a line that is no key: expected 32 to 512 hexadecimal digits, two for each byte\n",
        'is told of';
};

done_testing;
