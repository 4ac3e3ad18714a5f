# SPDX-License-Identifier: EUPL-1.2
# ggi_audit_seal: calls are refused when nothing was sealed for long, and ggi_status tells how long that is.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use GGI::Audit;
use GGI::Child;
use GGI::Conf ();
use GGI::Folder ();
use GGI::Gate;
use GGI::Nginx;
use GGI::Problem qw(allowed refused);
use GGI::Slow;

my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $required = 5 * $GGI::Slow::FACTOR;
my $alert = qr/no seal was added to "[^"]+audit\.seals" for \d+ s: calls are refused with audit_unavailable/;

sub gateway {
    my (%more) = @_;
    return GGI::Gate->new(
        workers => 2,
        more => "ggi_audit_seal required=${required}s;",
        allow_errors => [$alert],
        %more);
}

# Makes seals of the log of a gateway, by keys in a directory, until its end.
sub sealer {
    my ($gate, $dir) = @_;
    my $log = $gate->audit_file(0) =~ s/\.0\.jsonl$/.jsonl/r;
    return GGI::Child->command(
        { err => "$dir/err" }, $ggictl, qw(audit seal --follow --interval 500ms --log), $log,
        '--keys', "$dir/keys");
}

# Waits until each of both workers answers so.
sub all_answer {
    my ($gate, $status, $name) = @_;
    return $gate->wait_for(
        sub {
            my $call = sub { return $gate->call('/brp/2')->{status} };
            return !grep { $gate->by_worker($_, $call) != $status } 0, 1;
        },
        $name);
}

sub alerts { my ($gate) = @_; return scalar(() = $gate->read('logs/error.log') =~ /$alert/g) }

subtest 'seals come and go' => sub {
    my $dir = GGI::Folder->new;
    my $gate = gateway()->start;
    refused($gate->call('/brp/1'), 503, 'audit_unavailable', 'nothing was sealed so far');
    is_deeply [GGI::Audit::verdicts($gate->since(1, 0))], ['audit_unavailable'], 'a record says so';
    is alerts($gate), 1, 'and one alert, of two workers';
    ok !exists $gate->status->{ggi_audit_seal_timestamp_seconds}, 'there is no time of a seal';

    my $sealer = sealer($gate, $dir);
    all_answer($gate, 200, 'with a seal');
    allowed($gate->call('/brp/3'), 'with a seal calls are let through');
    like $gate->read('logs/error.log'), qr/\[notice\] .*a seal was added to "[^"]+": calls are let through again/,
        'which is told';
    cmp_ok time - $gate->status->{ggi_audit_seal_timestamp_seconds}, '<=', $required,
        'the age of the last seal is in ggi_status';

    $gate->reload;
    allowed($gate->call('/brp/4'), 'also after a reload');

    $sealer->stop;
    all_answer($gate, 503, 'with seals that are old');
    $gate->mark;
    refused($gate->call('/brp/6'), 503, 'audit_unavailable', 'when the sealer is dead calls are refused');
    cmp_ok time - $gate->status->{ggi_audit_seal_timestamp_seconds}, '>=', $required / 2, 'and the age grows';
    is alerts($gate), 2, 'there is one alert more';

    $gate->reload;
    $gate->wait_for(sub { alerts($gate) == 3 }, 'the alert of a new worker');
    refused($gate->call('/brp/7'), 503, 'audit_unavailable', 'a worker that starts then knows it by the file');

    $sealer = sealer($gate, $dir);
    all_answer($gate, 200, 'with a seal again');
    kill 'TERM', $sealer->{pid};
    $sealer->wait;
    ok !-s "$dir/err", 'the sealer has nothing to tell';
    $gate->stop;
};

subtest 'observe, and off' => sub {
    my $gate = gateway(more => "ggi_audit_seal required=${required}s; ggi_audit observe;")->start;
    allowed($gate->call('/brp/1'), 'a gate that observes lets the call through');
    my ($decision) = GGI::Audit::decisions($gate->since(1, 1));
    is $decision->{body}{'adl.core.response'}{context}{would_refuse}, 'audit_unavailable', 'and notes it';
    $gate->stop;
    for my $more ('', 'ggi_audit_seal off;') {
        $gate = GGI::Gate->new(more => $more)->start;
        allowed($gate->call('/brp/1'), "without seals: \"$more\"");
        $gate->stop;
    }
};

subtest 'the configuration' => sub {
    for (
        ['ggi_audit_seal required=0s;', qr/invalid parameter "required=0s" of "ggi_audit_seal": expected "required="/],
        ['ggi_audit_seal required=2d;', qr/invalid parameter "required=2d"/],
        ['ggi_audit_seal on;', qr/invalid parameter "on"/],
        ['ggi_audit_seal off; ggi_audit_seal required=5m;', qr/"ggi_audit_seal" directive is duplicate/],
    ) {
        my ($good, $said) = GGI::Gate->new(more => $_->[0])->test_configuration;
        ok !$good, $_->[0];
        like $said, $_->[1], 'is told';
    }
    my ($good, $said) = GGI::Gate->new(more => 'ggi_audit_seal required=5m;')->test_configuration;
    ok $good, 'required without seals loads' or diag $said;
    like $said, qr/"ggi_audit_seal" requires seals, and there are none in "[^"]+audit\.seals": all calls are refused/,
        'with a warning';
};

done_testing;
