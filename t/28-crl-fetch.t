# SPDX-License-Identifier: EUPL-1.2
# ggictl crl fetch: the lists of CAs come from their distribution points into the directory of the gate, and no list
# that is not good replaces one that is.
use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Fcntl qw(:mode);
use File::Temp ();
use IPC::Open3 qw(open3);
use JSON::PP qw(decode_json);
use POSIX qw(strftime);
use Symbol qw(gensym);
use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Audit ();
use GGI::Crl;
use GGI::CrlServer;
use GGI::Nginx;
use GGI::Pki;
use GGI::Slow ();

delete @ENV{qw(http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY)};

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $pki = GGI::Pki->new;
my $dir = $pki->dir;
my $www = "$dir/www";
mkdir $www or die "$www: $!\n";
my $server = GGI::CrlServer->new($www);
my %cn = (
    root => 'Staat der Nederlanden Private Root CA - TEST',
    domain => 'Staat der Nederlanden Private Services CA - TEST',
    issuing => 'TSP PKIoverheid Private Services CA - TEST',
);
my %name = map { $_ => "CN=$cn{$_},O=Staat der Nederlanden (test),C=NL" } keys %cn;
my %slug = map { $_ => lc($cn{$_}) =~ s/[^a-z0-9]+/-/gr } keys %cn;
$_ = substr($_, 0, 40) =~ s/-\z//r for values %slug;

# A hierarchy in which each certificate says where the list of its issuer is.
sub point { return ('--extension', 'crlDistributionPoints = URI:' . $server->url("/$_[0].crl")) }
$pki->run('renew', 'domain', point('root'));
$pki->run('renew', 'issuing', point('domain'));
$pki->leaf('caller', '--oin', '00000001823288444000', '--crl-point', $server->url('/issuing.crl'));
my %crl = map { $_ => GGI::Crl->new($pki, $_) } keys %cn;

sub file {
    my ($name, @parts) = @_;
    open my $fh, '>:raw', "$dir/$name" or die "$dir/$name: $!\n";
    print $fh @parts;
    close $fh or die "$dir/$name: $!\n";
    return "$dir/$name";
}
sub content { return GGI::CrlServer::content($_[0]) }
my $all = file('all.pem', $pki->certificates(qw(caller issuing domain root)));

sub publish { my ($ca, %list) = @_; return $crl{$ca}->write("$www/$ca.crl", %list) }

# An empty directory for lists.
sub place {
    my $place = File::Temp->newdir('ggi-place-XXXXXX', TMPDIR => 1);
    chmod 0755, "$place";
    return $place;
}
sub names {
    my ($place) = @_;
    return map {m{([^/]+)\z}} sort glob "$place/* $place/.[!.]*";
}

# Starts the tool: its pid, and what it writes.
sub start {
    my (@arguments) = @_;
    my $pid = open3(my $in, my $out, my $err = gensym, $tool, 'crl', 'fetch', @arguments);
    close $in;
    return { pid => $pid, out => $out, err => $err };
}

sub finish {
    my ($run) = @_;
    my $out = join '', readline $run->{out};
    my $err = join '', readline $run->{err};
    waitpid $run->{pid}, 0;
    return ($? & 127 ? "signal $?" : $? >> 8, $out, $err);
}

sub fetch { my ($place, @arguments) = @_; return finish(start('--trust', $all, '--to', $place, @arguments)) }

