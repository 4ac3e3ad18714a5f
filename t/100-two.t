# SPDX-License-Identifier: EUPL-1.2
# scripts/run --two: the gateways of a consumer and of a provider, their records of one call, and the wrong provider.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Audit ();
use GGI::Child ();
use GGI::Folder ();
use GGI::Nginx;
use GGI::Port ();
use GGI::Trail;

my $run = "$GGI::Nginx::ROOT/scripts/run";
my ($own, $provider, $wrong) = qw(00000001823288444000 00000004000000068000 00000001002564440000);

# What scripts/run makes is in a folder of this test, so that what is left of it is seen.
my $tmp = GGI::Folder->new;
chmod 0755, "$tmp";
local $ENV{TMPDIR} = "$tmp";
local $ENV{GGI_PORT} = GGI::Port::free();

sub nothing_left {
    my ($name, $said) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_deeply [glob "$tmp/ggi-run.*"], [], "$name: no folder is left";
    is qx(pgrep -f $tmp/ggi-run), '', "$name: no process is";
    my %tags = map { $_ => 1 } $said =~ /ggi-run\.(\w+)/g;
    is_deeply [map { glob "/run/netns/ggi-*-$_" } sort keys %tags], [],
        "$name: no network namespace is";
    return;
}

# Starts scripts/run with arguments as from a terminal, in a process group of its own, and waits until it has said a
# text. Returns the process, and a function that returns all that it has said.
sub start {
    my ($until, @arguments) = @_;
    my $out = "$tmp/said." . time;
    my $child = GGI::Child->command({ out => $out }, 'setsid', $run, @arguments);
    my $said = sub { return -e $out ? GGI::Folder::content($out) : '' };
    my $end = time + 120;
    sleep 0.05 while $said->() !~ /$until/ && time < $end && kill 0, $child->{pid};
    like $said->(), qr/$until/, "scripts/run @arguments starts";
    return ($child, $said);
}

# Waits for the end of a process, for a minute at the most. Returns its exit status, as in $?.
sub ended {
    my ($child) = @_;
    my $end = time + 60;
    while (time < $end) {
        if (waitpid $child->{pid}, 1) {
            delete $child->{pid};
            return $?;
        }
        sleep 0.05;
    }
    return 'it runs on';
}

subtest 'what is refused' => sub {
    my %mistakes = (
        '--nonsense' => qr{there is no option --nonsense\n}, '--two --nonsense' => qr{there is no option --nonsense\n},
        '--two --redis' => qr{--redis is for one gateway}, '--ports' => qr{--ports is for --two});
    for my $arguments (sort keys %mistakes) {
        my ($exit, $said) = GGI::Folder::run($run, split / /, $arguments);
        is $exit, 2, "$arguments is a mistake";
        like $said, qr{\Ascripts/run: $mistakes{$arguments}}, 'which is named';
        like $said, qr{^  scripts/run --two }m, 'with how the script is used';
    }
    my $taken = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 65535, Listen => 1);
    my %ports = (
        65535 => qr{^5 ports of 127\.0\.0\.1 are needed, and from 65535 to 65535 0 are free: GGI_PORT names others$}m,
        70000 => qr{^GGI_PORT is "70000": expected a number from 1 to 65535$}m,
        web => qr{^GGI_PORT is "web": expected}m);
    for my $port (sort keys %ports) {
        local $ENV{GGI_PORT} = $port;
        my ($exit, $said) = GGI::Folder::run($run, qw(--two --ports));
        cmp_ok $exit, '>', 0, "port $port is refused";
        like $said, $ports{$port}, 'in plain words';
        unlike $said, qr/\bline \d+/, 'without a line of the source';
        nothing_left("port $port", $said);
    }
};

