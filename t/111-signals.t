# SPDX-License-Identifier: EUPL-1.2
# Signals for security teams: each is given at its threshold, once in a period, as an event in the audit log and as a
# line in the error log, and names nobody but by pseudonyms.
use strict;
use warnings;

use POSIX qw(strftime);
use Test::More;

use GGI::Audit qw(records decisions chains_hold);
use GGI::Child;
use GGI::Folder ();
use GGI::Gate;
use GGI::Preload;
use GGI::Problem qw(allowed refused);
use GGI::Redis;

my $pki = GGI::Pki->new;

# A gateway with signals in http, and what else is given.
sub gate {
    my ($signals, %args) = @_;
    my $more = join "\n", (map {"ggi_audit_signal $_;"} @$signals), $args{more} // '';
    return GGI::Gate->new(pki => $pki, %args, more => $more)->start;
}

sub signals {
    my ($text) = @_;
    return map { $_->{attributes} } grep { $_->{event_name} eq 'ggi.signal' } records($text);
}

# Calls of a user about persons, all of which are let through.
sub look_up {
    my ($gate, $user, @persons) = @_;
    my @urls = map { ('-o', '/dev/null', $gate->https("/brp/personen/$_")) } @persons;
    my @options = ($gate->caller_options, '-H', "X-Gebruiker: $user", '-w', "%{http_code}\n");
    my (undef, $answers) = GGI::Folder::run('curl', '-sk', @options, @urls);
    is $answers, "200\n" x @persons, "$user asks for " . scalar @persons;
    return;
}

# Numbers that pass the elfproef.
sub bsn {
    my ($n) = @_;
    for my $last (0 .. 9) {
        my @digits = split //, sprintf '%08d%d', 12345670 + $n, $last;
        my $sum = -$digits[8];
        $sum += $digits[$_] * (9 - $_) for 0 .. 7;
        return join '', @digits if $sum % 11 == 0;
    }
    return bsn($n + 1000);
}

subtest 'a burst of refusals of an organisation' => sub {
    my $gate = gate(['refusals threshold=5 period=1h'], workers => 2);
    my @other = (as => [$pki->client('other', '--oin', '00000001002564440000')]);
    refused($gate->call('/x', { claim => '' }), 400, 'claim_missing', "refusal $_") for 1 .. 4;
    refused($gate->call('/x', {@other}), 403, 'profile_not_found', 'one of another organisation');
    allowed($gate->call('/x'), 'a call that is let through');
    is scalar signals($gate->since(6, 1)), 0, 'are no burst';
    refused($gate->call('/x', { claim => 'X-Doelbinding: Nope' }), 403, 'claim_unknown', 'one more');
    refused($gate->call('/x', { claim => '' }), 400, 'claim_missing', 'another') for 1 .. 3;
    my $text = $gate->since(10, 1);
    my @signals = signals($text);
    is scalar @signals, 1, 'is one, of which is told once';
    my ($last) = grep { GGI::Audit::verdict($_) eq 'claim_unknown' } decisions($text);
    my $since = delete $signals[0]{'ggi.signal.since'};
    my ($first) = map { $_->{timestamp} } decisions($text);
    cmp_ok abs($since - $first), '<', 1000, 'since the first refusal';
    delete @{ $signals[0] }{ grep {/^ggi\.chain\./} keys %{ $signals[0] } };
    is_deeply $signals[0],
        {
        'ggi.signal.name' => 'refusals', 'ggi.signal.count' => 5, 'ggi.signal.threshold' => 5,
        'ggi.signal.reason' => 'claim_unknown', 'ggi.role' => 'aanbieder', 'ggi.call.dienst' => 'brp',
        'ggi.call.oin' => $GGI::Gate::OIN, 'ggi.transaction_id' => $last->{attributes}{'ggi.transaction_id'}
        },
        'with who, how many, why, and the call that made it one';
    my @lines = $gate->read('logs/error.log') =~ /^.*\[warn\].*: ggi (signal=.*)$/mg;
    is scalar @lines, 1, 'and a line in the error log';
    like $lines[0],
        qr/^signal=refusals\ dienst=brp\ oin=$GGI::Gate::OIN\ count=5\ threshold=5\ since=\d{4}-\S+Z
        \ reason=claim_unknown\ transaction=[0-9a-f-]{36}\ unlogged=0$/x, 'with the same';
    my ($exit, $shown) = GGI::Folder::run(
        "$GGI::Nginx::BUILD/ggictl", qw(audit query --event signal --oin), $GGI::Gate::OIN,
        $gate->prefix . '/logs/audit.jsonl');
    like $shown, qr/ggi\.signal: refusals, 5 of 5 since \S+Z, dienst brp, OIN $GGI::Gate::OIN, claim_unknown, /,
        'which ggictl shows';
    $gate->reload;
    refused($gate->call('/x', { claim => '' }), 400, 'claim_missing', 'after a reload') for 1 .. 6;
    is scalar(signals($gate->since(16, 1))), 1, 'nothing is counted anew';
    $gate->stop;
    chains_hold($gate->audit_text, 'the chains hold');
};

