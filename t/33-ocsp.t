# SPDX-License-Identifier: EUPL-1.2
# pkio: where ssl_ocsp is on, a certificate that is revoked while its connection is open is refused within the
# nextUpdate of the responder or a minute, and a responder that cannot be believed lets nobody in.
use strict;
use warnings;

use POSIX ();
use Socket ();
use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Audit qw(decisions);
use GGI::Child;
use GGI::Crl;
use GGI::Dns;
use GGI::Gate;
use GGI::H2;
use GGI::Kept qw(opened $REQUEST);
use GGI::Ocsp;
use GGI::Pki;
use GGI::Port ();
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(connect_to receive tls_options);
use GGI::Slow qw(least);

local $SIG{PIPE} = 'IGNORE';
my $oin = $GGI::Gate::OIN;
my $factor = $GGI::Slow::FACTOR;
my $soon = 2 + $factor;    # seconds to the nextUpdate of an answer that is to run out in this test
my $pki = GGI::Pki->new;
my $dir = $pki->dir;
my $ocsp = GGI::Ocsp->new($pki);

# The directives of a server that asks the responder: mode is leaf or on.
sub asks { my ($mode, $url) = @_; return "ssl_ocsp $mode; ssl_ocsp_responder @{[ $url // $ocsp->url ]};" }

sub gate {
    my ($server, %more) = @_;
    my $more = delete $more{more} // '';
    return GGI::Gate->new(pki => $pki, server => $server, more => "keepalive_timeout 1000s; $more", %more)->start;
}

# A function that makes a call on an open connection of a client.
sub kept {
    my ($gate, $name, $protocol) = @_;
    return opened($gate->port, $pki->leaf($name, '--oin', $oin), $protocol);
}

# Calls until the answer is another one than at first. Returns it; after how many seconds since a time the last call
# began that had the first answer, which a machine that stands still does not make later; and when the other one came.
sub until_other {
    my ($call, $first, $since) = @_;
    my ($answer, $last) = ('', $since);
    for (1 .. 1000) {
        my $began = time;
        $answer = $call->();
        last if $answer ne $first;
        $last = $began;
        sleep 0.1;
    }
    return ($answer, $last - $since, time - $since);
}

# The same, in a process of its own: what it prints is to be read when it is over.
sub watched {
    my ($call, $since) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";
    return $out if $pid;
    syswrite STDOUT, join ' after ', (until_other($call, '200', $since))[0, 1];
    return POSIX::_exit(0);
}

# Whom a "return" before the gates is told, on an open connection.
sub told {
    my ($socket) = @_;
    syswrite $socket, "GET /who HTTP/1.1\r\nHost: gate.example\r\n\r\n";
    return receive($socket, qr/ok\n/) =~ /\[(.*)\] ok\n/ ? $1 : 'nothing';
}

# With a responder of OpenSSL, which gives no nextUpdate: begun here, and looked at when the rest of the test is done.
$pki->leaf($_, '--oin', $oin) for 'real', 'idle';
my $real_port = GGI::Port::free();
my $real = GGI::Child->command(
    { out => "$dir/real" },
    'openssl', 'ocsp', '-index', "$dir/.work/issuing.txt", '-port', $real_port, '-rsigner', "$dir/issuing.crt",
    '-rkey', "$dir/issuing.key", '-CA', "$dir/issuing.crt");
for (1 .. 500) {
    last if qx(cat $dir/real 2>/dev/null) =~ /^ACCEPT/m;
    sleep 0.02;
}
my $who = 'location /who { ggi_dienst brp; return 200 "[$ggi_oin] ok\n"; }';
my $minute = gate(
    asks(leaf => "http://127.0.0.1:$real_port"),
    workers => 2, locations => "location / { ggi_dienst brp; proxy_pass http://api; } $who");
my $idle = connect_to($minute->port, tls_options("$dir/idle"));
is told($idle), $oin, 'a variable, after the handshake: has the caller';
my $idle_since = time;
my %minute = (
    'HTTP/1.1, a worker' => $minute->by_worker(0, sub { kept($minute, 'real') }),
    'HTTP/1.1, the other worker' => $minute->by_worker(1, sub { kept($minute, 'real') }),
    'HTTP/2' => kept($minute, 'real', 'h2'),
);
is $minute{$_}->(), '200', "$_: a good certificate" for sort keys %minute;
$pki->run('revoke', 'real');
my $revoked_at = time;

