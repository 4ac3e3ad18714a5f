# SPDX-License-Identifier: EUPL-1.2
# Resumed TLS sessions at a dienst, in each way that there is: the client is judged as by a full handshake, whichever
# worker made the session, and whatever has changed since.
use strict;
use warnings;

use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(time);

use GGI::Audit qw(decisions);
use GGI::Gate;
use GGI::Pki;
use GGI::Slow ();
use GGI::Tls qw(tls_call);

my $oin = $GGI::Gate::OIN;
my $factor = $GGI::Slow::FACTOR;

# Each way of resuming: the version of TLS, what the server says of sessions, and what the client does.
my $cache = 'ssl_session_cache shared:sessions:1m;';
my $key = 'ssl_session_ticket_key %%PREFIX%%/ticket.key;';
my @ways = (
    { name => 'TLS 1.2, tickets of a key file', version => 'tls1_2', server => $key, lasts => 1 },
    { name => 'TLS 1.2, tickets', version => 'tls1_2', server => '' },
    { name => 'TLS 1.2, ids for a client', version => 'tls1_2', server => $cache, client => '-no_ticket', lasts => 1 },
    { name => 'TLS 1.2, ids', version => 'tls1_2', server => "$cache ssl_session_tickets off;", lasts => 1 },
    { name => 'TLS 1.3, tickets of a key file', version => 'tls1_3', server => $key, lasts => 1 },
    { name => 'TLS 1.3, tickets', version => 'tls1_3', server => '' },
    { name => 'TLS 1.3, ids', version => 'tls1_3', server => "$cache ssl_session_tickets off;", lasts => 1 },
);