subtest 'a period ends' => sub {
    my $gate = gate(['refusals threshold=2 period=2s']);
    my $n = 0;
    my $until = sub {    # where the machine stands still between two refusals, they are not of one period
        my ($signals) = @_;
        return $gate->wait_for(
            sub {
                refused($gate->call('/x', { claim => '' }), 400, 'claim_missing', 'refusal ' . ++$n);
                return signals($gate->since($n, 0)) == $signals;
            },
            "$signals signals");
    };
    ok $until->(1), 'its refusals are told of once';
    my $before = $n;
    GGI::Slow::sleep(2.1);
    ok $until->(2), 'and another one begins';
    cmp_ok $n - $before, '>=', 2, 'with its own refusals';
    $gate->stop;
};

subtest 'one person by many users, and many persons by one user' => sub {
    my $gate = gate(['person_by_users threshold=3 period=1h', 'persons_by_user threshold=4 period=1h']);
    look_up($gate, $_, bsn(1)) for qw(an bo an);
    look_up($gate, $_, bsn(1)) for qw(BurgerZelf Systeem);
    look_up($gate, 'an', map { bsn($_) } 2, 3, 3);
    is scalar(signals($gate->since(8, 8))), 0, 'few are nothing';

    # two of them may have the same bit of the sketch, and then take one more
    my $n = 8;
    my $until = sub {
        my ($name, @calls) = @_;
        for my $call (@calls) {
            look_up($gate, @$call);
            $n++;
            return if grep { $_->{'ggi.signal.name'} eq $name } signals($gate->since($n, $n));
        }
    };
    $until->('person_by_users', map { [$_, bsn(1)] } qw(cees dirk erik));
    $until->('persons_by_user', map { ['an', bsn($_)] } 4 .. 7);
    look_up($gate, 'an', map { bsn($_) } 8, 9);
    my $text = $gate->since($n + 2, $n + 2);
    my @signals = signals($text);
    is_deeply [map { @{$_}{qw(ggi.signal.name ggi.signal.count)} } @signals],
        ['person_by_users', 3, 'persons_by_user', 4], 'each is told of once';
    my @decisions = decisions($text);
    is $signals[0]{'dpl.core.data_subject_id'}, $decisions[0]{attributes}{'dpl.core.data_subject_id'},
        'the person by the pseudonym of the decisions';
    ok !exists $signals[0]{'ggi.signal.gebruiker'}, 'and no one user';
    is $signals[1]{'ggi.signal.gebruiker'}, $decisions[0]{body}{'adl.core.request'}{context}{gebruiker},
        'the user by that of the decisions';
    ok !exists $signals[1]{'dpl.core.data_subject_id'}, 'and no one person';
    $gate->stop;
    my $told = join "\n", grep {/signal/} split /\n/, $gate->audit_text . $gate->read('logs/error.log');
    unlike $told, qr/\b(?:an|bo|cees|dirk|erik)\b|@{[ join '|', map { bsn($_) } 1 .. 9 ]}/, 'nobody is named';
};

