# SPDX-License-Identifier: EUPL-1.2
# The path from a client certificate to its root, as the server that is called judges it: for which policies it holds,
# how long it may be, and how strong its keys and signatures.
use strict;
use warnings;

use Test::More;

use GGI::Audit qw(decisions verdict);
use GGI::Curl qw(curl);
use GGI::Gate;
use GGI::Pki;
use GGI::Tls qw(tls_call);

my $oin = $GGI::Gate::OIN;

# The policies of the cases below, and the names of the CAs of scripts/pki.
my ($own, $one, $two, $any) = qw(2.16.528.1.1003.1.2.44.15.35.11 1.2.3.1 1.2.3.2 2.5.29.32.0);
my $many = join ',', map {"1.2.4.$_"} 1 .. 1000;
my %name = (
    leaf => 'leaf',
    issuing => 'CN=TSP PKIoverheid Private Services CA - TEST,O=Staat der Nederlanden (test),C=NL',
    domain => 'CN=Staat der Nederlanden Private Services CA - TEST,O=Staat der Nederlanden (test),C=NL',
);

# Each location asks for a policy in another way.
my @locations = qw(default one two either any leaf);
my $locations = <<"CONF";
    location /default { ggi_dienst brp; proxy_pass http://api; }
    location /one { ggi_dienst brp; ggi_pkio_policy $one; proxy_pass http://api; }
    location /two { ggi_dienst brp; ggi_pkio_policy $two; proxy_pass http://api; }
    location /either { ggi_dienst brp; ggi_pkio_policy $one $two; proxy_pass http://api; }
    location /any { ggi_dienst brp; ggi_pkio_policy any; proxy_pass http://api; }
    location /leaf { ggi_dienst brp; ggi_pkio_policy $one; ggi_pkio_policy_check leaf; proxy_pass http://api; }
CONF

my $pki = GGI::Pki->new;
my $gate = GGI::Gate->new(pki => $pki, locations => $locations)->start;

# The codes of one call for each location, by one connection.
sub codes {
    my ($leaf, @options) = @_;
    my @client = ('-k', '--cert', "$leaf.pem", '--key', "$leaf.key", '-H', $GGI::Gate::CLAIM, '--noproxy', '*');
    my @urls = map { ('-o', '/dev/null', $gate->https("/$_")) } @locations;
    open my $out, '-|', 'curl', '-s', @options, @client, '-w', '%{http_code} %{num_connects}\n', @urls
        or die "curl: $!\n";
    my @lines = <$out>;
    close $out;
    return join ' ', map {s/ \d+\n//r} @lines if "@lines" =~ /\A\d+ 1\n(?: \d+ 0\n)*\z/;
    return "@lines";
}

# What the records of those calls say, in the order of the locations: the certificate that lacks the policy, or "-".
sub lacking {
    my ($n) = @_;
    my @decisions = decisions($gate->since($n, 0));
    return join ' ', map {
        my $lacks = $_->{attributes}{'ggi.certificate.lacks_policy'} // '-';
        my ($short) = grep { $name{$_} eq $lacks } keys %name;
        $short // $lacks;
    } @decisions;
}

# Each case: what the domain CA says of policies, the issuing CA and the leaf; then the locations that let it in, and
# the certificates that lack the policies of the others.
my @cases = (
    ['all name the policy', [$own], [$own], [$own], 'default any', '- domain domain domain - leaf'],
    ['anyPolicy in the CAs', [$any], [$any], [$one], 'one either any leaf', 'leaf - leaf - - -'],
    ['both policies', [$any], ["$one,$two"], ["$one,$two"], 'one two either any leaf', 'issuing - - - - -'],
    ['the issuing CA permits one', [$any], [$one], ["$one,$two"], 'one either any leaf', 'issuing - issuing - - -'],
    ['the domain CA permits one', [$one], [$any], ["$one,$two"], 'one either any leaf', 'domain - domain - - -'],
    ['the issuing CA of another purpose', [$any], [$two], [$one], 'any leaf', 'issuing issuing leaf leaf - -'],
    ['the domain CA of another purpose', [$two], [$any], [$one], 'any leaf', 'domain domain leaf leaf - -'],
    ['both of another purpose', [$two], [$two], [$one], 'any leaf', 'domain domain leaf leaf - -'],
    ['no policy in the issuing CA', [$any], ['none'], [$one], 'any leaf', 'issuing issuing issuing issuing - -'],
    ['no policy in the domain CA', ['none'], [$any], [$one], 'any leaf', 'domain domain domain domain - -'],
    ['none in the leaf', [$any], [$any], ['none'], 'any', 'leaf leaf leaf leaf - leaf'],
    ['anyPolicy in the leaf', [$any], [$any], [$any], 'any', 'leaf leaf leaf leaf - leaf'],
    ['anyPolicy and one in the leaf', [$any], [$one], ["$any,$one"], 'one either any leaf', 'issuing - issuing - - -'],
    ['a policy twice', [$any], [$any], ["$one,$one"], 'leaf', 'leaf leaf leaf leaf leaf -'],
    ['a policy twice in a CA', [$any], ["$one,$one"], [$one], 'leaf', 'issuing issuing issuing issuing issuing -'],
    ['1000 policies', [$any], [$any], ["$one,$many"], 'leaf', 'leaf leaf leaf leaf leaf -'],
    [   'anyPolicy is inhibited', [$any, 'inhibitAnyPolicy = 0'], [$any], [$one], 'any leaf',
        'issuing issuing issuing issuing - -'],
    [   'anyPolicy is inhibited further down',
        [$any, 'inhibitAnyPolicy = 1'],
        [$any], [$one], 'one either any leaf', 'leaf - leaf - - -'],
    [   'a mapping of one to two',
        [$one], [$one, "policyMappings = $one:$two"],
        [$two], 'any', 'domain leaf domain leaf - leaf'],
    [   'a mapping is inhibited',
        [$any, 'policyConstraints = critical, inhibitPolicyMapping:0'],
        [$any, "policyMappings = $one:$two"],
        [$two], 'two either any', 'leaf leaf - - - leaf'],
    [   'a mapping of anyPolicy',
        [$any], [$any, "policyMappings = $any:$one"],
        [$one], 'leaf', 'issuing issuing issuing issuing issuing -'],
    [   'a policy is required',
        [$any, 'policyConstraints = critical, requireExplicitPolicy:0'],
        [$any], ['none'], '', 'leaf leaf leaf leaf leaf leaf'],
    [   'a policy is required, and named',
        [$any, 'policyConstraints = critical, requireExplicitPolicy:0'],
        [$any], [$two], 'two either any', 'leaf leaf - - - leaf'],
    [   'a policy is required of the issuing CA',
        [$any, 'policyConstraints = critical, requireExplicitPolicy:0'],
        ['none'], [$one], 'leaf', 'issuing issuing issuing issuing issuing -'],
);

# OpenSSL's errors about an extension of the client's do not stay behind, where nginx takes them for its own: an [alert]
subtest 'policies that cannot be read' => sub {
    my $leaf = $pki->leaf(
        'unreadable', '--oin', $oin, '--policy', 'none',
        '--extension', 'certificatePolicies = DER:30:03:02:01:05');
    $gate->mark;
    is codes($leaf), '403 403 403 403 403 403', 'refused everywhere';
    is codes($leaf, '--http1.1'), '403 403 403 403 403 403', 'by HTTP/1.1 too';
    my $log = $gate->read('logs/error.log');
    unlike $log, qr/stale global SSL error/, 'nothing is left in the queue of errors';
    my %lacks = (
        one => 'the certificate itself has no policy of "ggi_pkio_policy" that its CAs permit (',
        leaf => 'the certificate itself names no policy of "ggi_pkio_policy" (',
        any => 'the certificate itself makes its path invalid, also for "ggi_pkio_policy any": ',
    );
    like $log, qr{\Q$lacks{$_}\E.*GET /$_ }, "what it lacks for /$_" for sort keys %lacks;
};

# Before the cases, of which there are more than a worker remembers.
subtest 'who lacks the policy' => sub {
    $pki->run('renew', 'domain');
    $pki->run('renew', 'issuing', '--policy', $two);
    my $leaf = $pki->leaf('told', '--oin', $oin, '--policy', $one);
    my @client = ('-k', '--cert', "$leaf.pem", '--key', "$leaf.key", '-H', $GGI::Gate::CLAIM);
    $gate->mark;
    my $told = length $gate->read('logs/error.log');
    my $answer = curl($gate->https('/one'), @client);
    is $answer->{status}, 403, 'refused';
    like $answer->{body}, qr/certificate_policy_not_allowed/, 'for its policy';
    my ($record) = decisions($gate->since(1, 0));
    is verdict($record), 'certificate_policy_not_allowed', 'recorded as that';
    is $record->{attributes}{'ggi.certificate.lacks_policy'}, $name{issuing}, 'the record names the CA';
    is $record->{body}{'adl.core.request'}{subject}{id}, 'unknown', 'and no caller, which is not established';
    my $text = substr $gate->read('logs/error.log'), $told;
    like $text, qr/\[error\].*the CA "\Q$name{issuing}\E", number 1 above the certificate, does not permit/,
        'the error log does too';
    curl($gate->https('/one'), @client, '-o', '/dev/null', $gate->https('/one'));
    my $times = () = substr($gate->read('logs/error.log'), $told) =~ /does not permit/g;
    is $times, 1, 'once, and not once more for each connection by that certificate';
};

my $number = 0;
for my $case (@cases) {
    my ($name, $domain, $issuing, $leaf, $allowed, $lacks) = @$case;
    my @of = map {
        my ($policy, @lines) = @$_;
        ['--policy', $policy, map { ('--extension', $_) } @lines]
        } $domain,
        $issuing, $leaf;
    $pki->run('renew', 'domain', @{ $of[0] });
    $pki->run('renew', 'issuing', @{ $of[1] });
    my $path = $pki->leaf('case' . ++$number, '--oin', $oin, @{ $of[2] });
    my %allowed = map { $_ => 1 } split / /, $allowed;
    my $codes = join ' ', map { $allowed{$_} ? 200 : 403 } @locations;
    subtest $name => sub {
        for my $how ('--http1.1', '--http2') {
            $gate->mark;
            is codes($path, $how), $codes, "$how: let in are '$allowed'";
            is lacking(scalar @locations), $lacks, 'the records name the certificates that lack the policies';
        }
    };
}

subtest 'observed' => sub {
    my $observing = GGI::Gate->new(
        pki => $pki,
        locations => 'location / { ggi_dienst brp; ggi_pkio observe; proxy_pass http://api; }')->start;
    my $leaf = $pki->leaf('told');
    is $observing->call('/x', { as => ['-k', '--cert', "$leaf.pem", '--key', "$leaf.key"] })->{status}, 200,
        'let through';
    my ($record) = decisions($observing->since(1, 0));
    is $record->{body}{'adl.core.response'}{context}{would_refuse}, 'certificate_policy_not_allowed', 'would refuse';
    is $record->{attributes}{'ggi.certificate.lacks_policy'}, $name{issuing}, 'and names the CA';
    $observing->stop;
};

$gate->stop;

subtest 'what nginx -t says of ggi_pkio_policy_check' => sub {
    my ($good, $output) = $gate->test_configuration;
    my $of_policies = sub {
        return grep { !/"ggi_pkio_crl"/ } GGI::Nginx::warnings_in($_[0]);
    };
    my @warnings = $of_policies->($output);
    ok $good, 'good';
    is scalar @warnings, 1, 'one warning';
    like $warnings[0], qr/"ggi_pkio_policy_check\ leaf"\ believes\ .*nginx\.conf:\d+/x, 'of the weaker check';
    my $dienst = 'location / { ggi_dienst brp; proxy_pass http://api; }';
    for my $case (
        ['path', 1, qr/\A\z/],
        ['leaf', 1, qr/believes/],
        ['none', 0, qr/"ggi_pkio_policy_check" takes "path" or "leaf": invalid value "none"/],
        ['path leaf', 0, qr/invalid number of arguments in "ggi_pkio_policy_check"/],
        ['path; ggi_pkio_policy_check path', 0, qr/"ggi_pkio_policy_check" directive is duplicate/],
    ) {
        my ($value, $fine, $message) = @$case;
        for my $where ('more', 'server', 'locations') {
            my $text = "ggi_pkio_policy_check $value;";
            my %of = $where eq 'locations' ? (locations => $dienst =~ s/proxy/$text proxy/r) : ($where => $text);
            my $other = GGI::Gate->new(pki => $pki, %of, allow_errors => [qr/./]);
            ($good, $output) = $other->test_configuration;
            is $good ? 1 : 0, $fine, "$value in $where";
            like $fine ? join('', $of_policies->($output)) : $output, $message, 'and what is said';
        }
    }
};

# A gateway behind a portal.
sub behind_a_portal {
    my ($pki, $portal, $server) = @_;
    return GGI::Gate->new(
        pki => $pki, server => "server_name gate.example; $server",
        more => GGI::Gate::portal($pki, $portal));
}

subtest 'keys and signatures that TLS refuses' => sub {
    $pki = GGI::Pki->new;
    my %leaf = $pki->weak_leaves($oin);
    my $lax = 'ssl_ciphers DEFAULT:@SECLEVEL=0;';
    for my $case (['no SNI', $lax, ''], ['SNI', '', '', 'gate.example'], ['a lax dienst', $lax, $lax]) {
        my ($how, $portal, $dienst, $sni) = @$case;
        my $gate = behind_a_portal($pki, $portal, $dienst)->start;
        for my $name (sort keys %leaf) {
            my $strong = $dienst || $name eq 'good' || $name eq 'RSA-2048';
            for my $version ('tls1_2', 'tls1_3') {
                my $answer = tls_call(
                    $gate->port,
                    leaf => $leaf{$name}, version => $version, sni => $sni, host => 'gate.example',
                    options => ['-cipher DEFAULT:@SECLEVEL=0']);
                is "$answer->{status} $answer->{reason}", $strong ? '200 ' : '403 certificate_untrusted',
                    "$name, $version, $how" or diag $answer->{body};
            }
        }
        $gate->stop;
    }
};

subtest 'the depth of the server that is called' => sub {
    $pki = GGI::Pki->new;
    my $leaf = $pki->leaf('caller', '--oin', $oin);
    for my $case (['', 200], ['ssl_verify_depth 2;', 200], ['ssl_verify_depth 1;', 403]) {
        my ($depth, $status) = @$case;
        my $gate = behind_a_portal($pki, 'ssl_verify_depth 3;', $depth);
        my ($good, $output) = $gate->test_configuration;
        my @warnings = GGI::Nginx::warnings_in($output);
        my $expected =
            qr/"ssl_verify_depth\ 1"\ is\ too\ small.*dienst\ "brp"\ are\ refused.*at\ least\ 2.*nginx\.conf:\d+/x;
        is scalar(grep {/$expected/} @warnings), $status == 200 ? 0 : 1, "nginx -t warns of what is too small: $depth";
        $gate->start;
        for my $sni (undef, 'gate.example') {
            my $answer = tls_call($gate->port, leaf => $leaf, sni => $sni, host => 'gate.example');
            is $answer->{status}, $status, "a chain with two CAs, '$depth', " . ($sni ? 'SNI' : 'no SNI');
        }
        $gate->stop;
    }
};

done_testing;
