# SPDX-License-Identifier: EUPL-1.2
# ggictl dienst init: from an OpenAPI document to a dienst that a real nginx serves, and no document breaks out of that.
use strict;
use warnings;

use JSON::PP qw(decode_json);
use Test::More;

use GGI::Conf ();
use GGI::Curl qw(curl);
use GGI::Folder ();
use GGI::Gate;
use GGI::Pki;
use GGI::Problem qw(allowed refused);

plan skip_all => 'runs no code that the others do not' if GGI::Nginx::under_instrument();

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $dir = GGI::Folder->new;
my $pki = GGI::Pki->new;
my $count = 0;

sub document {
    my (%members) = @_;
    my %document = (openapi => '3.0.3', info => { title => 'BRP bevragen', version => '1' }, %members);
    return JSON::PP->new->utf8->canonical->encode(\%document);
}

# Runs the command on a text: exit status, output, and the folder of the files.
sub init {
    my ($text, @options) = @_;
    my $to = "$dir/" . ++$count;
    mkdir $to or die "$to: $!\n";
    my ($exit, $said) =
        GGI::Folder::run($tool, qw(dienst init --to), $to, @options, $dir->file('openapi.json', $text));
    return ($exit, $said =~ s/\Q$dir\E\/(?:openapi)?//gr, $to);
}

# The gateway of conf/nginx.conf, with this location instead of its own ones, and an API behind it.
sub gateway {
    my ($location) = @_;
    my $text = GGI::Conf::content('conf/nginx.conf') =~ s{^ +location /\w+/.*?^ {8}\}\n}{}msgr;
    $location =~ s/127\.0\.0\.1:8080/127.0.0.1:%%PORT2%%/;
    $text =~ s{(^ +location / \{)}{$location$1}m or die;
    $text =~ s{^http \{}{http \{\n    server \{ listen 127.0.0.1:%%PORT2%%; location / \{ return 200 api; \} \}}m
        or die;
    return GGI::Conf::nginx($text, $pki);
}

sub content { my ($to, $name) = @_; return GGI::Folder::content("$to/$name") }

my $brp = document(
    openapi => '3.1.0',
    servers => [{ url => 'https://api.example.nl/brp/{v}', variables => { v => { default => 'v2' } } }],
    paths => {
        '/personen' => { get => {}, post => {} },
        '/personen/{bsn}' => { '$ref' => '#/components/pathItems/One' }
    },
    components => { pathItems => { One => { get => {}, post => {} } } });

my $open = 'a location by which nginx has led to this API so far stays open beside the new one: take it out; '
    . '"nginx -t" and "ggictl doctor" name it';

subtest 'a dienst' => sub {
    my ($exit, $said, $to) = init($brp);
    is $exit, 0, 'it is begun' or diag $said;
    unlike $said, qr/warning/, 'without a warning';
    like $said, qr/^note: \Q$open\E\n\z/m, 'and a note about what may stay open';
    my @files = map {"brp-bevragen.$_"} qw(conf profielen.json doelbindingen.json);
    is_deeply [sort map {s{.*/}{}r} glob "$to/*"], [sort @files], 'its files';
    like $said, qr/^\Q$count\E\/$_: /m, "$_ is named" for @files;
    my ($one) = @{ decode_json(content($to, $files[1])) };
    is_deeply $one->{diensten}{'brp-bevragen'}{methoden}, [qw(GET POST)], 'its methods';
    is_deeply [sort @{ $one->{diensten}{'brp-bevragen'}{paden} }], ['/brp/v2/personen', '/brp/v2/personen/*'],
        'its paths';
    my ($checked, $check) = GGI::Folder::run($tool, qw(profiel check), "$to/$files[1]", '--register', "$to/$files[2]");
    is $checked, 0, 'profiel check accepts the profile by the register' or diag $check;
    like $check, qr/warning: .*00000000000000000000.*no caller has it/, 'of which nobody has the OIN';
    is((GGI::Folder::run($tool, qw(register check), "$to/$files[2]"))[0], 0, 'and register check the register');

    my $nginx = gateway(content($to, $files[0]));
    my ($filled, $register) = map { content($to, $files[$_]) } 1, 2;
    $nginx->write('profielen.json', $filled);
    $nginx->write('doelbindingen.json', $register);
    my ($good, $output) = $nginx->test_configuration;
    ok $good, 'nginx -t accepts it' or diag $output;
    $nginx->write('profielen.json', $filled =~ s/0{20}/$GGI::Gate::OIN/r);
    $nginx->start;
    my @caller = ($pki->client('caller', '--oin', $GGI::Gate::OIN), '-H', 'X-Doelbinding: FILL IN: brp-bevragen');
    my $call = sub { my ($path, @more) = @_; return curl($nginx->https("/brp/v2$path"), @caller, @more) };
    is allowed($call->('/personen/1'), 'a path of the document'), 'api', 'is answered by the API';
    refused($call->('/personen/1/x'), 403, 'path_not_authorised', 'a path that it does not have');
    refused($call->('/personen', '-X', 'DELETE'), 403, 'method_not_authorised', 'and a method');
    $nginx->stop;
};

subtest 'a document in YAML' => sub {
    my ($exit, $said, $to) = init(<<'YAML');
# as it is written by hand
openapi: 3.1.0
info:
  title: BRP bevragen
  version: 1
servers:
  - url: https://api.example.nl/brp/{v}
    variables: {v: {default: v2}}
paths:
  /personen:
    get: &same
      responses:
        200:
          description: >-
            what is found
    post: {}
  "/personen/{bsn}":
    $ref: '#/components/pathItems/One'
components:
  pathItems:
    One: {get: {deprecated: true}, post: {}}
YAML
    is $exit, 0, 'it is read' or diag $said;
    my (undef, undef, $json) = init($brp);
    is content($to, "brp-bevragen.$_"), content($json, "brp-bevragen.$_"), "$_ is the same as of JSON"
        for qw(conf profielen.json doelbindingen.json);
};

subtest 'nothing is replaced' => sub {
    my ($exit, $said, $to) = init($brp);
    unlink "$to/brp-bevragen.conf";
    ($exit, $said) = GGI::Folder::run($tool, qw(dienst init --to), $to, "$dir/openapi.json");
    is $exit, 2, 'a file that is there is an error';
    like $said, qr/profielen\.json: File exists; move it, or give another name by --dienst$/, 'with its remedy';
    ok !-e "$to/brp-bevragen.conf", 'and no other one is left';
    is((GGI::Folder::run($tool, qw(dienst init --dienst brp2 --to), $to, "$dir/openapi.json"))[0], 0, 'as it is said');
    ok -e "$to/brp2.conf", 'which is done';
};

subtest 'paths without a beginning in common' => sub {
    my ($exit, $said, $to) = init(document(paths => { map { $_ => { get => {} } } qw(/personen /adressen) }));
    like content($to, 'brp-bevragen.conf'), qr/^location "\/" \{$/m, 'the location is that of all calls';
    like $said, qr/^note: the location is "\/", since .* all calls of its server .* "location \/" .* has to go$/m,
        'which a note tells';
};

subtest 'as JSON' => sub {
    my ($exit, $said) = init($brp, qw(-o json));
    is_deeply decode_json($said), {
        dienst => 'brp-bevragen', paths => 2,
        files => [map {"$count/brp-bevragen.$_"} qw(conf profielen.json doelbindingen.json)],
        notes => [$open]
        },
        'the result';
    ($exit, $said) = init(document(paths => { '/a' => { get => 1 } }), qw(-o json));
    is_deeply [$exit, decode_json($said)], [1, { faults => ['$.paths./a: "get" is invalid, expected an object'] }],
        'a fault';
};

# None of these is written: each fault is named with its place, and what to do.
my $inject = "/a\"; } location / { return 200 in; } #\n";
for (
    [document(paths => { $inject => { get => {} } }), qr/\$\.paths\./, 'a path with quotes and a line feed'],
    [document(paths => { "/x{\n}" => { get => {} } }), qr/leave the path out/, 'a line feed in a template'],
    [document(paths => { '/a' => { '$ref' => '#/paths/~1a' } }), qr/round in a circle/, 'a circle'],
    [document(paths => { '/a' => { '$ref' => 'other.json#/a' } }), qr/bundle both/, 'another document'],
    [document(info => { title => "a\n}", version => 1 }, paths => {}), qr/\$\.info\.title: invalid/, 'a title'],
    [document(servers => [{ url => "https://x/a\"b" }], paths => {}), qr/\$\.servers\[0\]\.url/, 'a server'],
    [document(swagger => '2.0'), qr/convert it to 3\.0 or 3\.1/, 'OpenAPI 2'],
) {
    my ($text, $message, $name) = @$_;
    my ($exit, $said, $to) = init($text);
    is $exit, 1, "$name is a fault";
    like $said, $message, 'which is named';
    is_deeply [glob "$to/*"], [], 'and nothing is written';
}
for (
    ['{"openapi":' . '[' x 100_000, 'deep nesting'],
    ["openapi: 3.0.3\nopenapi: 3.0.3\n", 'a key of YAML that is there twice'],
    ["a: &x {}\nb: *x\n", 'an alias of YAML'],
    ['', 'nothing'],
    ['{"openapi":"3.0.3","openapi":"3.0.3"}', 'a member that is there twice'],
) {
    my ($exit, $said) = init($_->[0]);
    is $exit, 2, "$_->[1] is an error";
    like $said, qr/line \d+, column \d+: .*; expected OpenAPI as JSON or YAML$/s, 'with its place';
}

# What is harmless in a path reaches nginx as it is.
my ($exit, $said, $to) = init(document(paths => { q{/a;b$c'(d)/{x}} => { get => {} } }));
is $exit, 0, 'a path with signs';
like content($to, 'brp-bevragen.conf'), qr/^location "\/a;b\$c'\(d\)\/" \{$/m, 'is quoted';
my ($good, $output) = gateway(content($to, 'brp-bevragen.conf'))->test_configuration;
ok $good, 'for nginx too' or diag $output;

done_testing;