subtest 'more persons than there is room for' => sub {
    my $gate = gate(
        ['refusals threshold=3', 'person_by_users threshold=2 period=1d'],
        more => 'ggi_audit_signals zone=64k;');
    my $refuse = sub { refused($gate->call('/x', { claim => '' }), 400, 'claim_missing', 'a refusal') };
    $refuse->() for 1 .. 2;
    is $gate->status->{ggi_audit_signal_evictions_total}, 0, 'few are counted as long as they are to be';
    look_up($gate, 'an', map { bsn($_) } 1 .. 700);
    $refuse->();
    is_deeply [map { $_->{'ggi.signal.name'} } signals($gate->since(703, 700))], ['refusals'],
        'they leave other signals their places';
    my $evictions = $gate->status->{ggi_audit_signal_evictions_total};
    ok $evictions > 200 && $evictions < 700, "a metric tells how many were forgotten: $evictions";
    my @lines = $gate->read('logs/error.log') =~ /\[warn\].*(the memory of signals is full.*)$/mg;
    is scalar @lines, 1, 'and one line of the error log that some were';
    $gate->stop;
};

subtest 'plain names of users in the records' => sub {
    my $gate = gate(
        ['persons_by_user threshold=1 period=1h'],
        users => 'ggi_audit_user plain; ggi_audit_pseudonym_key %%PREFIX%%/pseudonym.key;');
    look_up($gate, 'an', bsn(1));
    like((signals($gate->since(1, 1)))[0]{'ggi.signal.gebruiker'}, qr/^hmac:/, 'are pseudonyms in signals');
    $gate->stop;
};