# The state of each CA, after a fetch of one list that goes wrong: the others are as they were.
sub json {
    my ($place, @arguments) = @_;
    my ($status, $out, $err) = fetch($place, '-o', 'json', @arguments);
    my $said = eval { decode_json($out) } or diag $out, $err;
    return ($status, { map { $_->{ca} => $_ } @{ $said->{lists} // [] } }, $err);
}

publish($_, number => 5) for keys %cn;
publish('issuing', number => 5, revoked => ['caller']);
my $place = place();
local $ENV{HOME} = "$dir/home";
local $ENV{GGI_CHANGES} = "$dir/changes.jsonl";
mkdir "$dir/home" or die $!;
file('home/.netrc', "machine 127.0.0.1 login somebody password secret\n");
my ($status, $out, $err) = fetch($place);
is "$status$err", 0, 'all lists are fetched';
my @names = names($place);
is_deeply [map {s/-[0-9a-f]{16}\.crl\z//r} @names], [sort values %slug], 'into files with the names of their CAs';
my %file = map {
    my $ca = $_;
    ($ca => (grep {/^\Q$slug{$ca}\E-/} @names)[0])
} keys %cn;
is_deeply [map { content("$place/$file{$_}") eq content("$www/$_.crl") } sort keys %cn], [1, 1, 1],
    'as they were served';
is_deeply [map { S_IMODE((stat "$place/$_")[2]) } @names], [(oct 644) x 3], 'readable by everybody';
like $out, qr{^\Q$name{issuing}: new list in $place/$file{issuing}, number 0x05, 1 entry, until 20\E}m,
    'which is told';
is $out =~ tr/\n//, 3, 'in a line each';
is qx($tool crl show --trust $all $place >/dev/null; echo \$?), "0\n", 'crl show finds nothing wrong';
my @requests = $server->requests =~ /^(GET .*?)\r?$/mg;
is scalar @requests, 3, 'one request each';
unlike $server->requests, qr/^(?:Authorization|Cookie|Referer)/mi, 'that tell nothing';
like $server->requests, qr{^User-Agent: ggictl/[\d.]+\r$}m, 'but whose they are';

subtest 'again' => sub {
    my %before = map { $_ => join ' ', (stat "$place/$_")[1, 9, 10] } @names;
    my ($exit, $said, $error) = fetch($place);
    is "$exit$error", 0, 'the same lists';
    is scalar(() = $said =~ /: unchanged list in /g), 3, 'are unchanged';
    is_deeply {
        map { $_ => join ' ', (stat "$place/$_")[1, 9, 10] } names($place)
    }, \%before,
        'and not written, so that no gate reads them again';
    publish('issuing', number => 6);
    ($exit, my $states) = json($place);
    is $exit, 0, 'a new one';
    is_deeply {
        map { $_ => $states->{ $name{$_} }{state} } keys %name
    },
        { root => 'unchanged', domain => 'unchanged', issuing => 'new' }, 'is put in place';
    is_deeply [names($place)], \@names, 'in the same file';
    is content("$place/$file{issuing}"), content("$www/issuing.crl"), 'as a whole';
    my $entry = $states->{ $name{issuing} };
    is_deeply [@$entry{qw(url file number entries faults)}],
        [$server->url('/issuing.crl'), $file{issuing}, '0x06', 0, []],
        'JSON tells where from and where to';
    like $entry->{next_update}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'and until when it is good';
};

# What is served in place of the issuing CA's list is not taken over: what is said of it.
sub kept {
    my ($what, $message, @arguments) = @_;
    subtest $what => sub {
        my $before = content("$place/$file{issuing}");
        my ($exit, $states, $error) = json($place, @arguments);
        is $exit, 1, 'exit status';
        is content("$place/$file{issuing}"), $before, 'the old list stays in place';
        is_deeply [names($place)], \@names, 'and nothing else is there';
        my $entry = $states->{ $name{issuing} };
        is $entry->{state}, 'kept', 'its state';
        my ($fault) = @{ $entry->{faults} };
        like $fault->{fault}, $message, 'the fault';
        my ($first, @rest) = split /\n/, $error;
        is $first, "ggictl: $name{issuing}: $fault->{url}: $fault->{fault}", 'is said on standard error';
        is_deeply \@rest,
            ["ggictl: $name{issuing}: $place/$file{issuing} stays in place, which can be used until "
                . $entry->{next_update}],
            'with what is in place';
        is $states->{ $name{$_} }{state}, 'unchanged', "$_ has its own list" for 'root', 'domain';
    };
    return;
}

my $now = int time;
publish('issuing', number => 5, from => $now);
kept('an older number', qr{^the list has number 0x05 of \S+Z, and the one in place is newer, with number 0x06 of }a);
publish('issuing', number => 6, from => $now - 7200);
kept('an older thisUpdate of one number', qr{^the list has number 0x06 of .* newer, with number 0x06 of .*; if the CA});
publish('issuing', from => $now);
kept('no number', qr{^the list has number none of .* newer, with number 0x06 });
publish('issuing', number => 7, from => $now + 3600);
kept('the future', qr/^the list is in force from \S+Z on; look whether the clock of this host is right$/a);
publish('issuing', number => 7, from => $now - 100, until => $now - 10);
kept('one that has expired', qr/^the list expired at \S+Z; ask the CA for a current one$/a);
GGI::Crl::place("$www/issuing.crl", content("$www/root.crl"));
kept(
    'the list of another CA',
    qr/^the list is of another CA, \Q$name{root}\E; ask the CA where its list is, and give/a);
my $elsewhere = GGI::Crl::tlv(0xa0, GGI::Crl::tlv(0xa0, GGI::Crl::tlv(0x86, 'http://elsewhere/x')));
for my $scope (['another URL', $elsewhere], ['CAs alone', GGI::Crl::tlv(0x82, "\xff")]) {
    publish('issuing', number => 7, extensions => GGI::Crl::extension(28, GGI::Crl::tlv(0x30, $scope->[1]), 1));
    kept("a list for $scope->[0]", qr/^the list does not cover the certificate that names this URL: it is for other/);
}
publish('issuing', number => 7, key => "$dir/root.key");
kept('a signature by another key', qr/^no key that --trust has of this CA signed the list; if the CA has a new key/);
publish('issuing', number => 7, extensions => GGI::Crl::unknown(1));
kept(
    'a critical extension',
    qr/^the list has the unknown critical extension 1\.2\.3\.4, so that the gate does not use/);
publish('issuing', number => 7, extensions => GGI::Crl::extension(27, GGI::Crl::integer('1'), 1));
kept('a delta list', qr/^the list is a delta list, so that the gate does not use it; ask the CA where/);
publish('issuing', number => 7, digest => 'sha1');
kept(
    'a weak signature',
    qr/^the list is signed with SHA1, which TLS .* at security level 2, so .* gate does not use it; ask the CA for one/,
    '--level', 2);
GGI::Crl::place("$www/issuing.crl", substr $crl{issuing}->der(number => 7), 0, 200);
kept('half a list', qr/^the answer is no list that can be read \(.*\); a proxy or a portal may have answered/);
GGI::Crl::place("$www/issuing.crl", '');
kept('nothing', qr/^the answer is no list that can be read/);
unlink "$www/issuing.crl";
kept('the status 404', qr/^the server answered with the HTTP status 404; ask the CA where its list is$/);

# From here on the argument names another URL of the same server.
publish('issuing', number => 7, from => $now);
sub from { my ($path) = @_; return "$cn{issuing}=" . $server->url($path) }
my $three = 3 * $GGI::Slow::FACTOR;
kept('a list that breaks off', qr/^the answer breaks off$/, from('/cut/issuing.crl'));
kept('a page', qr/^the answer is no list that can be read/, from('/html'));
kept("the status $_", qr/^the server answered with the HTTP status $_;/, from("/status/$_")) for 500, 403, 204, 304;
kept(
    'a byte every half second', qr/^there was no whole answer in time/,
    from('/slow/issuing.crl'), '--timeout', $three);
kept('no answer', qr/^there was no whole answer in time/, from('/hang'), '--timeout', $three);
kept('a body without end', qr/^the answer has more than 134217728 bytes$/, from('/endless'));
kept('a body that is too large', qr/^the answer has more than 134217728 bytes$/, from('/huge'));
kept(
    'trailers without end',
    qr/^the heads of the answer have more than 262144 bytes$/, from('/trailers/issuing.crl'));
kept('a line of a head without end', qr/^no memory, or too long a line in the answer's head$/, from('/head'));
kept(
    'a chunk without a length',
    qr/in chunked-encoding; a proxy or a portal may have answered in the place of the server$/,
    from('/chunks/issuing.crl'));
kept('a loop of redirects', qr/^there are more than 5 redirects$/, from('/loop'));
kept('six redirects', qr/^there are more than 5 redirects$/, from('/hops/6/issuing.crl'));
for my $target ("file://$www/issuing.crl", "ftp://127.0.0.1:1/x", 'gopher://127.0.0.1:1/x', 'dict://127.0.0.1:1/x') {
    kept(
        "a redirect to $target", qr/^redirects to a scheme other than http and https are not followed$/,
        from("/to/$target"));
}
kept(
    'a redirect to a URL with a user name', qr/^redirects to a URL with a user name are not followed$/,
    from('/to/' . $server->url('/issuing.crl') =~ s{//}{//who:what@}r));
kept('an answer without a head', qr{^the answer is not one of HTTP/1\.0 or later$}, from('/plain/issuing.crl'));
kept(
    'a server that is not there', qr/^Failed to connect.*; look whether this host may reach the URL \(DNS, /i,
    "$cn{issuing}=http://127.0.0.1:1/x");
my $tls = GGI::CrlServer->new($www, $pki);
kept(
    'https by a server that is not trusted', qr/^SSL certificate problem: .*; look whether this host may reach the URL/,
    "$cn{issuing}=" . $tls->url('/issuing.crl'));
is $tls->requests, '', 'to which nothing is said';

subtest 'what is good all the same' => sub {
    my ($exit, $states) = json($place, from('/hops/5/issuing.crl'));
    is "$exit $states->{ $name{issuing} }{state}", '0 new', 'five redirects';
    is content("$place/$file{issuing}"), content("$www/issuing.crl"), 'to the list';
    publish('issuing', number => 8, revoked => ['caller']);
    my $pem = qx(openssl crl -inform DER -in $www/issuing.crl);
    my $other = qx(openssl crl -inform DER -in $www/root.crl);
    file('www/pem.crl', "a text before\n$other$pem");
    ($exit, $states) = json($place, from('/pem.crl'));
    is "$exit $states->{ $name{issuing} }{state}", '0 new', 'PEM, with the list of another CA before it';
    is content("$place/$file{issuing}"), content("$www/issuing.crl"), 'is put in place in DER';
    publish('issuing', number => 9, revoked => ['caller']);
    $crl{issuing}->write("$www/forged.crl", number => 99, key => "$dir/root.key");
    file('www/pem.crl', map { scalar qx(openssl crl -inform DER -in $www/$_.crl) } qw(forged issuing));
    ($exit, $states) = json($place, from('/pem.crl'));
    is "$exit $states->{ $name{issuing} }{state}", '0 new', 'PEM, with a list before it that another key signed';
    is content("$place/$file{issuing}"), content("$www/issuing.crl"), 'is put in place without that';
    ($exit, $states) = json($place, "$name{issuing}=" . $server->url('/issuing.crl'));
    is "$exit $states->{ $name{issuing} }{state}", '0 unchanged', 'the whole name of the CA';
    file("www/garbage.crl", 'x');
    GGI::Crl::place("$place/$file{issuing}", 'garbage');
    ($exit, $states) = json($place);
    is "$exit $states->{ $name{issuing} }{state}", '0 new', 'what cannot be read is replaced';
    $crl{issuing}->write("$place/$file{issuing}", number => 99, key => "$dir/root.key");
    ($exit, $states) = json($place);
    is "$exit $states->{ $name{issuing} }{state}", '0 new', 'and a high number that the CA did not sign';
    {
        local $ENV{http_proxy} = $server->url('');
        ($exit, $states) = json($place, "$cn{issuing}=http://nowhere.invalid/issuing.crl");
        is "$exit $states->{ $name{issuing} }{state}", '0 unchanged', 'by a proxy of the environment';
    }
    publish('issuing', number => 10, digest => 'sha1');
    ($exit, $states) = json($place, '--level', 0);
    is "$exit $states->{ $name{issuing} }{state}", '0 new', 'a weak signature, which the server accepts';
    publish('issuing', number => 11);
    ($exit, my $said) = fetch($place, "$cn{root}=none");
    is $exit, 0, 'a CA that is left out';
    like $said, qr/^\Q$name{root}: not fetched, as was asked\E$/m, 'is named';
};

subtest 'a CA whose list is nowhere' => sub {
    my $trust = file('some.pem', $pki->certificates(qw(issuing domain root)));
    my $none = place();
    my ($exit, undef, $error) = finish(start('--trust', $trust, '--to', $none));
    is $exit, 1, 'exit status';
    is $error,
        "ggictl: $name{issuing}: no certificate in --trust that it issued names a distribution point over HTTP; "
        . "add such a certificate to the file, or give the URL of its list as CA=URL\n"
        . "ggictl: $name{issuing}: no list is in place that can be used: calls with its certificates are refused with "
        . "revocation_unknown\n",
        'it is named';
    is_deeply [names($none)], [grep { $_ ne $file{issuing} } @names], 'the others are fetched, with the same names';
    ($exit, undef, $error) = finish(start('--trust', $trust, '--to', $none, from('/issuing.crl')));
    is "$exit$error", 0, 'with its URL';
    is_deeply [names($none)], \@names, 'it is fetched, into the same file';
};

subtest 'the points of certificates' => sub {
    my $other = GGI::Pki->new;
    my $d = $other->dir;
    my $list = GGI::Crl->new($other, 'root');
    $list->write("$www/other.crl", number => 1);
    my $try = sub {
        my ($points, @arguments) = @_;
        $other->run('renew', 'domain', '--extension', "crlDistributionPoints = $points", @arguments);
        my $trust = file('other.pem', content("$d/root.crt"), content("$d/domain.crt"));
        my $to = place();
        my ($exit, $said, $error) =
            finish(start('--trust', $trust, '--to', $to, '-o', 'json', @arguments ? () : "$cn{domain}=none"));
        my ($entry) = grep { $_->{ca} eq $name{root} } @{ (eval { decode_json($said) } // {})->{lists} };
        return ($exit, $entry, $error);
    };
    my $good = $server->url('/other.crl');
    my ($exit, $entry) = $try->('URI:' . $server->url('/status/500') . ",URI:$good");
    is "$exit $entry->{state} $entry->{url}", "0 new $good", 'the second URL counts when the first one fails';
    is scalar @{ $entry->{faults} }, 1, 'the result tells of the first';
    ($exit, $entry) = $try->("URI:ldap://127.0.0.1:1/cn=x,URI:$good");
    is "$exit $entry->{state}", '0 new', 'a URL of LDAP is passed over';
    for my $url ("ldap://127.0.0.1:1/x", "file://$www/other.crl", $good =~ s{//}{//user:secret\@}r) {
        ($exit, $entry, my $error) = $try->("URI:$url");
        is "$exit $entry->{state}", '1 missing', "$url alone is none";
        unlike $error, qr/secret/, 'and no password is told';
    }
    ($exit, $entry) = $try->(
        "URI:$good", '--not-before', strftime('%Y%m%d%H%M%SZ', gmtime $now - 9000),
        '--not-after', strftime('%Y%m%d%H%M%SZ', gmtime $now - 60));
    is "$exit $entry->{state}", '0 new', 'an expired certificate tells it as well, where no other does';

    # two keys of one CA, whose list has one place; then each has its own
    $other->run('renew', 'domain', '--extension', "crlDistributionPoints = URI:$good");
    my $first = content("$d/root.crt") . content("$d/domain.crt");
    system('cp', "$d/root.key", "$d/old.key") == 0 or die "cp root.key failed\n";
    $other->run('renew', 'root', '--key', 'ec');
    my $roll = sub {
        my ($to, $points) = @_;
        $other->run('renew', 'domain', '--extension', "crlDistributionPoints = URI:$points");
        my $trust = file('roll.pem', $first, content("$d/root.crt"), content("$d/domain.crt"));
        return finish(start('--trust', $trust, '--to', $to, "$cn{domain}=none"));
    };
    my $to = place();
    my ($status2, $said, $error) = $roll->($to, $good);
    is "$status2$error", 0, 'the list of the old key' or diag $error;
    is scalar names($to), 1, 'is in place';
    GGI::Crl->new($other, 'root')->write("$www/new.crl", number => 1);
    ($status2, $said, $error) = $roll->($to, $server->url('/new.crl'));
    is "$status2$error", 0, 'a list of each key' or diag $error;
    is scalar(my @both = names($to)), 2, 'is in a file of its own';

    # the old key is gone from --trust, and so is its list when it has expired
    my ($new) = grep { content("$to/$_") eq content("$www/new.crl") } @both;
    my ($old) = grep { $_ ne $new } @both;
    my @trust = ('--trust', file('new.pem', content("$d/root.crt"), content("$d/domain.crt")), '--to', $to);
    my @none = ("$cn{root}=none", "$cn{domain}=none");
    my $rolled = GGI::Crl->new($other, 'root');
    my @expired = (number => 2, from => $now - 100, until => $now - 10);
    my @files = ($old, 'by-hand.crl', 'another-ca-0123456789abcdef.crl');
    ($status2, $said, $error) = finish(start(@trust, "$cn{domain}=none"));
    is "$status2$error", 0, 'without the old key in --trust' or diag $error;
    is_deeply [names($to)], \@both, 'its list stays while it can be used';
    $rolled->write("$to/$_", @expired, key => "$d/old.key") for @files;
    ($status2, $said, $error) = $roll->($to, $server->url('/new.crl'));
    ok -e "$to/$old", 'one that has expired stays while --trust has its key';
    finish(start(@trust, @none));
    ok -e "$to/$old", 'and where the lists of its CA are not asked for';
    my $again = place();
    $rolled->write("$again/$old", @expired, key => "$d/old.key");
    $rolled->write("$again/$new", @expired);
    ($status2, $said, $error) = finish(start(@trust[0, 1], '--to', $again, "$cn{domain}=none", "$cn{root}=$good"));
    is $status2, 1, 'where the list of the new key cannot be had';
    is_deeply [names($again)], [$new], 'its own stays though it has expired, and that of the old key goes';
    ($status2, $said, $error) = finish(start(@trust, "$cn{domain}=none"));
    is "$status2$error", 0, 'then it goes' or diag $error;
    like $said, qr{^\Q$name{root}: removed $to/$old, an expired list by a key that --trust has no more\E$}m,
        'which is told';
    is_deeply [names($to)], [sort $new, @files[1, 2]], 'and files of other names stay';
    $rolled->write("$to/$old", @expired, key => "$d/old.key");
    ($status2, $said, $error) = finish(start(@trust, '-o', 'json', "$cn{domain}=none"));
    is_deeply [map {"$_->{state} $_->{file}"} grep { $_->{file} } @{ decode_json($said)->{lists} }],
        ["unchanged $new", "removed $old"], 'also as JSON';
};

subtest 'parts of a divided list' => sub {
    my @parts = map { $server->url("/part$_.crl") } 1, 2;
    my @leaves;
    for my $i (1, 2) {
        my $uri = $parts[$i - 1];
        my $full = GGI::Crl::tlv(0xa0, GGI::Crl::tlv(0x86, $uri));
        $crl{issuing}->write(
            "$www/part$i.crl", number => $i,
            extensions => GGI::Crl::extension(28, GGI::Crl::tlv(0x30, GGI::Crl::tlv(0xa0, $full)), 1));
        $pki->leaf("part$i", '--oin', '00000001823288444000', '--crl-point', $uri);
    }
    my $trust = file('parts.pem', $pki->certificates(qw(part1 part2 issuing)));
    my $to = place();
    my ($exit, $said, $error) = finish(start('--trust', $trust, '--to', $to, "$cn{domain}=none"));
    is $exit, 2, 'a CA that is not in the file is an error';
    like $error, qr/^ggictl: crl fetch: --trust has no CA that is named "\Q$cn{domain}\E"; expected/, 'that names it';
    ($exit, $said, $error) = finish(start('--trust', $trust, '--to', $to));
    is "$exit$error", 0, 'both parts';
    my @files = names($to);
    is scalar(grep {/^\Q$slug{issuing}\E-[0-9a-f]{16}\.crl\z/} @files), 2, 'have files of their own';
    ok !grep({ $_ eq $file{issuing} } @files), 'which the undivided list has not';
};

subtest 'a point that two CAs share' => sub {
    my $shared = $server->url('/shared.crl');
    file(
        'www/shared.crl', map { publish($_, number => 20); qx(openssl crl -inform DER -in $www/$_.crl) } 'root',
        'domain');
    my $to = place();
    my ($exit, $said, $error) = fetch($to, "$cn{root}=$shared", "$cn{domain}=$shared", "$cn{issuing}=none");
    is "$exit$error", 0, 'with the lists of both';
    is_deeply [names($to)], [sort @file{qw(root domain)}], 'each is in its own file';
    is content("$to/$file{domain}"), content("$www/domain.crl"), 'each its own list';
    ($exit, $said, $error) = fetch(
        $to, "$cn{root}=" . $server->url('/root.crl'),
        "$cn{domain}=" . $server->url('/root.crl'), "$cn{issuing}=none");
    is $exit, 1, 'with the list of one';
    like $error, qr/^ggictl: \Q$name{domain}\E: \S+: the list is of another CA, \Q$name{root}\E;/m,
        'the other is named';
};

# Starts the tool, and waits until it has asked the server for a path.
sub start_asking {
    my ($path, @arguments) = @_;
    my $count = sub { return scalar(() = $server->requests =~ m{^GET \Q$path\E }mg) };
    my $before = $count->();
    my $run = start('--trust', $all, '--to', $place, @arguments);
    for (1 .. 600) {
        last if $count->() > $before;
        sleep 0.05;
    }
    return $run;
}

subtest 'a signal' => sub {
    local @SIG{qw(INT HUP)} = ('DEFAULT') x 2;    # which are ignored in the background, and under nohup
    for my $signal (qw(TERM INT HUP)) {
        my $run = start_asking('/slow/issuing.crl', from('/slow/issuing.crl'));
        my $before = content("$place/$file{issuing}");
        my $from = time;
        kill $signal, $run->{pid};
        my ($exit, $said, $error) = finish($run);
        is $exit, 1, "SIG$signal";
        cmp_ok time - $from, '<', 60 * $GGI::Slow::FACTOR, 'ends it before its time is over, which are 120 s';
        like $error, qr/interrupted by a signal/, 'which is said';
        is content("$place/$file{issuing}"), $before, 'the old list is in place';
        is_deeply [names($place)], \@names, 'and no half of another';
    }
    {
        local $SIG{HUP} = 'IGNORE';
        my $run = start_asking('/slow/issuing.crl', from('/slow/issuing.crl'));
        kill 'HUP', $run->{pid};
        sleep 1.5;
        is waitpid($run->{pid}, POSIX::WNOHANG), 0, 'SIGHUP does not end it where it is ignored, as by nohup';
        kill 'TERM', $run->{pid};
        finish($run);
    }
    my $run = start_asking('/hang', from('/hang'));
    kill 'KILL', $run->{pid};
    finish($run);
    file('left', '');
    system("cp $dir/left $place/.crl-fetch-abcdef") == 0 or die;
    is((fetch($place))[0], 0, 'after SIGKILL');
    is_deeply [names($place)], \@names, 'what was left is removed';
};

subtest 'lists that are new while they are fetched' => sub {
    my $run = start_asking('/held/issuing.crl', from('/held/issuing.crl'));
    sleep 1.1;
    publish('root', number => 21);
    file('www/go', '');
    my ($exit, $said, $error) = finish($run);
    is "$exit$error", 0, 'one that was signed after the start';
    like $said, qr/^\Q$name{root}\E: new list /m, 'is put in place';
    my $begins = int(time) + 4;
    publish('root', number => 22, from => $begins);
    ($exit, $said, $error) = fetch($place);
    is "$exit$error", 0, 'one that begins in a moment, by a clock that is ahead';
    cmp_ok time, '>=', $begins, 'is waited for';
    like $said, qr/^\Q$name{root}\E: new list /m, 'and put in place then';
    publish('root', number => 23, from => int(time) + 55);
    $run = start_asking('/root.crl');
    sleep 0.5;
    kill 'TERM', $run->{pid};
    ($exit, $said, $error) = finish($run);
    is $exit, 1, 'a signal ends the waiting';
    publish('root', number => 24);
    is((fetch($place))[0], 0, 'and the next one is fetched');
};

subtest 'two at once' => sub {
    publish('issuing', number => 30, revoked => ['caller']);
    my @runs = map { start('--trust', $all, '--to', $place, from('/late/issuing.crl')) } 1 .. 3;
    my @ends = map { [finish($_)] } @runs;
    is_deeply [map {"$_->[0]$_->[2]"} @ends], [0, 0, 0], 'all end well';
    is_deeply [sort map { $_->[1] =~ /^\Q$name{issuing}\E: (\w+) list/m ? $1 : $_->[1] } @ends],
        ['new', 'unchanged', 'unchanged'], 'one puts it in place';
    is content("$place/$file{issuing}"), content("$www/issuing.crl"), 'as a whole';
    is_deeply [names($place)], \@names, 'and nothing is left';
};

sub is_error {
    my ($message, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_deeply [finish(start(@arguments))], [2, '', "ggictl: $message\n"], "crl fetch @arguments";
}

subtest 'what cannot be done' => sub {
    my @trust = ('--trust', $all);
    my @to = ('--to', "$place");
    is_error('crl fetch: expected --trust, --to');
    is_error("$dir/none: No such file or directory", '--trust', "$dir/none", @to);
    is_error("$dir/none: No such file or directory", @trust, '--to', "$dir/none");
    is_error("$all: Not a directory", @trust, '--to', $all);
    is_error(
        "crl fetch: --timeout: expected a number of seconds from 1 to 3600, not \"$_\"",
        @trust, @to, '--timeout', $_) for '0', '3601', 'x', '5s', '-1', ' 5', '';
    for my $url ('', 'x', "file://$www/root.crl", 'ldap://x/', 'http://', 'http://user:secret@x/', 'http://x/ y') {
        is_error(
                  'crl fetch: expected CA=URL with a URL of http:// or https:// without a user name, or CA=none, not '
                . "\"$cn{root}=$url\"",
            @trust, @to, "$cn{root}=$url");
    }
    is_error(
              "crl fetch: --trust has no CA that is named \"X\"; expected the common name, or the whole name such as "
            . "\"$name{issuing}\"",
        @trust, @to, 'X=' . $server->url('/root.crl'));
SKIP: {
        skip 'needs root, to be somebody else', 2 if $> || GGI::Nginx::under_instrument();
        my $closed = place();
        my $copy = "$dir/ggictl";    # where everybody may read it
        system('cp', $tool, $copy) == 0 or die "cp ggictl failed\n";
        my ($line) = qx(setpriv --reuid 65534 --clear-groups $copy crl fetch --trust $all --to $closed 2>&1);
        is $? >> 8, 2, 'a directory that cannot be written to';
        is $line, "ggictl: $closed: no file can be written there: Permission denied\n", 'is named';
    }
};

subtest 'what is recorded' => sub {
    my ($into, $log) = (place(), place());
    local $ENV{GGI_CHANGES} = "$log/changes.jsonl";
    publish($_, number => 0x100) for keys %cn;
    my $all_records = sub {
        return map { $_->{attributes} }
            grep { $_->{event_name} eq 'ggi.change' }
            GGI::Audit::records(join '', map { content($_) } glob "$log/*.jsonl");
    };
    is((fetch($into))[0], 0, 'lists are fetched');
    my %change = map { $_->{'ggi.change.item'} => $_ } $all_records->();
    is_deeply [sort keys %change], [names($into)], 'each list that is put in place';
    my ($name) = grep {/^\Q$slug{issuing}\E-/} keys %change;
    my %first = %{ $change{$name} };
    is $first{'ggi.change.target'}, "$into", 'where';
    is $first{'ggi.change.source'}, $server->url('/issuing.crl'), 'from where';
    is $first{'ggi.change.after.version'}, '0x0100', 'its number';
    is $first{'ggi.change.after.sha256'}, sha256_hex(content("$into/$name")), 'its digest';
    is((fetch($into))[0], 0, 'again');
    is scalar($all_records->()), 3, 'what is there is no change';
    publish('issuing', number => 0x101);
    is((fetch($into))[0], 0, 'a newer list');
    my $second = ($all_records->())[3];
    is $second->{'ggi.change.before.version'}, '0x0100', 'the number before';
    is $second->{'ggi.change.before.sha256'}, $first{'ggi.change.after.sha256'}, 'and its digest';
    unlink glob "$log/*.jsonl";
    symlink '/dev/full', "$log/changes.0.jsonl";
    publish('issuing', number => 0x102);
    my ($status, undef, $said) = fetch($into);
    is $status, 2, 'without a record';
    like $said, qr/symbolic link: nothing is changed/, 'as is told';
    is sha256_hex(content("$into/$name")), $second->{'ggi.change.after.sha256'}, 'no list is put in place';
    is scalar(names($into)), 3, 'and none is left over';
};

done_testing;
