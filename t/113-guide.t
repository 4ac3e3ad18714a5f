# SPDX-License-Identifier: EUPL-1.2
# The operator's guide is true: its commands and snippets, in their order, lead a stranger from an nginx with another
# site to a dienst, and each reason is explained.
use strict;
use warnings;

use Test::More;

use GGI::Conf ();
use GGI::CrlServer;
use GGI::Folder ();
use GGI::Gate;
use GGI::Pki;

plan skip_all => 'runs no code that the others do not' if GGI::Nginx::under_instrument();

delete @ENV{qw(http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY)};
my $guide = GGI::Conf::content('conf/README.md');
my ($whole) = $guide =~ /\A(.*?)^## The examples$/ms;

subtest 'a trial without certificates of PKIoverheid' => sub {
    my ($trial) = $whole =~ /^For a trial without.*?(^- .*?)^##/ms;
    my $made = GGI::Folder->new;
    my $run = sub {
        my ($exit, $said) = GGI::Folder::run(
            'sh', '-ec',
            $_[0] =~ s/\bDIR\b/$made/gr =~ s{/etc/nginx/ggi}{$made}r =~ s{^scripts}{$GGI::Nginx::ROOT/scripts}r);
        is $exit, 0, $_[0] or diag $said;
        return $said;
    };
    my ($cas) = $trial =~ /`(cat [^`]+)`/;
    my @pki = $trial =~ /`(scripts\/pki [^`]+)`/g;
    is scalar @pki, 5, 'the commands that make it';
    $run->($_) for @pki;
    $run->("$cas >DIR/pkioverheid-private.pem");
    my $tool = "$GGI::Nginx::BUILD/ggictl";
    unlike $run->("$tool crl show --trust DIR/pkioverheid-private.pem DIR/crl"), qr/wrong/,
        'each list is of a known CA';
    my ($crls) = grep {/ crls /} @pki;
    $run->($crls);
    like $run->("$tool crl show --trust DIR/pkioverheid-private.pem DIR/crl"), qr/, 1 entry,/, 'and revokes the caller';
    my ($name) = $whole =~ /server_name (\S+);/;
    $run->("openssl verify -CAfile DIR/roots.pem -untrusted DIR/$_ DIR/$_") for 'caller.pem', 'server.pem';
    like $run->("openssl x509 -in DIR/server.pem -noout -checkhost $name"), qr/does match/, 'the server has its name';
};

# What a reader has before they begin: certificates, the address of each list in them, the document, and an nginx with
# another site. What stands for the machine is in the directory "root".
my $pki = GGI::Pki->new;
my $home = GGI::Folder->new;
my $www = $pki->dir . '/www';
my $lists = do { mkdir $www or die "$www: $!\n"; GGI::CrlServer->new($www) };
my @point = map { ['--extension', "crlDistributionPoints = URI:" . $lists->url("/$_.crl")] } qw(root domain);
$pki->run('renew', 'domain', @{ $point[0] });
$pki->run('renew', 'issuing', @{ $point[1] });
my $caller = $pki->leaf('caller', '--oin', '00000001823288444000', '--crl-point', $lists->url('/issuing.crl'));
$pki->run('crls', $www);

my $nginx = GGI::Nginx->new(
          http => 'include %%PREFIX%%/etc/nginx/conf.d/*.conf; include %%PREFIX%%/etc/nginx/sites-enabled/*; '
        . 'access_log %%PREFIX%%/logs/access.log; '
        . 'server { listen 127.0.0.1:%%PORT%% default_server ssl; ssl_certificate %%PREFIX%%/etc/nginx/ggi/server.pem; '
        . 'ssl_certificate_key %%PREFIX%%/etc/nginx/ggi/server.key; return 200 "the site\n"; } '
        . 'server { listen 127.0.0.1:%%PORT2%%; location / { return 200 "the API\n"; } }');
my $root = $nginx->prefix;
qx(mkdir -p $root/etc/nginx/conf.d $root/etc/nginx/sites-enabled $root/etc/nginx/ggi $root/bin);
$nginx->write("etc/nginx/ggi/$_", GGI::Folder::content($pki->dir . "/$_")) for qw(server.pem server.key);
$nginx->write('etc/nginx/ggi/pkioverheid-private.pem', $pki->certificates(qw(root domain issuing)));
$nginx->write('etc/nginx/ggi/crl.pem', $pki->certificates(qw(caller issuing domain root)));
$home->file("caller.$_", GGI::Folder::content("$caller.$_")) for qw(pem key);
$home->file('openapi.json', <<'JSON');
{ "openapi": "3.1.0", "info": { "title": "BRP bevragen", "version": "1" },
  "servers": [{ "url": "https://api.example.nl/brp" }],
  "paths": { "/personen": { "get": {} }, "/personen/{id}": { "get": {} } } }
JSON
$nginx->start;

# A text of the guide for this machine: its directories and ports.
sub here {
    my ($text) = @_;
    $text =~ s{(?<![\w/])/(etc/nginx|var/log/nginx)}{$root/@{[ $1 eq 'etc/nginx' ? $1 : 'logs' ]}}g;
    $text =~ s{127\.0\.0\.1:9145}{'127.0.0.1:' . $nginx->port(3)}ge;
    $text =~ s{127\.0\.0\.1:8080}{'127.0.0.1:' . $nginx->port(2)}ge;
    $text =~ s{listen 443 ssl}{'listen 127.0.0.1:' . $nginx->port . ' ssl'}ge;
    return $text;
}

# Programs by the names that the guide has for them.
sub program {
    my ($name, $text) = @_;
    $nginx->write("bin/$name", "#!/bin/sh\n$text\n");
    chmod oct('755'), "$root/bin/$name";
    return;
}
my $command = join ' ', map {"'$_'"} $nginx->command;

# It returns when the workers of before have ended.
my $reload =
      "old=\$(cat /proc/$nginx->{pid}/task/$nginx->{pid}/children)\nkill -HUP $nginx->{pid}\nfor pid in \$old; do\n"
    . "while kill -0 \$pid 2>/dev/null; do sleep 0.05; done\ndone";
my $to = '--connect-to api.example.nl:443:127.0.0.1:' . $nginx->port . ' -k -sS';
program('ggictl', <<"SH");
case "\$1 \$2" in
    'audit tail' | 'audit query' | 'audit stats') exec $GGI::Nginx::BUILD/ggictl "\$@" $root/logs/ggi-audit.jsonl ;;
    'doctor '*) $command -T >$root/T 2>/dev/null; exec $GGI::Nginx::BUILD/ggictl "\$@" --config $root/T ;;
    'dienst init')
        $GGI::Nginx::BUILD/ggictl "\$@" &&
            sed -i s/:8080/:@{[ $nginx->port(2) ]}/ $root/etc/nginx/ggi/*.conf ;;
    *) exec $GGI::Nginx::BUILD/ggictl "\$@" ;;
esac
SH
program('nginx', qq(exec $command "\$@"));
program('systemctl', qq([ "\$*" = 'reload nginx' ] || { echo "systemctl: \$*" >&2; exit 1; }\n$reload));
program('curl', qq(exec /usr/bin/curl $to "\$@"));

# Runs the commands of a block where the files of the reader are: the output, with all errors. One that fails is a
# failed test.
sub run {
    my ($commands) = @_;
    my $file = $home->file('block.sh', "set -e; PATH=$root/bin:\$PATH; cd $home\n", here($commands));
    my ($exit, $output) = GGI::Folder::run('bash', $file);
    is $exit, 0, 'commands: ' . ($commands =~ s/\n.*//sr) or diag $output;
    unlike $output, qr{//ggi-audit}, 'each file is named as it would be by hand';
    return $output;
}