# The demo: on hosts of their own where this machine has them; and where a capability is missing, as in a container.
my @bounded = $> == 0 ? qw(setpriv --bounding-set -sys_admin) : ();
my $hosts = $> == 0 && system('unshare --net true 2>/dev/null') == 0;
my %places = (
    hosts => qr/^Both organisations are on network namespaces, a host for each organisation, with /m,
    ports => qr/^Both organisations are on ports of this machine \(since (?:only root|this machine does not make) /m);

for my $place ($hosts ? 'hosts' : (), 'ports') {
    subtest "the demo on $place" => sub {
        my ($exit, $said) = GGI::Folder::run($place eq 'ports' ? @bounded : (), $run, qw(--two --demo));
        is $exit, 0, 'it ends well' or diag $said;
        like $said, $places{$place}, 'and tells where both are';
        like $said, qr/^all went as it should\n\z/m, 'and how it went';
        my %part = map { /\A(.*)\n/ ? ($1 => $_) : () } split /^== /m, $said;
        my ($first) = grep {/record of the consumer/} values %part;
        my $same = qr/([0-9a-f-]{36}) +\1/;
        like $first, qr/^ +role +afnemer +aanbieder$/m, 'it shows the records of both';
        like $first, qr/^ +transaction +$same$/m, 'with one transaction';
        like $first, qr/^ +caller +$own +$own$/m, 'of one caller';
        like $first, qr/^ +doelbinding +Parkeervergunning-Afgeven +BRPACT-AlgemeneTaken$/m, 'each with its purpose';
        like $said, qr/^   got +status 403; the consumer recorded function_unknown; the provider recorded nothing$/m,
            'a function that is not there stays inside';
        like $said, qr/^   got +the wrong provider logged requests: 0, connections without one: 1$/m,
            'the wrong provider got nothing';
        my @match = $said =~ /^   what +scripts\/ggictl audit match .*\n.*\n   got +exit status (\d)$/mg;
        is_deeply \@match, [0, 1], 'the logs match, and do not without one record';
        my ($taken) = $said =~ /provider's\s+record\s+of\s+transaction\s+(\S+),/;
        like $said, qr/^ +\S+Z  $taken  $own .*  403  missing at the provider: /m, 'which match names';
        nothing_left('the demo', $said);
    };
}

# The lines of a start whose text is shown, by what they begin with.
sub lines { my ($said, $begin) = @_; return $said =~ /^  ((?:nsenter \S+ )?\Q$begin\E .*)$/mg }

for my $place ($hosts ? 'hosts' : (), 'ports') {
    subtest "by hand on $place" => sub {
        my ($child, $text) = start(qr/^Ctrl-C/m, '--two', $place eq 'ports' ? '--ports' : ());
        my $said = $text->();
        my ($dir) = $said =~ /removes (\S+)\.$/m or return;
        my @curl = lines($said, 'curl');
        is scalar @curl, 3, 'it prints three calls';
        my @answers = map { [split /\n(?=\d+\z)/, qx($_ -s -w '\\n%{http_code}')] } @curl;
        is_deeply [map { $_->[1] } @answers], [200, 403, 502], 'which do what is said of them';
        my %of = map { $_ => GGI::Trail->new("$dir/$_/logs/ggi-audit.jsonl") } qw(consumer provider);
        for my $end (['consumer', 2], ['provider', 1]) {    # so many calls end there, each a moment after its answer
            for (1 .. 100) {
                last if $end->[1] == (() = $of{ $end->[0] }->text =~ /call_completed/g);
                sleep 0.05;
            }
        }
        my ($left, @stayed) = GGI::Audit::decisions($of{consumer}->text);
        my ($came, @others) = GGI::Audit::decisions($of{provider}->text);
        is_deeply \@others, [], 'one call came to the provider';
        my $transaction = $left->{attributes}{'ggi.transaction_id'};
        like $transaction, qr/^[0-9a-f-]{36}$/, 'the consumer has recorded its transaction';
        is $came->{attributes}{'ggi.transaction_id'}, $transaction, 'and the provider the same';
        like $answers[0][0], qr/"Fsc-Transaction-Id":"$transaction"/, 'which the API got';
        like $answers[0][0], qr/"X-Gebruiker":"","X-Toepassing":"","X-Functie":""/, 'without what stays inside';
        my $request = $came->{body}{'adl.core.request'};
        is $request->{subject}{id}, $own, 'the provider saw who calls, by the OIN of the certificate';
        is $request->{context}{client_address}, $place eq 'hosts' ? '10.27.1.1' : '127.0.0.1', 'and from where';
        is_deeply [map { $_->{attributes}{'ggi.role'} } $left, $came], [qw(afnemer aanbieder)], 'each in its role';
        is_deeply [map { $_->{resource}{'ggi.organisation.id'} } $left, $came], [$own, $provider], 'of its own';
        is_deeply [map { GGI::Audit::verdict($_) } @stayed], [qw(function_unknown allowed)], 'the other calls';
        my %ended =
            map { $_->{'ggi.provider.oin'} => $_->{'error.type'} }
            map { $_->{attributes} } GGI::Audit::completions($of{consumer}->text);
        is_deeply \%ended, { $provider => undef, $wrong => 'provider_not_trusted' }, 'which provider each had';
        is GGI::Folder::content("$dir/wrong/logs/access.log"), '', 'and got no request';
        GGI::Audit::chains_hold($_->text, 'the chain holds') for values %of;
        my ($match) = lines($said, 'scripts/ggictl audit match');
        my $matched = qx(cd $GGI::Nginx::ROOT && $match 2>&1);
        is $?, 0, 'nothing is open between both logs' or diag $matched;
        like $matched, qr/^the same in both logs 1, .*\n.*stayed at the consumer 1, .*to other providers 1$/m,
            'of which one stayed, and one was for another';
        my ($tail) = lines($said, 'scripts/ggictl audit tail');
        like qx(cd $GGI::Nginx::ROOT && $tail 2>&1), qr/  GET \/brp\/personen\/1  allowed  200  /,
            'the calls are shown';

        # The demo tells what does not go as it should: here the consumer is not led to the wrong provider.
        my ($gate) = $curl[0] =~ m{(https://[^/]+)};
        my ($server) = $said =~ m{^  its server +(https://[^/]+)}m;
        my ($exit, $demo) = GGI::Folder::run(
            $curl[0] =~ /^(nsenter) (\S+) / ? ($1, $2) : (),
            "$GGI::Nginx::ROOT/scripts/demo-two", $dir, $gate, $gate, $server);
        is $exit, 1, 'the demo fails when it should';
        like $demo, qr/^   got       status 200; the consumer recorded allowed; .*\n(?:.*\n)*?   WRONG /m,
            'and says where';

        if ($place eq 'hosts') {
            kill 'INT', -$child->{pid};
            is ended($child), 0, 'Ctrl-C ends it well';
        }
        else {
            kill 'TERM', GGI::Folder::content("$dir/provider/nginx.pid") =~ /(\d+)/;
            is ended($child), 256, 'when a gateway ends, so does all';
            like $text->(), qr/^scripts\/run: a gateway ended by itself/m, 'which is told';
        }
        nothing_left('after it', $said);
    };
}

for my $signal (qw(TERM INT)) {
    subtest "SIG$signal in the middle of the demo" => sub {
        my ($child, $said) = start(qr/^== /m, qw(--two --demo));
        kill $signal, $child->{pid};
        is ended($child), 0, 'it ends';
        unlike $said->(), qr/all went as it should/, 'at once';
        nothing_left('then', $said->());
    };
}

done_testing;