# this responder answers one question more by what it knew before
qx(openssl ocsp -issuer $dir/issuing.crt -cert $dir/real.crt -url http://127.0.0.1:$real_port -noverify 2>&1) for 1, 2;
my %refused = map { my $name = $_; ($name => watched($minute{$name}, $revoked_at)) } sort keys %minute;

subtest 'nginx -t' => sub {
    for my $mode ('on', 'leaf', 'off') {
        my $gate = GGI::Gate->new(pki => $pki, server => asks($mode));
        my ($good, $output) = $gate->test_configuration;
        ok $good, "ssl_ocsp $mode" or diag $output;
        my @warnings = grep {/revoked|revocation/} GGI::Nginx::warnings_in($output);
        is scalar @warnings, $mode eq 'off' ? 1 : 0, 'a warning of missing lists, where nothing else is asked';
    }
};

my $gate = gate(asks('leaf'));

subtest 'revoked while the connection is open' => sub {
    for my $protocol ('http1.1', 'h2') {
        $ocsp->set(next => $soon);
        my $name = "open-$protocol" =~ s/\W/-/gr;
        my $call = kept($gate, $name, $protocol);
        is $call->(), '200', "$protocol: good";
        my $since = time;
        $ocsp->set(next => $soon, revoked => [$name]);
        my ($answer, $seconds) = until_other($call, '200', $since);
        is $answer, '403 certificate_revoked', "$protocol: refused";
        cmp_ok $seconds, '<', $soon + $factor,
            sprintf 'within the nextUpdate of %d s: the last good call began after %.1f s', $soon, $seconds;
        is $call->(), '403 certificate_revoked', 'and so is the next call';
        $ocsp->set;
        ($answer) = until_other($call, '403 certificate_revoked', $since);
        is $answer, '200', 'until the responder says that it is good';
    }
};

subtest 'the record, and what is counted' => sub {
    my $before = $gate->metric_by('pkio_ocsp_answers_total', 'result');
    $ocsp->set(unknown => ['strange']);
    $gate->mark;
    my $strange = kept($gate, 'strange');
    is $strange->(), '503 revocation_unknown', 'one that the responder does not know';
    my ($record) = decisions($gate->since(1, 0));
    is $record->{attributes}{'ggi.certificate.revocation'}, 'ocsp', 'the record says what says so';
    is $record->{body}{'adl.core.request'}{subject}{id}, $oin, 'of this caller, against whom nothing is said';
    $ocsp->set(next => $soon);
    my $revoked = kept($gate, 'later');
    is $revoked->(), '200', 'a good one';
    $gate->mark;
    $ocsp->set(revoked => ['later']);
    my ($answer) = until_other($revoked, '200', time);
    is $answer, '403 certificate_revoked', 'that is revoked then';
    ($record) = grep { GGI::Audit::verdict($_) ne 'allowed' } decisions($gate->since(2, 1));
    is GGI::Audit::verdict($record), 'certificate_revoked', 'recorded as that';
    is $record->{attributes}{'ggi.certificate.revocation'}, 'ocsp', 'by OCSP';
    my $claimed = $record->{body}{'adl.core.request'}{context}{claimed_certificate};
    is_deeply [@{$claimed}{qw(oin error)}], [$oin, 'certificate revoked'], 'with what the certificate claims';
    my $after = $gate->metric_by('pkio_ocsp_answers_total', 'result');
    my %more = map { $_ => ($after->{$_} // 0) - ($before->{$_} // 0) } qw(good revoked unknown);
    is scalar(grep { $_ > 0 } values %more), 3, 'each answer is counted';
    cmp_ok time - $gate->status->{ggi_pkio_ocsp_answer_timestamp_seconds}, '<', 60, 'and how long ago the last one was';
};

# How a responder can misbehave, and what becomes of the first call of a caller, whom nginx has let in by the handshake.
subtest 'a responder that cannot be believed' => sub {
    $pki->leaf('responder', '--usage', 'OCSPSigning');
    $pki->leaf('delegate', '--usage', 'OCSPSigning', '--ca', 'domain');
    my @as = qw(hang close endless cut html status malformed trylater signature serial nonce critical);
    my %cases = (
        (map { $_ => [{ as => $_ }, '503 revocation_unknown'] } @as),
        expired => [{ next => -2 }, '503 revocation_unknown'],
        future => [{ this => 1000 }, '503 revocation_unknown'],
        old => [{ this => -4000 }, '503 revocation_unknown'],
        client => [{ signer => 'client' }, '503 revocation_unknown'],
        another_ca => [{ signer => 'delegate' }, '503 revocation_unknown'],
        no_nonce => [{ as => 'plain' }, '200'],
        delegated => [{ signer => 'responder' }, '200'],
        clock => [{ this => 100, next => 200 }, '200'],
        slow => [{ late => 1 }, '200'],
        pre_produced => [{ this => -4000, next => 4000 }, '200'],
    );
    for my $case (sort keys %cases) {
        my ($state, $expected) = @{ $cases{$case} };
        my $call = kept($gate, "case-$case" =~ s/_/-/gr);
        $pki->leaf('client') if $case eq 'client';
        $ocsp->set(%$state);
        is $call->(), $expected, "$case: $expected";
        next if $expected eq '200';
        $ocsp->set;
        my ($answer, $seconds) = until_other($call, $expected, time);
        is $answer, '200', 'and as soon as it answers well, the caller is let in';
        cmp_ok $seconds, '<', 3 * $factor, sprintf 'after %.1f s', $seconds;
    }
    my @said = $gate->read('logs/error.log') =~ /\[error\].*the OCSP responder "\S+" ([^:(,]*)/g;
    my %said = map { s/ \z//r => 1 } @said;
    is scalar keys %said, 14, 'the error log tells them apart' or diag join "\n", sort keys %said;
    my @again = $gate->read('logs/error.log') =~ /\[notice\].*the OCSP responder "\S+" answers again/g;
    cmp_ok scalar @again, '>=', 16, 'and tells that it answers again';
};

subtest 'the last good answer serves until it has run out' => sub {
    for my $as ('down', 'trylater') {
        $ocsp->set(next => $soon);
        my $call = kept($gate, "last-$as");
        my $good_until = int(time) + $soon;
        is $call->(), '200', "$as: a good answer";
        my $since = time;
        $as eq 'down' ? $ocsp->stop : $ocsp->set(as => $as);
        sleep 1;
        my $answer = $call->();
        is $answer, '200', 'which serves on' if time < $good_until;
        ($answer, my $last, my $seconds) = until_other($call, '200', $since);
        is $answer, '503 revocation_unknown', 'and then the caller is refused';
        cmp_ok $last, '<', $soon + $factor, sprintf 'after %.1f s', $seconds;
        cmp_ok $seconds, '>', $soon - 2, 'not before';
        my $takes = least(
            1 * $factor,
            sub {
                my $began = time;
                is $call->(), '503 revocation_unknown', 'as long as there is no other';
                return time - $began;
            });
        cmp_ok $takes, '<', 1 * $factor, 'at once';
        $as eq 'down' ? $ocsp->set->begin : $ocsp->set;
        ($answer) = until_other($call, '503 revocation_unknown', time);
        is $answer, '200', 'until there is';
    }
};

subtest 'an old answer does not undo a revocation' => sub {
    $ocsp->set(next => $soon);
    my $call = kept($gate, 'replayed');
    is $call->(), '200', 'good';
    $ocsp->set(next => $soon, revoked => ['replayed']);
    my ($answer) = until_other($call, '200', time);
    is $answer, '403 certificate_revoked', 'revoked';
    $ocsp->set(this => -1000, next => 100);
    ($answer) = until_other($call, '403 certificate_revoked', time);
    is $answer, '503 revocation_unknown', 'an answer from before that is not believed';
    $ocsp->set;
    ($answer) = until_other($call, '503 revocation_unknown', time);
    is $answer, '200', 'a new one is';
};

subtest 'one question for all calls that wait' => sub {
    $ocsp->set(late => $factor, next => 10 * $factor);
    my @client = $pki->client('many', '--oin', $oin);
    my @begun = map { $gate->begin('/x?[1-5]', { as => \@client }, $_) } ('--http1.1', '--http2') x 5;
    my @said = map { GGI::Curl::said($_) } @begun;
    is_deeply \@said, [(200) x 50], 'fifty calls of ten connections';
    is $ocsp->asked('many'), 1, 'the responder was asked once';
    my $since = time;
    sleep 1 while time - $since < 5 * $factor;
    my $half = sub { allowed($gate->call('/x', { as => \@client }), 'when half of its time is over') };
    my $took = least(1, sub { $gate->took($half) });
    cmp_ok $took, '<', 1, 'no call waits';
    $gate->wait_for(sub { $ocsp->asked('many') == 2 }, 'the next question');
    is $ocsp->asked('many'), 2, 'and the responder is asked once more';
};

subtest 'calls that are sent at once' => sub {
    $ocsp->set(late => 1);
    my $leaf = $pki->leaf('pipelined', '--oin', $oin);
    my $socket = connect_to($gate->port, tls_options($leaf));
    syswrite $socket, $REQUEST x 5;
    my $answers = receive($socket, qr/(?:ok\n.*){5}/s, 20);
    is scalar(() = $answers =~ m{^HTTP/1\.1 200}mg), 5, 'over HTTP/1.1';
    is $ocsp->asked('pipelined'), 1, 'with one question';
    $leaf = $pki->leaf('streams', '--oin', $oin);
    $socket = connect_to($gate->port, tls_options($leaf, SSL_alpn_protocols => ['h2']));
    syswrite $socket, GGI::H2::requests(map { ["/$_", [lc $1, $2]] if $GGI::Gate::CLAIM =~ /(\S+): (.*)/ } 1 .. 5);
    my ($text, @answers) = '';
    for (1 .. 40) {
        $text .= receive($socket, qr/./s, 0.5);
        @answers = grep { $_->{ended} } GGI::H2::answers($text);
        last if @answers == 5;
    }
    is_deeply [map { $_->{status} } @answers], [(200) x 5], 'over HTTP/2';
    is $ocsp->asked('streams'), 1, 'with one question';
};

subtest 'a client that does not wait' => sub {
    $ocsp->set(late => 2);
    for my $protocol ('http1.1', 'h2') {
        my $leaf = $pki->leaf("gone-$protocol" =~ s/\W/-/gr, '--oin', $oin);
        my @alpn = $protocol eq 'h2' ? (SSL_alpn_protocols => ['h2']) : ();
        my $socket = connect_to($gate->port, tls_options($leaf, @alpn));
        $gate->mark;
        syswrite $socket, @alpn ? GGI::H2::requests(['/x']) : $REQUEST;
        $gate->wait_for(sub { $ocsp->asked("gone-$protocol" =~ s/\W/-/gr) == 1 }, 'the question');
        close $socket;
        my ($record) = decisions($gate->since(1, 0));
        is GGI::Audit::verdict($record), 'request_rejected', "$protocol: its call is recorded";
        is $record->{body}{'adl.core.request'}{subject}{id}, 'unknown', 'and nobody was established';
    }
    $gate->wait_for(sub { $ocsp->answered($_) }, 'the answer') for qw(gone-http1-1 gone-h2);
    allowed($gate->call('/x'), 'the worker goes on');
};

# The answer and the end of connections reach the worker together, in either order: it hears of neither before. The
# answer has to come within the 5 s that the gate waits for one, however slow the machine is.
subtest 'clients that go as the answer comes' => sub {
    for my $case (['answer', 'clients'], ['clients', 'answer']) {
        my $name = "together-$case->[0]";
        $ocsp->set(held => 1);
        my $leaf = $pki->leaf($name, '--oin', $oin);
        my @h2 = map { connect_to($gate->port, tls_options($leaf, SSL_alpn_protocols => ['h2'])) } 1 .. 3;
        my @h1 = map { connect_to($gate->port, tls_options($leaf)) } 1 .. 3;
        my @stays = map { $gate->begin('/x', { as => [$pki->client($name)] }, $_) } '--http1.1', '--http2';
        my $fields = [map { [lc $1, $2] if /(\S+): (.*)/ } $GGI::Gate::CLAIM];
        syswrite $_, GGI::H2::requests(map { ['/x', @$fields] } 1 .. 5) for @h2;
        syswrite $_, $REQUEST x 2 for @h1;
        $gate->wait_for(sub { $ocsp->asked($name) == 1 }, 'the question');
        kill 'STOP', $gate->workers;
        my %comes = (
            answer => sub {
                $ocsp->release;
                $gate->wait_for(sub { $ocsp->answered($name) == 1 }, 'the answer');
            },
            clients => sub {
                for my $socket (@h2, @h1) {
                    setsockopt $socket, Socket::SOL_SOCKET, Socket::SO_LINGER, pack('ii', 1, 0);
                    $socket->close(SSL_no_shutdown => 1);
                }
            });
        $comes{$_}->() for @$case;
        kill 'CONT', $gate->workers;
        is_deeply [map { GGI::Curl::said($_) } @stays], [200, 200], "@$case: those that stay get their answers";
        allowed($gate->call('/x'), 'the worker goes on');
        is $ocsp->asked($name), 1, 'and has asked once';
    }
};

subtest 'variables that are read before the gates' => sub {
    $ocsp->set(late => 1, next => $soon);
    my $early = gate(
        asks('leaf'),
        locations => <<'CONF',
        location / {
            ggi_dienst brp;
            set $who $ggi_oin;
            if ($ggi_oin = "") { return 404 "ok\n"; }
            proxy_set_header X-Who $who;
            proxy_pass http://api;
        }
CONF
        answer => '"$http_x_who ok\n"');
    my $body = allowed($early->call('/x', { as => [$pki->client('early', '--oin', $oin)] }), 'the first call');
    is $body, "$oin ok\n", 'has its caller already';
    my $call = kept($early, 'early');
    like $call->(), qr/^200/, 'the next one';
    $ocsp->set(revoked => ['early']);
    my ($answer) = until_other($call, '200', time);
    like $answer, qr/^40[34]/, 'is refused as one of nobody, or by the gate when that has waited for the answer';
    is $call->(), '404', 'and as soon as it is known to be revoked there is no caller';
    $early->stop;
};

subtest 'a variable, where nginx has asked nobody in the handshake' => sub {
    $ocsp->set(late => 1);
    my $other = gate(
        "server_name gate.example; " . asks('leaf'),
        locations => $who, more => GGI::Gate::portal($pki, ''));
    my $socket = connect_to($other->port, tls_options($pki->leaf('by-portal', '--oin', $oin)));
    is told($socket), '', 'is empty until the responder has answered';
    ok $other->wait_for(sub { told($socket) eq $oin }, 'the answer'), 'and has the caller then';
    $other->stop;
};

subtest 'a gate that observes' => sub {
    $ocsp->set(next => $soon);
    my $observing = gate(
        asks('leaf'),
        locations => 'location / { ggi_dienst brp; ggi_pkio observe; proxy_pass http://api; }');
    my $call = kept($observing, 'observed');
    is $call->(), '200', 'good';
    $ocsp->set(revoked => ['observed']);
    ok $observing->wait_for(
        sub { $call->() eq '200' && $observing->audit_text =~ /"would_refuse":"certificate_revoked"/ },
        'the record'),
        'it lets a revoked one in, and records what it would have done';
    my ($record) = grep { $_->{body}{'adl.core.response'}{context}{would_refuse} } decisions($observing->audit_text);
    is $record->{attributes}{'ggi.certificate.revocation'}, 'ocsp', 'by what';
    $observing->stop;
};

subtest 'the whole chain' => sub {
    for my $ca ('issuing', 'domain') {
        my %answers;
        for my $mode ('on', 'leaf') {
            my $chain = gate(asks($mode));
            $ocsp->set(next => $soon);
            my $call = kept($chain, 'chained');
            is $call->(), '200', "ssl_ocsp $mode: all are good";
            $ocsp->set(next => $soon, revoked => [$ca]);
            $answers{$mode} = (until_other($call, '200', time))[0] if $mode eq 'on';
            $answers{$mode} //= do { sleep $soon; $call->() };
            $chain->stop;
        }
        is_deeply \%answers, { on => '403 certificate_revoked', leaf => '200' },
            "$ca is revoked, which \"leaf\" does not ask about";
    }
    my $chain = gate(asks('on'));
    $ocsp->set(unknown => ['domain']);
    is kept($chain, 'chained')->(), '503 revocation_unknown', 'one certificate of which nothing is known is enough';
    my @asked = map { $ocsp->asked($_) } qw(chained issuing domain);
    is scalar(grep {$_} @asked), 3, 'each of the chain has been asked about';
    is $ocsp->asked('root'), 0, 'but for the root';
    $chain->stop;
};

subtest 'the responder that the certificate names' => sub {
    my $aia = 'authorityInfoAccess = OCSP;URI:' . $ocsp->url;
    $pki->leaf('named', '--oin', $oin, '--extension', $aia);
    my $named = gate("ssl_ocsp leaf;");
    $ocsp->set(next => $soon);
    my $call = kept($named, 'named');
    is $call->(), '200', 'is asked';
    is $ocsp->asked('named'), 1, 'by the gate';
    $ocsp->set(revoked => ['named']);
    is + (until_other($call, '200', time))[0], '403 certificate_revoked', 'and believed';
    $named->stop;
    # nginx would not let such a one in by itself, but it comes by the handshake of another server
    $ocsp->set;
    my $other = gate("server_name gate.example; ssl_ocsp leaf;", more => GGI::Gate::portal($pki, ''));
    refused(
        $other->call('/x', { as => [$pki->client('nameless', '--oin', $oin)] }, '-H', 'Host: gate.example'),
        503, 'revocation_unknown', 'one that names none');
    like $other->read('logs/error.log'), qr/"none" is not named by the certificate/, 'which the error log tells';
    $other->stop;
};

subtest 'a responder with a name' => sub {
    my $url = $ocsp->url =~ s/127\.0\.0\.1/localhost/r;
    $ocsp->set;
    my $local = gate(asks(leaf => $url));
    is kept($local, 'local')->(), '200', 'without a resolver: the address that it had at start';
    $local->stop;
    my $dns = GGI::Dns->new;
    $url = $ocsp->url =~ s/127\.0\.0\.1/ocsp.example/r;
    $pki->leaf('resolved', '--oin', $oin, '--extension', "authorityInfoAccess = OCSP;URI:$url");
    my $resolving = gate("ssl_ocsp leaf; resolver 127.0.0.1:@{[ $dns->port ]} valid=1s ipv6=off;");
    $ocsp->set(next => $soon);
    my $call = kept($resolving, 'resolved');
    is $call->(), '200', 'with a resolver';
    $dns->stop;
    is + (until_other($call, '200', time))[0], '503 revocation_unknown', 'whose end is noticed';
    like $resolving->read('logs/error.log'), qr/has a host whose name (?:could|was) not .*resolved/, 'and told';
    $resolving->stop;
};

subtest 'a cache of nginx does not let a revoked one in' => sub {
    my $cached = gate(asks('leaf') . 'ssl_ocsp_cache shared:ocsp:1m;');
    $ocsp->set(next => $soon);
    is kept($cached, 'cached')->(), '200', 'good';
    $ocsp->set(revoked => ['cached']);
    sleep $soon;
    is kept($cached, 'cached')->(), '403 certificate_revoked',
        'nginx goes by what it has heard, and the gate does not';
    $cached->stop;
};

subtest 'OCSP and lists' => sub {
    my $both = GGI::Pki->new;
    my $lists = $both->dir . '/crl';
    my $own = GGI::Ocsp->new($both);
    $both->run('crls', $lists, 'root', 'domain');
    my $listed = GGI::Gate->new(pki => $both, server => asks(leaf => $own->url), more => "ggi_pkio_crl $lists;")->start;
    refused($listed->call('/x'), 503, 'revocation_unknown', 'a list that is missing, though OCSP says good');
    my ($record) = decisions($listed->since(1, 0));
    is $record->{attributes}{'ggi.certificate.revocation'}, 'crl', 'the record says that it is the list';
    $both->run('revoke', 'caller');
    $both->run('crls', $lists);
    $listed->wait_for(sub { $listed->call('/x')->{status} == 403 }, 'the list');
    refused($listed->call('/x'), 403, 'certificate_revoked', 'a certificate that the list names');
    allowed($listed->call('/x', { as => [$both->client('other', '--oin', $oin)] }), 'one that both find good');

    # RFC 6960, section 4.2.2.2.1
    $both->leaf($_, '--usage', 'OCSPSigning') for 'responder', 'bad-responder';
    $both->run('revoke', $_) for 'other', 'bad-responder';
    $both->run('crls', $lists);
    $listed->wait_for(sub { $listed->call('/x', { as => [$both->client('other')] })->{status} == 403 }, 'the list');
    $own->set(signer => 'bad-responder');
    refused(
        $listed->call('/x', { as => [$both->client('answered-badly', '--oin', $oin)] }), 503, 'revocation_unknown',
        'a responder whose certificate is on the list');
    like $listed->read('logs/error.log'), qr/responder "\S+" has a certificate that has been revoked, asked about/,
        'which the error log tells';
    $own->set(signer => 'responder');
    allowed($listed->call('/x', { as => [$both->client('answered-well', '--oin', $oin)] }), 'a responder of the CA');
    $listed->stop;
};

subtest 'a reload, and the end of a worker, while calls wait' => sub {
    $ocsp->set(held => 1);
    my $reloaded = gate(asks('leaf'));
    my @client = $pki->client('reloaded', '--oin', $oin);
    my $begun = $reloaded->begin('/x', { as => \@client });
    $reloaded->wait_for(sub { $ocsp->asked('reloaded') == 1 }, 'the question');
    my ($old) = $reloaded->workers;
    $reloaded->signal('HUP');
    $reloaded->told_to_end($old);
    $ocsp->release;
    is_deeply [GGI::Curl::said($begun)], [200], 'a call of the old worker gets its answer';
    $reloaded->wait_for(sub { join(' ', $reloaded->workers) =~ /\A(?!$old\b)\d+\z/ }, 'its end');
    $ocsp->set;
    allowed($reloaded->call('/x', { as => \@client }), 'a call of the new worker');
    is $ocsp->asked('reloaded'), 2, 'which has asked for itself';
    $ocsp->set(as => 'hang');
    $begun = $reloaded->begin('/x', { as => [$pki->client('ended', '--oin', $oin)] });
    $reloaded->wait_for(sub { $ocsp->asked('ended') == 1 }, 'the question');
    $reloaded->signal('TERM');
    waitpid delete $reloaded->{pid}, 0;
    is $?, 0, 'nginx ends at once';
    unlike $reloaded->read('logs/error.log'), qr/\[(?:alert|crit|emerg)\]/, 'and well';
    my ($record) = grep { GGI::Audit::verdict($_) ne 'allowed' } decisions($reloaded->audit_text);
    is GGI::Audit::verdict($record), 'request_rejected', 'the call that waited is recorded';
};

$gate->stop;

subtest 'a variable on an old connection, where no answer is there' => sub {
    sleep 0.2 while time - $idle_since < 61;
    is told($idle), '', 'is empty until the responder has answered';
    ok $minute->wait_for(sub { told($idle) eq $oin }, 'the answer'), 'and has the caller then';
};

subtest 'a minute, where the responder gives no nextUpdate' => sub {
    for my $name (sort keys %refused) {
        my ($answer, $seconds) = split / after /, readline $refused{$name};
        is $answer, '403 certificate_revoked', "$name: refused";
        cmp_ok $seconds, '<', 60 + 2 * $factor, sprintf 'after %.1f s', $seconds;
    }
    $minute->stop;
};

done_testing;