# What a block gives, by its first command that has it: patterns of its output, each of which it has to have.
my %gives = (
    'ggictl crl fetch' => [map {qr/^CN=[^,]*$_ CA .*: new list/m} 'TSP PKIoverheid Private Services', 'Root'],
    'ggictl profiel check' => [qr/1 profile/],
    'curl --cert caller.pem --key caller.key -H' =>
        [qr/\Athe API\n\{"type":"urn:ggi:problem:claim_missing",.*"status":400/],
    'ggictl audit tail' => [
        qr/^\S+ .* brp-bevragen .* allowed  200 /m, qr/^\S+ .* refused claim_missing  400/m,
        qr/^ +1 .* claim_missing$/m,
        qr/^ggi_calls_total\{dienst="brp-bevragen",decision="allowed",reason=""\} 1$/m,
        qr/^warning: seal: /m],
    'curl -s' => [
        qr/^the API\n\S+ [^\n]* allowed \(observed: claim_missing\)  (?:200|open) [^\n]*\n/m,
        qr/^ggi_calls_would_refuse_total\{dienst="brp-bevragen",reason="claim_missing"\} 1$/m],
);

# The guide in its order: a snippet goes to the file that the sentence before it names, and a block is run.
my ($snippets, %seen) = 0;
while ($whole =~ /\G(.*?)^```(\w+)\n(.*?)^```$/gms) {
    my ($prose, $kind, $text) = ($1, $2, $3);
    if ($kind eq 'nginx') {
        my ($file) = $prose =~ m{.*`/(etc/nginx/[^`]+)`}s or die "a snippet without a file: $text";
        $nginx->write($file, here($text));
        $snippets++;
        next;
    }
    is $kind, 'sh', 'a block is commands';
    my $output = run($text);
    my ($known) = grep { !$seen{$_} && $text =~ /^\Q$_\E\b/m } sort keys %gives or next;
    $seen{$known} = 1;
    like $output, $_, "$known: what comes" for @{ $gives{$known} };
}
is $snippets, 3, 'all snippets are in place';
is_deeply [sort keys %seen], [sort keys %gives], 'all that is promised was looked at';
like run('curl --cert caller.pem --key caller.key https://api.example.nl/brp/personen/1'), qr/claim_missing/,
    'in the end the gates are on';
like run('curl https://127.0.0.1:' . $nginx->port . '/'), qr/\Athe site\n/, 'and the other site is as it was';

subtest 'the gate is taken away' => sub {
    like $whole, qr/or put `return 403;` in place of\nall that stands in them/, 'as the guide says';
    my $dienst = "$root/etc/nginx/ggi/brp-bevragen.conf";
    $nginx->write(
        'etc/nginx/ggi/brp-bevragen.conf',
        GGI::Folder::content($dienst) =~ s/^(location [^{]*\{).*^\}/$1\n    return 403;\n}/msr);
    my $call = 'curl https://api.example.nl/brp/personen/1';
    like run("nginx -t\nsystemctl reload nginx\n$call"), qr/403 Forbidden/, 'whole locations first';
    my $server = GGI::Folder::content("$root/etc/nginx/sites-enabled/api");
    $nginx->write('etc/nginx/sites-enabled/api', $server =~ s/^ +ssl_(?:client_certificate|verify_client) .*\n//mgr);
    unlink "$root/etc/nginx/conf.d/ggi.conf" or die $!;
    like run("nginx -t\nsystemctl reload nginx\n$call --cert caller.pem --key caller.key"), qr/403 Forbidden/,
        'then the other lines: with a certificate it is 403 as well';
    like run("grep -rl nginx/ggi $root/etc/nginx"), qr{sites-enabled/api\n},
        'the command names who still needs the files';
    my ($left) = GGI::Folder::run('grep', '-rEl', '^[^#]*ggi_', map {"$root/etc/nginx/$_"} qw(conf.d sites-enabled));
    is $left, 1, 'nothing of the modules is left';
};

my @reasons = GGI::Conf::content('modules/dienst/ggi_reason.h') =~ /X\(\w+, "(\w+)", \d+/g;
my ($list) = $whole =~ /^## Each reason.*?\n\n(- .*?)\n\n/ms;
my @told =
    map { /\A`(\w+)`:\s\S.*?\.\s+Remedy:\s+\S.*\.\n?\z/s ? $1 : $_ } split /^- /m, $list =~ s/\A- //r =~ s/\n\z//r;
is_deeply \@told, \@reasons, 'each reason, in the order in which they are given, with what happened and what to do';

$nginx->stop;
done_testing;