subtest 'outside office hours' => sub {
    local $ENV{TZ} = 'Etc/GMT-5';
    my @now = gmtime(time + 5 * 3600);
    my @days = qw(sun mon tue wed thu fri sat);
    my $today = $days[$now[6]];
    my $tomorrow = $days[($now[6] + 1) % 7];    # which it may have become by the time of the call
    my $other = join ',', grep { $_ ne $today && $_ ne $tomorrow } @days[1 .. 6, 0];
    my $hour = sprintf '%02d:00-%02d:00', $now[2], $now[2] + 1;
    my $gate = gate(
        ["outside_hours days=$today hours=$hour"], main => 'env TZ;',
        locations => <<"CONF");
            location / { ggi_dienst brp; proxy_pass http://api; }
            location /brp/closed/ {
                ggi_dienst brp2;
                ggi_audit_signal outside_hours days=$other hours=00:00-24:00;
                proxy_pass http://api;
            }
CONF
    look_up($gate, 'an', bsn(1));
    is scalar(signals($gate->since(1, 1))), 0, 'within them, by the time zone of the machine, nothing is told'
        if (gmtime(time + 5 * 3600))[2] == $now[2];
    my $call = sub { allowed($gate->call('/brp/closed/x', @_), 'outside of them') };
    $call->(-H => 'X-Gebruiker: an') for 1 .. 2;
    $call->();
    $call->(-H => 'X-Gebruiker: Systeem');
    $call->(-H => 'X-Gebruiker: bo');
    my @signals = grep { $_->{'ggi.call.dienst'} eq 'brp2' } signals($gate->since(6, 6));
    is_deeply [map { $_->{'ggi.signal.name'} } @signals], [('outside_hours') x 2],
        'each user is told of once, and what has no person behind it is not';
    isnt $signals[0]{'ggi.signal.gebruiker'}, $signals[1]{'ggi.signal.gebruiker'}, 'they are told apart';
    $gate->stop;
};

subtest 'certificates' => sub {
    my $until = time + 20 * 86400;
    my @soon = (
        as => [$pki->client('soon', '--oin', $GGI::Gate::OIN, '--not-after', strftime('%Y%m%d%H%M%SZ', gmtime $until))]
    );
    my @from = map { ['--interface', "127.0.$_.1"] } 1 .. 2;
    my $gate = gate(
        ['new_network', 'second_certificate', 'certificate_expires within=21d'],
        networks => ['127.0.2.0/24,elsewhere'], locations => <<"CONF");
            location / { ggi_dienst brp; proxy_pass http://api; }
            location /brp/two/ { ggi_dienst brp2; proxy_pass http://api; }
CONF
    my $call = sub { allowed($gate->call(@_), 'a call') };
    $call->('/x', @{ $from[0] }) for 1 .. 2;
    is scalar(signals($gate->since(2, 2))), 0, 'the first network and the first certificate are no signal';
    $call->('/x', @{ $from[1] }) for 1 .. 2;
    $call->('/brp/two/x', {@soon}, @{ $from[0] }) for 1 .. 2;
    $call->('/brp/two/x', @{ $from[0] });
    refused($gate->call('/x', { @soon, claim => '' }, @{ $from[1] }), 400, 'claim_missing', 'a refusal counts too');
    my $text = $gate->since(8, 7);
    my @signals = signals($text);
    is_deeply [
        map {
            join ' ',
                map { $_ // '-' } @{$_}{qw(ggi.signal.name client.address ggi.signal.netwerk)}
        } @signals],
        [
        'new_network 127.0.2.1 elsewhere', 'second_certificate 127.0.1.1 -', 'certificate_expires 127.0.1.1 -',
        'new_network 127.0.2.1 elsewhere'],
        'another network of each, another certificate of an OIN, and one that expires, are told of once';
    my @sha = map { $_->{body}{'adl.core.request'}{subject}{properties}{certificate_sha256} } decisions($text);
    is_deeply [map { $_->{'ggi.signal.certificate_sha256'} } @signals], [$sha[0], ($sha[4]) x 3], 'by their SHA-256';
    is $signals[2]{'ggi.signal.expires'}, $until * 1000, 'with when it expires';
    my ($exit, $shown) = GGI::Folder::run(
        "$GGI::Nginx::BUILD/ggictl", qw(audit query --event signal),
        $gate->prefix . '/logs/audit.jsonl');
    like $shown, qr/certificate_expires, 1 of 1 since.*, certificate $sha[4] from 127\.0\.1\.1, .*, expires \d{4}-/,
        'which ggictl shows';
    $gate->stop;
};

# A gateway whose revocation lists expire at a time, which was not called yet.
sub gate_with_lists {
    my ($until, $locations, @signals) = @_;
    my $gate = GGI::Gate->new(
        pki => $pki, workers => 2, locations => $locations,
        more => join ' ', 'ggi_pkio_crl %%PREFIX%%/crl;', map {"ggi_audit_signal $_;"} @signals);
    local $ENV{GGI_NEXT_UPDATE} = strftime('%Y%m%d%H%M%SZ', gmtime $until);
    $pki->run('crls', $gate->prefix . '/crl');
    return $gate;
}

# Waits until n signals of a name are in the audit log. Returns them, of all signals there.
sub told {
    my ($gate, $name, $n) = @_;
    my @named;
    $gate->wait_for(
        sub {
            @named = grep { $_->{'ggi.signal.name'} eq $name } signals($gate->audit_text);
            return @named >= $n;
        },
        "$n signals $name");
    return @named;
}

subtest 'what the gate itself has that expires, without a call' => sub {
    my $until = time + 1800;
    my $gate = gate_with_lists($until, <<'CONF', 'list_expires', 'own_certificate_expires within=365d')->start;
            location / { ggi_dienst brp; proxy_pass http://api; }
            location /like/ {
                ggi_dienst brp;
                ggi_audit_signal list_expires within=1h;
                ggi_audit_signal own_certificate_expires within=365d;
                proxy_pass http://api;
            }
            location /soon/ { ggi_dienst brp; ggi_audit_signal list_expires within=20m; proxy_pass http://api; }
CONF
    my @lists = told($gate, 'list_expires', 3);
    my %of = map { $_->{'ggi.signal.of'} => 1 } @lists;
    is scalar(grep {/CN=/} keys %of), 3, 'is told of: the list of each CA';
    is $lists[0]{'ggi.signal.expires'}, $until * 1000, 'with when it expires';
    is_deeply [grep {/^ggi\.(?:transaction_id|role|call)/} map { keys %$_ } @lists], [], 'which is about no call';
    my @own = told($gate, 'own_certificate_expires', 1);
    allowed($gate->call($_), "a call to $_") for qw(/x /like/x /soon/x);
    $gate->since(3, 3);
    @lists = told($gate, 'list_expires', 3);
    is scalar @lists, 3, 'once for all blocks that say the same, and not where they say something else';
    @own = told($gate, 'own_certificate_expires', 1);
    is @own + @lists, scalar signals($gate->audit_text), 'and nothing else is told of';
    my @lines =
        $gate->read('logs/error.log') =~ /\[warn\] .* ggi signal=list_expires count=1 .* of="CN=[^"]+" expires=\S+Z /g;
    is scalar @lines, 3, 'in the error log as well';
    my ($exit, $shown) = GGI::Folder::run(
        "$GGI::Nginx::BUILD/ggictl", qw(audit query --event signal),
        $gate->prefix . '/logs/audit.jsonl');
    like $shown, qr/list_expires, 1 of 1 since.*, of CN=.*, expires \d{4}-/, 'and ggictl shows it';
    $gate->stop;
    chains_hold($gate->audit_text, 'the chains hold');
};

subtest 'a gate that is not called for long' => sub {
    plan skip_all => 'sets the clock by a library that has to be the first' if GGI::Nginx::under_instrument();
    my $clock = GGI::Preload->new(<<'C');
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

static long by(const char *name)
{
    int  n = number(name);

    return n > 0 ? n : 0;
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
    long  rc = syscall(SYS_clock_gettime, id, ts);

    ts->tv_sec += by("passed") + (id == CLOCK_REALTIME ? by("set") : 0);
    return (int) rc;
}

int gettimeofday(struct timeval *tv, void *tz)
{
    (void) tz;
    syscall(SYS_gettimeofday, tv, NULL);
    tv->tv_sec += by("passed") + by("set");
    return 0;
}
C
    my $gate = gate_with_lists(
        time + 1250, 'location / { ggi_dienst brp; proxy_pass http://api; }',
        'list_expires within=20m', 'own_certificate_expires within=365d', 'clock');
    {
        local $ENV{LD_PRELOAD} = $clock->path;
        $gate->start;
    }

    # so many seconds after the start; the files are opened anew, so that the workers wake
    my $later = sub {
        my ($passed, $set) = @_;
        $clock->set(set => $set) if $set;
        $clock->set(passed => $passed);
        $gate->signal('USR1');
    };
    my $own = told($gate, 'own_certificate_expires', 1);
    is scalar(grep { $_->{'ggi.signal.name'} eq 'list_expires' } signals($gate->audit_text)), 0,
        'is told nothing at first of lists that do not expire soon';
    $later->(61);
    is scalar(told($gate, 'list_expires', 3)), 3, 'and a minute later that they do, by one worker';
    $gate->reload;
    $later->(125, 300);
    my @set = told($gate, 'clock', 1);
    is scalar @set, 1, 'one worker tells that the clock was set, also after a reload';
    cmp_ok abs($set[0]{'ggi.signal.clock_ms'} / 1000 - 300), '<', 1, 'by how much';
    is scalar(told($gate, 'list_expires', 3)), 3, 'and nothing of the lists anew';
    is scalar(told($gate, 'own_certificate_expires', 1)), $own, 'nor of the certificates';
    allowed($gate->call("/$_"), 'a call') for 1 .. 4;
    $gate->since(4, 4);
    is scalar(told($gate, 'clock', 1)), 1, 'the other worker has nothing to add';
    $gate->stop;
};

subtest 'modes of gates' => sub {
    my $gate = gate(
        ['gate_mode'],
        locations => <<"CONF");
            location / { ggi_dienst brp; proxy_pass http://api; }
            location /try/ { ggi_dienst brp; ggi_doelbinding observe; ggi_autorisatie off; proxy_pass http://api; }
            location /two/ { ggi_dienst brp2; ggi_doelbinding observe; proxy_pass http://api; }
CONF
    my $call = sub { allowed($gate->call(@_), 'a call') };
    $call->('/x');
    is scalar(signals($gate->since(1, 1))), 0, 'gates that are on are no signal';
    $call->($_) for qw(/try/x /try/x /two/x);
    is_deeply [map { join ' ', @{$_}{qw(ggi.call.dienst ggi.signal.gate ggi.signal.mode)} }
            signals($gate->since(4, 4))],
        ['brp autorisatie off', 'brp doelbinding observe', 'brp2 doelbinding observe'],
        'each that observes or is off is told of once for each dienst';
    like $gate->read('logs/error.log'), qr/ ggi signal=gate_mode .* gate=autorisatie mode=off transaction=/,
        'in the error log as well';
    my ($exit, $shown) = GGI::Folder::run(
        "$GGI::Nginx::BUILD/ggictl", qw(audit query --event signal),
        $gate->prefix . '/logs/audit.jsonl');
    like $shown, qr/gate_mode, 1 of 1 since.*, gate autorisatie is off, /, 'and ggictl shows it';
    $gate->stop;
};

subtest 'blocks whose rules differ' => sub {
    my $gate = gate(
        [],
        locations => <<"CONF");
            location / { ggi_dienst brp; ggi_audit_signal refusals threshold=3 period=1h; proxy_pass http://api; }
            location /two/ { ggi_dienst brp; ggi_audit_signal refusals threshold=3 period=10m; proxy_pass http://api; }
            location /like/ { ggi_dienst brp; ggi_audit_signal refusals threshold=3 period=1h; proxy_pass http://api; }
CONF
    my $refuse = sub { refused($gate->call($_, { claim => '' }), 400, 'claim_missing', $_) for @_ };
    $refuse->(qw(/x /x /two/x /two/x));
    is scalar(signals($gate->since(4, 0))), 0, 'count apart';
    $refuse->('/like/x');
    is scalar(signals($gate->since(5, 0))), 1, 'and those with the same rule together';
    $refuse->('/two/x');
    is scalar(signals($gate->since(6, 0))), 2, 'each at its own threshold';
    $gate->stop;
};

subtest 'refusals that are not the doing of the caller' => sub {
    my $redis = GGI::Redis->new;
    my $gate = gate(['refusals threshold=1'], redis => $redis->url . ' timeout=2s', allow_errors => []);
    $redis->signal('STOP');
    my $client = GGI::Child->command('curl', '-s', '-k', $gate->caller_options, $gate->address('/x'));
    my $waits = sub {
        my $by = $gate->metric_by('autorisatie_lookups_total', 'result');
        return $by->{miss} + $by->{expired} > 0;
    };
    $gate->wait_for($waits, 'a call that waits for its profile');
    $client->stop;
    refused($gate->call('/x'), 503, 'profile_unavailable', 'without Redis');
    my @decisions = decisions($gate->since(2, 0));
    is_deeply [sort map { GGI::Audit::verdict($_) } @decisions], [qw(profile_unavailable request_rejected)],
        'the client went before the decision of the first';
    $redis->signal('CONT');
    is scalar(signals($gate->since(2, 0))), 0, 'do not count';
    $gate->wait_for(sub { $gate->call('/x')->{status} == 403 }, 'Redis, which has no profile');
    is scalar(grep { $_->{'ggi.signal.reason'} eq 'profile_not_found' } signals($gate->since(3, 0))), 1,
        'as one does without a profile';
    $gate->stop;
};

subtest 'a block has its own signals, or none' => sub {
    my $gate = gate(
        ['refusals threshold=1'],
        locations => <<"CONF");
            location / { ggi_dienst brp; proxy_pass http://api; }
            location /off/ { ggi_dienst brp; ggi_audit_signal off; proxy_pass http://api; }
            location /own/ { ggi_dienst brp; ggi_audit_signal persons_by_user; proxy_pass http://api; }
CONF
    refused($gate->call($_, { claim => '' }), 400, 'claim_missing', $_) for qw(/off/x /own/x);
    is scalar(signals($gate->since(2, 0))), 0, 'which take the place of those around it';
    refused($gate->call('/x', { claim => '' }), 400, 'claim_missing', '/x');
    is scalar(signals($gate->since(3, 0))), 1, 'of which others are told';
    $gate->stop;
};

subtest 'the error log is limited' => sub {
    my $gate = gate(['persons_by_user threshold=1 period=1h']);
    my $url = $gate->https('/brp/personen/' . bsn(1));
    my @caller = $gate->caller_options;
    my @calls = map { (@caller, '-H', "X-Gebruiker: user$_", '-sk', '-o', '/dev/null', $url, '--next') } 1 .. 60;
    GGI::Folder::run('curl', @calls[0 .. $#calls - 1]);
    is scalar(signals($gate->since(60, 60))), 60, 'each signal is in the audit log';
    my %in;
    $in{$_}++ for $gate->read('logs/error.log') =~ /^(\S+ \S+) \[warn\] .* ggi signal=/mg;
    my @many = sort { $b <=> $a } values %in;
    ok @many && $many[0] <= 10, 'at most ten a second are in the error log';
    $gate->stop;
};

subtest 'signals that cannot be given' => sub {
    my $warned = sub {
        my ($signals, $location, $lists) = @_;
        my $gate = GGI::Gate->new(
            pki => $pki,
            more => (join ' ', $lists // 'ggi_pkio_crl %%PREFIX%%/crl;', map {"ggi_audit_signal $_;"} @$signals),
            locations => "location / { ggi_dienst brp; proxy_pass http://api; $location }");
        $pki->run('crls', $gate->prefix . '/crl');
        my ($good, $output) = $gate->test_configuration;
        ok $good, 'the configuration is accepted' or diag $output;
        return [
            $output =~ /"ggi_audit_signal (\w+)" can give no signal: where it counts, (.*?); .* in \S+nginx\.conf:\d+/g
        ];
    };
    my @persons = qw(person_by_users persons_by_user);
    my @callers = qw(refusals new_network second_certificate certificate_expires list_expires own_certificate_expires);
    is_deeply $warned->([@persons, @callers, 'outside_hours days=mon-fri hours=08:00-18:00'], ''), [], 'none of these';
    my $off = '"ggi_audit_data_subject off" is in force, so that no person is known';
    is_deeply $warned->([@persons, 'refusals'], 'ggi_audit_data_subject off;'), [map { $_ => $off } @persons],
        'without persons';
    is_deeply $warned->([@persons, 'refusals'], 'ggi_audit_data_subject off; } location /x { ggi_dienst brp;'), [],
        'one location with them is enough';
    is_deeply $warned->([@callers, 'gate_mode'], 'ggi_pkio off;'),
        [map { $_ => '"ggi_pkio" is off, which establishes the callers' } @callers], 'without callers';
    is_deeply $warned->(['outside_hours days=mon-fri hours=08:00-18:00'], 'ggi_doelbinding off;'),
        ['outside_hours', '"ggi_doelbinding" and "ggi_functie" are off, which find the users'], 'without users';
    is_deeply $warned->(['outside_hours days=mon-sun hours=00:00-24:00'], ''),
        ['outside_hours', 'no time is outside of its days and hours'], 'an office that never closes';
    is_deeply $warned->(\@callers, '', ''),
        ['list_expires', 'there are no revocation lists, since "ggi_pkio_crl" names none'], 'without lists';
};

for my $case (
    ['ggi_audit_signal nope;', qr/no signal "nope".*expected "refusals", "outside_hours".*or "off" alone/],
    ['ggi_audit_signal refusals threshold=0;', qr/invalid parameter "threshold=0" of "ggi_audit_signal refusals"/],
    ['ggi_audit_signal refusals threshold=1000001;', qr/threshold=1 to threshold=1000000/],
    ['ggi_audit_signal persons_by_user threshold=1001;', qr/threshold=1 to threshold=1000,/],
    ['ggi_audit_signal refusals period=2d;', qr/invalid parameter "period=2d"/],
    ['ggi_audit_signal new_network period=91d;', qr/invalid parameter "period=91d".*period=1s to period=90d/],
    ['ggi_audit_signal new_network threshold=9;', qr/threshold=1 to threshold=8,/],
    ['ggi_audit_signal certificate_expires within=2y;', qr/invalid parameter "within=2y"/],
    ['ggi_audit_signal new_network within=1d;', qr/invalid parameter "within=1d"/],
    ['ggi_audit_signal refusals hours=08:00-18:00;', qr/invalid parameter "hours=08:00-18:00"/],
    ['ggi_audit_signal refusals x;', qr/invalid parameter "x"/],
    ['ggi_audit_signal refusals period=1m period=2m;', qr/"period=/],
    ['ggi_audit_signal outside_hours days=mon-fri;', qr/does not say when the office is open/],
    ['ggi_audit_signal outside_hours days=fri-mon hours=08:00-18:00;', qr/invalid parameter "days=fri-mon"/],
    ['ggi_audit_signal refusals; ggi_audit_signal refusals;', qr/is duplicate: the block has this signal/],
    ['ggi_audit_signal off; ggi_audit_signal refusals;', qr/in a block that says "off"/],
    ['ggi_audit_signal refusals; ggi_audit_signal off;', qr/says "off" in a block that asks for signals/],
    ['ggi_audit_signals zone=1k;', qr/invalid parameter "zone=1k" of "ggi_audit_signals"/],
    ['ggi_audit_signals 1m;', qr/invalid parameter "1m"/],
    ['ggi_audit_signals zone=1m; ggi_audit_signals zone=1m;', qr/"ggi_audit_signals" directive is duplicate/],
) {
    GGI::Nginx->refuses($case->[0], qr/$case->[1].*nginx\.conf:\d+/, http => $case->[0]);
}

done_testing;
