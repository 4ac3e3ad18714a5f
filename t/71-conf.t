# SPDX-License-Identifier: EUPL-1.2
# The examples of conf/ work: each gateway is started and called, with the Redis users, and with the log rotated.
use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use JSON::PP qw(decode_json encode_json);
use Test::More;

use GGI::Api;
use GGI::Audit qw(decisions verdicts chains_hold);
use GGI::Conf;
use GGI::Curl qw(curl);
use GGI::Folder ();
use GGI::Pki;
use GGI::Port ();
use GGI::Problem qw(allowed refused);
use GGI::Redis;
use GGI::Trail;

my $root = $GGI::Nginx::ROOT;
my $pki = GGI::Pki->new;
my $oin = '00000001823288444000';
my @caller = $pki->client('caller', '--oin', $oin);
my @claim = ('-H', 'X-Doelbinding: BRPACT-AlgemeneTaken');

# One of the examples, with an API behind it; more: a change of its text.
sub gateway {
    my ($file, $change, %args) = @_;
    my $text = GGI::Conf::content("conf/$file");
    $text =~ s{^http \{}{http \{\n    server \{ listen 127.0.0.1:%%PORT2%%; location / \{ return 200 "the API"; \} \}}m
        or die;
    $text = $change->($text) if $change;
    return GGI::Conf::nginx($text, $pki, %args)->start;
}

# The text of the audit log, as soon as there is something.
sub recorded {
    my ($nginx) = @_;
    my $trail = GGI::Trail->new($nginx->prefix . '/logs/ggi-audit.jsonl');
    $nginx->wait_for(sub { $trail->text }, 'a record');
    return $trail->text;
}

sub call {
    my ($port, $path, @options) = @_;
    return curl("https://127.0.0.1:$port$path", @options);
}

my %tested = map { $_ => 1 } qw(nginx.conf afnemer.conf proef.conf loadbalancer.conf diensten.conf);
is_deeply [grep { !$tested{$_} } map {m{([^/]+)$}} glob "$root/conf/*.conf"], [], 'each example is looked at here';

subtest 'nginx.conf' => sub {
    my $nginx = gateway('nginx.conf');
    is allowed(call($nginx->port, '/brp/personen/1', @caller, @claim), 'a call'), 'the API', 'it reaches the API';
    refused(call($nginx->port, '/brp/personen/1', @caller), 400, 'claim_missing', 'without a claim');
    refused(
        call($nginx->port, '/brp/personen/1', $pki->anonymous, @claim), 403, 'certificate_missing',
        'without a certificate');
    my @personen = ('/haalcentraal/api/brp/personen', @caller, @claim, -H => 'Content-Type: application/json');
    allowed(call($nginx->port, @personen, '--data', $_), $_)
        for '{"fields":["naam.voornamen","geboorte.datum"]}', '{"fields":["adresseringBinnenland","rni"]}';
    my $more = call($nginx->port, @personen, '--data', '{"fields":["naam","nationaliteiten"]}');
    refused($more, 403, 'field_not_authorised', 'a field that is not agreed on');
    like $more->{body}, qr/The field is nationaliteiten\./, 'which is named';
    my $explain = join ' ', "$root/scripts/ggictl explain --profiles $root/conf/profielen.json --oin $oin",
        '--dienst brp-personen --method POST --path /haalcentraal/api/brp/personen --fields';
    like qx($explain naam,nationaliteiten), qr/^field: nationaliteiten\nrefused: field_not_authorised/m,
        'the tool says the same';
    like qx($explain naam.voornamen,geboorte.datum), qr/^allowed by the profile/m, 'of what is agreed on too';
    my $log = $nginx->prefix . '/logs/ggi-audit.jsonl';
    like qx($root/scripts/ggictl audit query --dienst brp-personen --reason field_not_authorised $log),
        qr/refused field_not_authorised.*  velden naam,nationaliteiten$/,
        'the log has what was asked for';
    is call($nginx->port, '/', @caller)->{status}, 404, 'nothing else is there';
    like $nginx->read('logs/access.log'), qr/ $oin brp-bevragen GET 200 allowed /, 'the format of the access log';
    is_deeply [GGI::Nginx::warnings_in($nginx->read('logs/error.log'))], [], 'no warning';
    $nginx->stop;
};

subtest 'afnemer.conf' => sub {
    my $own = $pki->leaf('caller', '--oin', $oin);
    my $there = $pki->leaf('brp', '--oin', '00000004000000068000', '--san', 'DNS:brp.example.nl');
    my $provider = gateway('nginx.conf', sub { return $_[0] =~ s{/etc/nginx/ggi/server\b}{$there}gr });
    my $port = $provider->port;
    my $nginx = gateway(
        'afnemer.conf',
        sub {
            return $_[0] =~ s{/etc/nginx/ggi/afnemer\b}{$own}gr =~ s{toepassingen-ca}{pkioverheid-private}r =~
                s{brp\.example\.nl:443}{127.0.0.1:$port}r;
        });
    my @inside = map { (-H => $_) } 'X-Gebruiker: j.jansen', 'X-Functie: parkeervergunning-afgeven';
    my @zaak = ($pki->client('zaaksysteem'), @inside, '-H', 'X-Doelbinding: Parkeervergunning-Afgeven');
    is allowed(call($nginx->port, '/brp/personen/1', @zaak), 'a call of an application'), 'the API',
        'it reaches the API of the provider';
    my ($here) = decisions(recorded($nginx));
    my ($other) = decisions(recorded($provider));
    is_deeply [map { $_->{body}{'adl.core.request'}{context}{doelbinding} } $here, $other],
        [qw(Parkeervergunning-Afgeven BRPACT-AlgemeneTaken)], 'with a purpose of the inside, and another outside';
    is $other->{body}{'adl.core.request'}{subject}{id}, $oin, 'by the own certificate';
    like $here->{body}{'adl.core.request'}{context}{gebruiker}, qr/^hmac:/, 'the user is recorded by a pseudonym';
    is $other->{body}{'adl.core.request'}{context}{gebruiker}, undef, 'and stays inside';
    refused(
        call($nginx->port, '/brp/personen/1', $pki->client('ander'), @inside, @claim), 403, 'application_unknown',
        'another application');
    refused(call($nginx->port, '/brp/x', @zaak), 403, 'path_not_authorised', 'what its function may not');
    is call($nginx->port, '/', @zaak)->{status}, 404, 'nothing else is there';
    is_deeply [GGI::Nginx::warnings_in($nginx->read('logs/error.log'))], [], 'no warning';
    $nginx->stop;
    $provider->stop;
    my @logs = map { $_->prefix . '/logs/ggi-audit.jsonl' } $provider, $nginx;
    like qx($root/scripts/ggictl audit match @logs 2>&1),
        qr/^the same in both logs 1, different 0, missing at the provider 0, /m,
        'both logs tell of the same call';
};

subtest 'proef.conf' => sub {
    my $nginx = gateway('proef.conf');
    allowed(call($nginx->port, '/brp/personen/1', $pki->anonymous), 'no certificate and no claim');
    my ($decision) = decisions(recorded($nginx));
    is $decision->{body}{'adl.core.response'}{context}{would_refuse}, 'certificate_missing',
        'the record says what would be';
    is_deeply [GGI::Nginx::warnings_in($nginx->read('logs/error.log'))], [], 'no warning';
    like curl($nginx->url('/metrics', 3))->{body},
        qr/^ggi_calls_would_refuse_total\{dienst="brp-bevragen",reason="certificate_missing"\} 1$/m,
        'and so does the status';
    $nginx->stop;
};

subtest 'diensten.conf' => sub {
    my $given = GGI::Conf::content('conf/diensten.conf');
    my %dienst = $given =~ m{^ +location (/\w+/) +\{ ggi_dienst ([\w-]+);}mg;
    is keys %dienst, 10, 'ten diensten';
    my $nginx = gateway('diensten.conf', sub { return $_[0] =~ s/rate=50r\/s/rate=1r\/m/r =~ s/burst=100/burst=11/r });
    my ($profile) = @{ decode_json(GGI::Conf::content('conf/profielen.json')) };
    my ($claim) = @{ decode_json(GGI::Conf::content('conf/doelbindingen.json'))->{doelbindingen} };
    $profile->{diensten} = {
        map { $dienst{$_} => { methoden => ['GET'], paden => ["$_**"], doelbindingen => [$claim->{id}] } }
            keys %dienst
    };
    $claim->{diensten} = [values %dienst];
    my %other = (%$profile, oin => '00000004003214345000');
    $nginx->write('profielen.json', encode_json([$profile, \%other]));
    $nginx->write('doelbindingen.json', encode_json({ versie => '1', doelbindingen => [$claim] }));
    my $before = length $nginx->read('logs/error.log');
    ok $nginx->reload, 'with profiles of all';

    my $port = $nginx->port;
    my $at = sub {
        my ($host, $path, @options) = @_;
        return curl("https://$host:$port$path", '-k', '--resolve', "$host:$port:127.0.0.1", @options);
    };
    is $at->('www.example.nl', '/brp/x')->{body}, "the site\n", 'a site is as it was, without a certificate';
    is $at->('intranet.example.nl', '/')->{body}, "the intranet\n", 'and so is another';
    is allowed($at->('api.example.nl', "${_}x", @caller, @claim), $dienst{$_}), 'the API', $_ for sort keys %dienst;
    refused($at->('api.example.nl', '/brp/x', @caller), 400, 'claim_missing', 'without a claim');
    is $at->('api.example.nl', '/', @caller)->{status}, 404, 'nothing else is there';

    my @statuses = map { $at->('api.example.nl', '/brp/x', @caller, @claim)->{status} } 1 .. 4;
    is_deeply \@statuses, [200, 200, 429, 429], 'more calls of one organisation are too many';
    my @second = ($pki->client('second', '--oin', $other{oin}), @claim);
    is $at->('api.example.nl', '/brp/x', @second)->{status}, 200, 'which takes nothing from another';
    is $at->('www.example.nl', '/')->{status}, 200, 'nor from a site';

    # what a client offers, and whether the gateway takes it
    for (
        ['-tls1_3', 1], ['-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384', 1],
        ['-tls1_1 -cipher DEFAULT@SECLEVEL=0', 0], ['-tls1_2 -cipher AES256-GCM-SHA384', 0],
        ['-tls1_2 -cipher ECDHE-RSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA384', 0],
        ['-tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384', 0], ['-tls1_3 -curves secp521r1', 0],
        ['-tls1_3 -curves X25519', 1],
    ) {
        my ($offer, $takes) = @$_;
        my $said = qx(openssl s_client -connect 127.0.0.1:$port -servername api.example.nl $offer </dev/null 2>&1);
        my ($cipher) = $said =~ /^New, TLSv[\d.]+, Cipher is (\S+)$/m;
        is $cipher ? 1 : 0, $takes, "TLS: $offer" or diag $said;
        unlike $said, qr/^ +TLS session ticket:$/m, 'without a ticket' if $takes && $offer =~ /1_2/;
    }

    chmod oct('400'), $nginx->prefix . "/$_" for qw(server.key pseudonym.key);
    my $command = join ' ', $nginx->command, '-T';
    $nginx->write('T', scalar qx($command 2>/dev/null));    # a sanitizer tells of nginx's own leaks on the other stream
    my ($looked, $found) = GGI::Folder::run("$root/scripts/ggictl", 'doctor', '--config', $nginx->prefix . '/T');
    my %topics = map { $_ => 1 } $found =~ /^(?:critical|warning): (\w+): /mg;
    delete $topics{clock};
    is_deeply [sort keys %topics], ['seal'], 'ggictl doctor finds nothing but that it is not sealed' or diag $found;
    is_deeply [grep { !/delaying|limiting/ } GGI::Nginx::warnings_in(substr $nginx->read('logs/error.log'), $before)],
        [], 'no warning';
    $nginx->stop;
};

# A load balancer in TCP mode, that says of every connection that it is from this address: its port, and the GGI::Api.
sub balancer {
    my ($to, $client) = @_;
    my $port = GGI::Port::free();
    my $balancer = GGI::Api->serving(
        $port,
        sub {
            my ($from) = @_;
            my $gate = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $to) or return;
            syswrite $gate, "PROXY TCP4 $client 127.0.0.1 40000 443\r\n";
            my $select = IO::Select->new($from, $gate);
            while (1) {
                for my $ready ($select->can_read) {
                    sysread $ready, my $part, 65536 or return;
                    syswrite $ready == $gate ? $from : $gate, $part;
                }
            }
        });
    return ($port, $balancer);
}

subtest 'loadbalancer.conf and redis-users.acl' => sub {
    my $acl = File::Temp->new;
    print $acl GGI::Conf::content('conf/redis-users.acl');
    close $acl or die $!;
    my $redis = GGI::Redis->new(
        options => ['--aclfile', "$acl"],
        cli => ['--no-auth-warning', '--user', 'beheer', '-a', 'change-me-too']);
    my $url = sub { my ($user) = @_; return "redis://$user\@127.0.0.1:" . $redis->port . '/0' };
    my $operator = "$root/scripts/ggictl --redis " . $url->('beheer:change-me-too');

    like qx($operator profiel load $root/conf/profielen.json 2>&1), qr/2 profiles/,
        'the operator puts profiles into Redis';
    like qx($operator profiel list 2>&1), qr/^$oin\t7\t/m, 'lists them';

    like qx($operator functie load $root/conf/functies.json 2>&1), qr/1 of 1 application changed/, 'functions too';
    like qx($operator functie withdraw zaaksysteem 2>&1), qr/withdrawn/, 'and withdraws them';

    my $nginx = gateway(
        'loadbalancer.conf',
        sub { return $_[0] =~ s/127\.0\.0\.1:6379/'127.0.0.1:' . $redis->port/er =~ s/timeout=300ms/timeout=5s/r },
        allow_errors => []);
    is_deeply [GGI::Nginx::warnings_in($nginx->read('logs/error.log'))], [], 'no warning';
    my ($inside, $balancer) = balancer($nginx->port, '10.1.2.3');
    my ($outside, $other_balancer) = balancer($nginx->port, '198.51.100.7');
    allowed(call($inside, '/brp/personen/1', @caller, @claim), 'from the network that the load balancer tells');
    refused(call($outside, '/brp/personen/1', @caller, @claim), 403, 'network_not_allowed', 'from another');
    refused(
        call($inside, '/kadaster/x', @caller, @claim), 403, 'dienst_not_authorised',
        'a dienst that is not in the profile');
    my ($decision) = decisions(recorded($nginx));
    is $decision->{body}{'adl.core.request'}{context}{client_address}, '10.1.2.3',
        'the record has the address of the client';
    isnt call($nginx->port, '/brp/personen/1', @caller, @claim)->{status}, 200,
        'nobody comes by without the load balancer';

    like qx($operator profiel withdraw $oin 2>&1), qr/withdrawn/, 'the operator withdraws one';
    ok $nginx->wait_for(sub { call($inside, '/brp/personen/1', @caller, @claim)->{status} == 403 }, 'withdrawal'),
        'and the gate is told';

    my $gate = sub { return qx(redis-cli --no-auth-warning --user gate -a change-me -p @{[ $redis->port ]} @_ 2>&1) };
    like $gate->('GET', 'ggi:profiel:00000004003214345000'), qr/Waterschap/, 'the gate reads profiles';
    is $gate->('GET', 'ggi:functie:zaaksysteem'), "\n", 'and functions';
    like $gate->(qw(HMGET ggi:dataset number)), qr/^\d+$/, 'and the marker of the data set';
    my $whole = $nginx->write('T', (GGI::Folder::run($nginx->command, '-T'))[1] =~ s/^nginx: .*\n//mgr);
    like qx($_ doctor --config $whole 2>&1), qr/redis: .* keeps no file/, 'doctor may ask Redis about itself'
        for $operator, "$root/scripts/ggictl";
    my $listener = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $redis->port) or die $!;
    print $listener "AUTH gate change-me\r\nSUBSCRIBE ggi:functie:gewijzigd\r\n";
    shutdown $listener, 1;
    like join('', <$listener>), qr/^\+OK\r\n\*3\r\n\$9\r\nsubscribe\r\n/, 'and is told of changes';
    like $gate->(@$_), qr/NOPERM/, "it may not: @$_"
        for [qw(SET ggi:profiel:x 1)], [qw(SET ggi:functie:x 1)], [qw(DEL ggi:profiel:x)], [qw(GET other)],
        [qw(HSET ggi:dataset number 1)],
        [qw(KEYS '*')],
        [qw(PUBLISH ggi:profiel:gewijzigd x)],
        [qw(SUBSCRIBE other)], [qw(FLUSHALL)], [qw(CONFIG GET dir)], [qw(ACL LIST)];
    like qx(redis-cli -p @{[ $redis->port ]} GET ggi:profiel:x 2>&1), qr/NOAUTH/, 'without a user nobody does';
    $nginx->stop;
};

subtest 'logrotate' => sub {
    system("$root/scripts/setup", 'logrotate') == 0 or die "logrotate cannot be installed\n";
    my $nginx = gateway('nginx.conf');
    my $dir = $nginx->prefix;
    my $conf =
        GGI::Conf::content('conf/logrotate') =~ s{/var/log/nginx}{$dir/logs}r =~ s{/run/nginx\.pid}{$dir/nginx.pid}r;
    $conf =~ s/\{\n/{\n    su root root\n/;
    my $file = $nginx->write('logrotate', $conf);
    chmod 0644, $file;
    for my $n (1 .. 3) {
        call($nginx->port, '/brp/personen/1', @caller, @claim) for 1 .. 2;
        my $said = qx(/usr/sbin/logrotate --force --state $dir/state $file 2>&1);
        is $?, 0, "rotation $n" or diag $said;
        $nginx->wait_for(sub { -e "$dir/logs/ggi-audit.0.jsonl" }, 'the new log');
        sleep 1 if $n < 3;    # the name of a rotated log has the second in it
    }
    call($nginx->port, '/brp/personen/1', @caller, @claim);
    my $text;
    $nginx->wait_for(
        sub {
            $text = '';
            for my $file (sort { $a =~ /-\d/ ? $b =~ /-\d/ ? $a cmp $b : -1 : 1 } glob "$dir/logs/ggi-audit.*.jsonl*") {
                $text .= $file =~ /\.gz$/ ? qx(zcat $file) : $nginx->read('logs/' . ($file =~ m{([^/]+)$})[0]);
            }
            return (() = $text =~ /call_completed/g) == 7;
        },
        'the last record');
    is_deeply [verdicts($text)], [('allowed') x 7], 'no record is lost';
    # A worker may go on in another file of the log after a rotation: the order is that of the chains.
    my ($id, $number) = map {qr/"ggi\.chain\.$_":"?([^",]+)/} qw(id number);
    my $place = sub { return ($_[0] =~ $id, $_[0] =~ $number) };
    my @lines =
        map { $_->[0] } sort { $a->[1] cmp $b->[1] || $a->[2] <=> $b->[2] } map { ["$_\n", $place->($_)] } split /\n/,
        $text;
    chains_hold(join('', @lines), 'and the chain goes on over all of it');
    $nginx->stop;
};

done_testing;