# A gateway with a server for each way, on a port of its own.
sub gateway {
    my ($pki, $workers) = @_;
    my $servers = join '', map { <<"HTTP" } 0 .. $#ways;
        server {
            listen 127.0.0.1:%%PORT1$_%% ssl;
            @{[ $pki->server ]}
            $ways[$_]{server}
            add_header X-Worker \$pid always;
            location / { ggi_dienst brp; proxy_pass http://api; }
            location /other { ggi_dienst brp; ggi_pkio_policy 1.2.3.1; proxy_pass http://api; }
        }
HTTP
    my $gate = GGI::Gate->new(pki => $pki, workers => $workers, more => "ggi_pkio_crl @{[ $pki->dir ]}/crl; $servers");
    $gate->write('ticket.key', 'k' x 80);
    return $gate;
}

# A call in one of the ways: the status of the answer with the reason of a refusal, and whether the session was resumed.
sub said {
    my ($gate, $way, $leaf, %of) = @_;
    my @options = (version => $ways[$way]{version}, options => [$ways[$way]{client} // ()]);
    my $answer = tls_call($gate->port("1$way"), leaf => $leaf, @options, %of);
    return join ' ', grep {length} @$answer{qw(status reason)}, $answer->{reused} ? 'resumed' : 'full';
}

# Asks until every worker gives a caller with a full handshake this answer. The first waits run while all workers do:
# one that is halted while it reads the lists holds their lock.
sub everywhere {
    my ($gate, $expected, $leaf) = @_;
    $gate->wait_for(sub { said($gate, 0, $leaf) eq $expected }, "$expected, of any worker");
    for my $worker (0 .. $gate->{workers} - 1) {
        my $last;
        $gate->by_worker(
            $worker,
            sub {
                $gate->wait_for(sub { ($last = said($gate, 0, $leaf)) eq $expected }, $expected);
            });
        is $last, $expected, "a full handshake with worker $worker: $expected";
    }
    return;
}

my %file;    # of a session, by its name and way

my $took;    # by the longest that it took to make sessions

# A session of each worker for each way, made while that worker alone runs.
sub make_sessions {
    my ($gate, $name, $leaf) = @_;
    my $began = time;
    for my $worker (0 .. $gate->{workers} - 1) {
        $gate->by_worker(
            $worker,
            sub {
                for my $way (0 .. $#ways) {
                    my $file = $file{"$name.$worker"}[$way] = $gate->prefix . "/$name.$worker.$way";
                    is said($gate, $way, $leaf, keep => $file), '200 full',
                        "$ways[$way]{name}: a session of worker $worker";
                }
            });
    }
    my $now = time - $began;
    $took = $now if $now > ($took // 0);
    return;
}

# What the sessions of a name give with each worker: the expected answer, or a function that gives that of a way.
sub resumed {
    my ($gate, $what, $expected, $name, $leaf, %of) = @_;
    for my $worker (0 .. $gate->{workers} - 1) {
        $gate->by_worker(
            $worker,
            sub {
                for my $way (0 .. $#ways) {
                    my $answer = ref $expected ? $expected->($ways[$way]) : $expected;
                    is said($gate, $way, $leaf, %of, take => $file{$name}[$way]), $answer,
                        "$ways[$way]{name}, $what, with worker $worker: $answer";
                }
            });
    }
    return;
}

# Sessions that come of resuming those of a name. Those of TLS 1.2 stay what they are.
sub make_again {
    my ($gate, $name, $leaf) = @_;
    for my $way (0 .. $#ways) {
        my $file = $gate->prefix . "/again.$way";
        unlink $file;
        is said($gate, $way, $leaf, take => $file{$name}[$way], keep => $file), '200 resumed',
            "$ways[$way]{name}: resumed";
        $file{again}[$way] = -s $file ? $file : $file{$name}[$way];
    }
    return;
}

for my $workers (GGI::Nginx::under_instrument() ? 2 : (1, 2)) {
    my $pki = GGI::Pki->new;
    my $crl = $pki->dir . '/crl';
    $pki->run('crls', $crl);
    my $gate = gateway($pki, $workers)->start;
    my @names = map {"good.$_"} 0 .. $workers - 1;

    my %leaf = map { $_ => $pki->leaf($_, '--oin', $oin) } qw(good revoked);

    subtest "$workers workers: sessions" => sub {
        make_sessions($gate, $_, $leaf{$_}) for sort keys %leaf;
    };

    subtest "$workers workers: a good certificate" => sub {
        resumed($gate, 'a session', '200 resumed', $_, $leaf{good}) for @names;
        make_again($gate, $names[-1], $leaf{good});
        resumed($gate, 'a session of a resumed one', '200 resumed', 'again', $leaf{good});
        resumed(
            $gate, 'another policy', '403 certificate_policy_not_allowed resumed', $names[0], $leaf{good},
            path => '/other');
    };

    subtest "$workers workers: revoked since" => sub {
        $pki->run('revoke', 'revoked');
        $pki->run('crls', $crl);
        everywhere($gate, '403 certificate_revoked full', $leaf{revoked});
        my $refused = '403 certificate_revoked resumed';
        resumed($gate, 'a session', $refused, "revoked.$_", $leaf{revoked}) for 0 .. $workers - 1;
        resumed($gate, 'a session of another', '200 resumed', $names[0], $leaf{good});
    };

    subtest "$workers workers: expired since" => sub {
        my $expiry = int(time + 3 * $took + 3 * $factor);
        my $until = strftime('%Y%m%d%H%M%SZ', gmtime $expiry);
        $leaf{brief} = $pki->leaf('brief', '--oin', $oin, '--not-after', $until);
        make_sessions($gate, 'brief', $leaf{brief});
        make_again($gate, 'brief.0', $leaf{brief});
        GGI::Slow::sleep(0.2) while time < $expiry + 1;
        resumed($gate, 'a session', '403 certificate_expired full', $_, $leaf{brief}) for 'brief.0', 'again';
        resumed($gate, 'a session of another', '200 resumed', $names[-1], $leaf{good});
    };

    subtest "$workers workers: a reload with another policy" => sub {
        my $configuration = $gate->read('nginx.conf');
        $gate->write('nginx.conf', "$configuration" =~ s/(ggi_pkio_crl )/ggi_pkio_policy 1.2.3.1; $1/r);
        ok $gate->reload, 'a reload';
        for my $worker (0 .. $workers - 1) {
            $gate->by_worker($worker, sub { said($gate, 0, $leaf{good}) });    # it knows the CAs then
        }
        my $lasting = sub { '403 certificate_policy_not_allowed ' . ($_[0]{lasts} ? 'resumed' : 'full') };
        resumed($gate, 'a session of before', $lasting, $names[0], $leaf{good});
        $gate->write('nginx.conf', $configuration);
    };

    subtest "$workers workers: a reload" => sub {
        ok $gate->reload, 'a reload';
        for my $worker (0 .. $workers - 1) {
            is $gate->by_worker($worker, sub { said($gate, 0, $leaf{good}, take => $file{ $names[0] }[0]) }),
                '200 full', "worker $worker does not know the CAs of a session yet, and asks for a handshake";
        }
        my $lasting = sub { '200 ' . ($_[0]{lasts} ? 'resumed' : 'full') };
        resumed($gate, 'a session of before', $lasting, $names[0], $leaf{good});
        $lasting = sub { '403 certificate_revoked ' . ($_[0]{lasts} ? 'resumed' : 'full') };
        resumed($gate, 'one that was revoked before', $lasting, 'revoked.0', $leaf{revoked});
        make_sessions($gate, 'good', $leaf{good});
        resumed($gate, 'a session of after', '200 resumed', $_, $leaf{good}) for @names;
    };

    for my $case (['issuing', 'domain'], ['domain', 'root']) {
        my ($ca, $issuer) = @$case;
        subtest "$workers workers: a revoked CA, $ca" => sub {
            $pki->run('revoke', $ca, $issuer);
            $pki->run('crls', $crl);
            everywhere($gate, '403 certificate_revoked full', $leaf{good});
            resumed($gate, 'a session below it', '403 certificate_revoked resumed', $_, $leaf{good}) for @names;

            # the list says otherwise again
            my $database = $pki->dir . "/.work/$issuer.txt";
            qx(sed -i '/^R/d' $database);
            $pki->run('crls', $crl);
            everywhere($gate, '200 full', $leaf{good});
            resumed($gate, 'a session below it again', '200 resumed', $names[0], $leaf{good});
        };
    }
    $gate->stop;
}

subtest 'what a resumed session is recorded as' => sub {
    my $pki = GGI::Pki->new;
    $pki->run('crls', $pki->dir . '/crl');
    my $gate = gateway($pki, 1)->start;
    my $leaf = $pki->leaf('caller', '--oin', $oin);
    make_sessions($gate, 'recorded', $leaf);
    $gate->mark;
    resumed($gate, 'a session', '200 resumed', 'recorded.0', $leaf);
    my @subjects = map { $_->{body}{'adl.core.request'}{subject} } decisions($gate->since(7, 7));
    my $sha256 = qx(openssl x509 -in $leaf.crt -outform DER | sha256sum) =~ s/ .*//sr;
    is_deeply \@subjects, [
        (   {
                type => 'organisation', id => $oin,
                properties => { name => 'Gemeente caller', certificate_sha256 => $sha256, glo => 'GLO-2026-014' }
            }) x 7],
        'the caller, as by a full handshake';
    $gate->stop;
};

done_testing;
