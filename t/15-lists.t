# SPDX-License-Identifier: EUPL-1.2
# pkio: each file of revocation lists is judged by itself; which list of a CA counts, and until when; what is told of
# it, once; and what is left of all that by workers that are killed, and by reloads.
use strict;
use warnings;

use POSIX qw(strftime);
use Test::More;

use GGI::Crl;
use GGI::Gate;
use GGI::Pki;
use GGI::Preload;
use GGI::Problem qw(allowed refused);
use GGI::Raw qw(connect_to receive tls_options);
use GGI::Slow qw(sleep);

my $oin = $GGI::Gate::OIN;
my $BEFORE = 'revocation lists of "ggi_pkio_crl"';
my %name = (
    root => 'CN=Staat der Nederlanden Private Root CA - TEST',
    domain => 'CN=Staat der Nederlanden Private Services CA - TEST',
    issuing => 'CN=TSP PKIoverheid Private Services CA - TEST',
);

# A hierarchy with a caller "good" and a caller "bad", and a directory with a list of each CA, with number 10.
sub hierarchy {
    my $pki = GGI::Pki->new;
    my %lists = map { $_ => GGI::Crl->new($pki, $_) } qw(root domain issuing);
    my $dir = $pki->dir . '/crl';
    mkdir $dir;
    $pki->leaf($_, '--oin', $oin) for 'good', 'bad';
    $lists{$_}->write("$dir/$_.crl", number => 10) for keys %lists;
    return ($pki, $dir, \%lists);
}

sub gateway {
    my ($pki, $dir, %args) = @_;
    my $more = delete $args{more} // '';
    return GGI::Gate->new(
        pki => $pki, more => "ggi_pkio_crl $dir; keepalive_timeout 1000s; $more",
        %args)->start;
}

# Does something to the directory, and waits until the lists are taken over.
sub reread {
    my ($gate, $action, $message) = @_;
    my $before = length $gate->read('logs/error.log');
    $action->();
    return ok $gate->wait_for(
        sub { substr($gate->read('logs/error.log'), $before) =~ ($message // qr/revocation lists read from/) },
        'the lists'),
        'the lists are taken over';
}

sub as { my ($pki, $name) = @_; return { as => [$pki->client($name)] } }

# Waits until a certificate is refused by a list, though calls may fail meanwhile since workers are killed.
sub becomes_refused {
    my ($gate, $pki, $name, $message) = @_;
    my $refused = sub {
        my $answer = eval { $gate->call('/x', as($pki, $name)) };
        return ($answer->{status} // 0) == 403;
    };
    return ok $gate->wait_for($refused, 'the list'), $message;
}

# How often the error log says it.
sub times_said { my ($gate, $what) = @_; return scalar(() = $gate->read('logs/error.log') =~ /\[error\].*$what/g) }

# A connection that is kept, and a call by it: its status and reason.
sub kept { my ($gate, $pki, $name) = @_; return connect_to($gate->port, tls_options($pki->dir . "/$name")) }

sub ask {
    my ($connection) = @_;
    print $connection "GET /x HTTP/1.1\r\nHost: localhost\r\n$GGI::Gate::CLAIM\r\n\r\n";
    my $answer = receive($connection, qr/\r\n\r\n(?:ok\n|\{.*\})/s);
    my ($status) = $answer =~ m{^HTTP/1\.1 (\d+)};
    my ($reason) = $answer =~ /urn:ggi:problem:(\w+)/;
    return join ' ', $status // 'none', $reason // ();
}

subtest 'each file by itself' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    my $gate = gateway($pki, $dir, workers => 3);
    my $fault = "$dir/issuing.crl: expected revocation lists in PEM or DER; those read before are kept";
    reread($gate, sub { GGI::Crl::place("$dir/issuing.crl", 'half a list') }, qr/\Q$fault\E/);
    my $status = $gate->status;
    is_deeply $status->{ggi_pkio_crl_faulty}, [{ file => 'issuing.crl', value => 1 }],
        'ggi_status names that file alone';
    my %until = map { $_->{issuer} => $_->{value} } @{ $status->{ggi_pkio_crl_next_update_timestamp_seconds} };
    is_deeply [sort keys %until], [sort map {"$_,O=Staat der Nederlanden (test),C=NL"} values %name], 'and each CA';
    is scalar(grep { abs($_ - time - 86400) > 3600 } values %until), 0, 'with the time when its list expires';
    allowed($gate->call('/x', as($pki, 'bad')), 'by what was read before');
    reread($gate, sub { $lists->{domain}->write("$dir/domain.crl", number => 11, revoked => ['issuing']) });
    refused($gate->call('/x', as($pki, 'good')), 403, 'certificate_revoked', 'another file is taken over');
    sleep 1.5;
    is times_said($gate, quotemeta $fault), 1, 'one of three workers says it, once';
    reread($gate, sub { $lists->{domain}->write("$dir/domain.crl", number => 12) });
    reread($gate, sub { $lists->{issuing}->write("$dir/issuing.crl", number => 11, revoked => ['bad']) });
    refused($gate->call('/x', as($pki, 'bad')), 403, 'certificate_revoked', 'and so is the file when it can be read');
    allowed($gate->call('/x', as($pki, 'good')), 'which says nothing of the other');
    is_deeply $gate->status->{ggi_pkio_crl_faulty}, [], 'ggi_status names no file any more';
    $gate->stop;
};

subtest 'a list of a lower number' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    $lists->{issuing}->write("$dir/issuing.crl", number => 10, revoked => ['bad']);
    my $gate = gateway($pki, $dir, workers => 2);
    my $bad = kept($gate, $pki, 'bad');
    is ask($bad), '403 certificate_revoked', 'revoked';
    my $older = "$dir/issuing.crl: the list of CA \"$name{issuing},O=Staat der Nederlanden (test),C=NL\", "
        . 'with CRL number 0x09 of ';
    reread($gate, sub { $lists->{issuing}->write("$dir/issuing.crl", number => 9, from => time + 0) }, qr/\Q$older\E/);
    is ask($bad), '403 certificate_revoked', 'a lower one in its place is not taken over';
    is ask(kept($gate, $pki, 'bad')), '403 certificate_revoked', 'nor for new connections';
    is ask(kept($gate, $pki, 'good')), '200', 'the one before it serves';
    sleep 1.5;
    is times_said($gate, quotemeta $older), 1, 'which is said once';
    ok $gate->reload, 'a reload';
    refused($gate->call('/x', as($pki, 'bad')), 403, 'certificate_revoked', 'after which that is so too');
    reread($gate, sub { unlink "$dir/issuing.crl"; $lists->{issuing}->write("$dir/again.crl", number => 9) });
    refused($gate->call('/x', as($pki, 'good')), 503, 'revocation_unknown', 'where the newer one is gone');
    ok $gate->wait_for(
        sub { times_said($gate, 'older than the one with number 0x0a of \S+ that was in force') },
        'the message'),
        'the log says why';
    reread($gate, sub { $lists->{issuing}->write("$dir/again.crl", number => 11) });
    allowed($gate->call('/x', as($pki, 'bad')), 'a higher one is taken over');
    $gate->stop;
};

subtest 'a list of the near future' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    my $gate = gateway($pki, $dir);
    my ($good, $bad) = map { kept($gate, $pki, $_) } 'good', 'bad';
    is ask($_), '200', 'allowed' for $good, $bad;
    my $begin = CORE::time() + 6 * $GGI::Slow::FACTOR;
    reread(
        $gate, sub { $lists->{issuing}->write("$dir/issuing.crl", number => 11, from => $begin, revoked => ['bad']) },
        qr/the one before it stays in use until then/);
SKIP: {
        skip 'the machine is too slow', 2 if CORE::time() >= $begin - 1;
        is ask($good), '200', 'the one before it serves';
        is ask($bad), '200', 'and for the other';
    }
    ok $gate->wait_for(sub { ask($bad) eq '403 certificate_revoked' }, 'the time'), 'until it begins, without a change';
    ok CORE::time() >= $begin - 1, 'and not before';
    is ask($good), '200', 'the other stays allowed';
    $gate->stop;
};

subtest 'a critical extension of an entry' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    my $gate = gateway($pki, $dir);
    my $with = sub {
        my ($number, $critical) = @_;
        my %entries = (revoked => ['bad'], entry_extensions => GGI::Crl::unknown($critical));
        return reread($gate, sub { $lists->{issuing}->write("$dir/issuing.crl", number => $number, %entries) });
    };
    $with->(11, 1);
    refused($gate->call('/x', as($pki, $_)), 503, 'revocation_unknown', "for $_") for 'good', 'bad';
    my $why = "$dir/issuing.crl: the list of CA \"$name{issuing},O=Staat der Nederlanden (test),C=NL\" does not count: "
        . 'it has an entry with the unknown critical extension 1.2.3.4';
    is times_said($gate, quotemeta $why), 1, 'the log says why';
    my (undef, $output) = $gate->test_configuration;
    like $output, qr/\[warn\] $BEFORE in \S+:\d+: \Q$why\E/, 'nginx -t warns of it';
    $with->(12, 0);
    refused($gate->call('/x', as($pki, 'bad')), 403, 'certificate_revoked', 'one that is not critical is no matter');
    $gate->stop;
};

subtest 'a signature that the server refuses on certificates' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    my %gate = map { $_ => gateway($pki, $dir, server => "ssl_ciphers DEFAULT\@SECLEVEL=$_;") } 0, 2;
    my $weak = sub { $lists->{issuing}->write("$dir/issuing.crl", number => 11, revoked => ['bad'], digest => 'sha1') };
    my $why = "$dir/issuing.crl: the list of CA \"$name{issuing},O=Staat der Nederlanden (test),C=NL\" does not count: "
        . 'it is signed with SHA1, which the security level of a server, 2, refuses on certificates';
    allowed($gate{$_}->call('/x', as($pki, 'good')), "level $_: a list that is signed with SHA-256") for 0, 2;
    $weak->();
    becomes_refused($gate{0}, $pki, 'bad', 'level 0: one that is signed with SHA-1');
    allowed($gate{0}->call('/x', as($pki, 'good')), 'counts');
    $gate{2}->wait_for(sub { $gate{2}->call('/x', as($pki, 'bad'))->{status} == 503 }, 'the list');
    refused($gate{2}->call('/x', as($pki, $_)), 503, 'revocation_unknown', "level 2: it does not, for $_")
        for 'good', 'bad';
    $gate{2}->wait_for(sub { times_said($gate{2}, quotemeta $why) }, 'why');
    is times_said($gate{2}, quotemeta $why), 1, 'the log says why';
    $gate{2}->wait_for(sub { times_said($gate{2}, 'there is no list of CA') }, 'that there is none');
    is times_said($gate{0}, 'there is no list of CA|does not count'), 0, 'but not that of level 0';
    my %warned = map { $_ => warned($gate{$_}) } 0, 2;
    like $warned{2}, qr/^\Q$why\E$/m, 'nginx -t warns of it';
    like $warned{2}, qr/^there is no list of CA "$name{issuing}/m, 'and that the CA has no list';
    is $warned{0}, '', 'but not at level 0';
    reread($gate{2}, sub { $lists->{issuing}->write("$dir/issuing.crl", number => 12, revoked => ['bad']) });
    refused($gate{2}->call('/x', as($pki, 'bad')), 403, 'certificate_revoked', 'the next one');
    allowed($gate{2}->call('/x', as($pki, 'good')), 'counts again');
    $gate{$_}->stop for 0, 2;
};

subtest 'a CA that changes its key' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    $pki->leaf('old', '--oin', $oin);
    $pki->run('renew', 'issuing', '--key', 'ec');
    $pki->leaf('new', '--oin', $oin);
    my $list = GGI::Crl->new($pki, 'issuing');
    $list->write("$dir/issuing.crl", number => 11);
    my $gate = gateway($pki, $dir, workers => 2);
    refused(
        $gate->call('/x', as($pki, 'old')), 503, 'revocation_unknown',
        'its list is signed with the new key, of which no certificate is known');
    allowed($gate->call('/x', as($pki, 'new')), 'a caller brings it along');
    my $eight = sub {
        return !grep { $gate->call('/x', as($pki, 'old'))->{status} != 200 } 1 .. 8;
    };
    ok $gate->wait_for($eight, 'eight calls that are allowed, so that each worker had one'),
        'and all workers judge those of the old key by it';
    reread($gate, sub { $list->write("$dir/issuing.crl", number => 12, revoked => ['old']) });
    refused($gate->call('/x', as($pki, 'old')), 403, 'certificate_revoked', 'revoked');
    reread($gate, sub { $list->write("$dir/issuing.crl", number => 13) });
    allowed($gate->call('/x', as($pki, 'old')), 'and not any more');
    reread($gate, sub { $lists->{domain}->write("$dir/domain.crl", number => 11, revoked => ['issuing']) });
    refused($gate->call('/x', as($pki, 'old')), 503, 'revocation_unknown', 'a new key that is revoked itself');
    $gate->stop;

    $lists->{domain}->write("$dir/domain.crl", number => 12);
    my $roots = $pki->dir . '/trusted.pem';
    qx(cat @{[ $pki->dir ]}/domain.crt @{[ $pki->dir ]}/issuing.crt > $roots);
    my $trusting = gateway($pki, $dir, server => "ssl_trusted_certificate $roots;");
    allowed($trusting->call('/x', as($pki, 'old')), 'the new certificate is in ssl_trusted_certificate');
    $trusting->stop;
};

# The warnings of nginx -t about revocation lists, without what is before each.
sub warned {
    my ($gate) = @_;
    my ($good, $output) = $gate->test_configuration;
    ok $good, 'the configuration is good' or diag $output;
    return join "\n", map {s/^.*?\Q$BEFORE\E in \S+nginx\.conf:\d+: //r} grep {/\Q$BEFORE\E/} split /\n/, $output;
}

subtest 'what nginx -t warns of' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    my $gate = GGI::Gate->new(pki => $pki, more => "ggi_pkio_crl $dir;");
    is warned($gate), '', 'of nothing';
    $lists->{issuing}->write("$dir/issuing.crl", number => 11, from => time - 1000, until => time - 10);
    $lists->{domain}->write("$dir/domain.crl", number => 11, until => time + 3000);
    rename "$dir/root.crl", "$dir/.root.crl";
    GGI::Crl::place("$dir/bad.crl", "no list\n");
    my @warned = split /\n/, warned($gate);
    my $unknown = qr/refused with revocation_unknown/;
    is scalar @warned, 4, 'of four things' or diag "@warned";
    like $warned[0], qr/^\Q$dir\E\/bad\.crl: expected revocation lists in PEM or DER; calls .* $unknown/, 'a bad file';
    like join("\n", @warned), qr/^there is no list of CA "$name{root},.*" that counts: calls .* $unknown/m,
        'a CA of ssl_client_certificate without a list';
    like join("\n", @warned),
        qr/^the list of CA "$name{issuing},.*" in issuing\.crl expired at \S+Z: calls .* $unknown/m,
        'a list that has expired';
    like join("\n", @warned), qr/^the list of CA "$name{domain},.*" in domain\.crl expires at \S+Z: from .* $unknown/m,
        'a list that expires within the hour';

SKIP: {
        skip 'root reads what nobody may read', 4 if $> != 0;
        unlink "$dir/bad.crl";
        rename "$dir/.root.crl", "$dir/root.crl";
        $lists->{$_}->write("$dir/$_.crl", number => 12) for keys %$lists;
        chmod 0600, "$dir/issuing.crl";
        like warned($gate),
            qr/^\Q$dir\E\/issuing\.crl: Permission denied: the user of the workers, "nobody", cannot read it/,
            'a file that the workers may not read';
        chmod 0700, $dir;
        like warned($gate), qr/^\Q$dir\E: Permission denied: the user of the workers, "nobody", cannot read it/,
            'a directory that they may not read';
    }
};

subtest 'what is told while nginx runs' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    my $gate = gateway($pki, $dir, workers => 3);
    my $ca = qr/CA "$name{issuing},[^"]*"/;
    my $said = sub {
        my ($what, $times) = @_;
        $gate->wait_for(sub { times_said($gate, $what) >= $times }, "$what");
        return is times_said($gate, $what), $times, "$times times: $what";
    };
    allowed($gate->call('/x'), 'so that the CAs are known');
    my $end = CORE::time() + 5 * $GGI::Slow::FACTOR;
    $lists->{issuing}->write("$dir/issuing.crl", number => 11, until => $end);
    $said->(qr/the list of $ca in issuing\.crl expires at/, 1);
    $said->(qr/the list of $ca in issuing\.crl expired at/, 1);
    refused($gate->call('/x'), 503, 'revocation_unknown', 'then');
    $lists->{issuing}->write("$dir/issuing.crl", number => 12);
    $said->(qr/there is a list of $ca again, in issuing\.crl/, 1);
    allowed($gate->call('/x'), 'then');
    unlink "$dir/issuing.crl";
    $said->(qr/there is no list of $ca that counts/, 1);
    $lists->{issuing}->write("$dir/other.crl", number => 12);
    $said->(qr/there is a list of $ca again, in other\.crl/, 1);
    ok $gate->reload, 'after a reload';
    sleep 1.5;
    is times_said($gate, qr/there is (?:no|a) list of|expire/), 5, 'nothing is said again, nor was it before';
    $gate->stop;
};

subtest 'workers that are killed' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    my $gate = gateway($pki, $dir, workers => 3, allow_errors => [qr/exited on signal 9/]);
    my $number = 10;
    for my $round (1 .. 8) {
        $lists->{issuing}->write("$dir/issuing.crl", number => ++$number, count => 30_000, start => $round);
        sleep 0.4 * ($round % 4);
        $gate->wait_for(sub { scalar(() = $gate->workers) == 3 }, 'the workers');
        kill 'KILL', $_ for ($gate->workers)[0 .. $round % 3];
    }
    $lists->{issuing}->write("$dir/issuing.crl", number => ++$number, count => 30_000, revoked => ['bad']);
    becomes_refused($gate, $pki, 'bad', 'the last list is taken over');
    for (1 .. 6) {
        refused($gate->call('/x', as($pki, 'bad')), 403, 'certificate_revoked', 'by every worker');
        allowed($gate->call('/x', as($pki, 'good')), 'and the other');
    }
    $gate->stop;
};

# The thread of a worker waits where it opens a list, as for a disk that hangs: it has the lock that the others need.
subtest 'a worker that hangs while it reads a list' => sub {
    plan skip_all => 'has no place before the sanitizer' if !GGI::Preload::possible();
    my $disk = GGI::Preload->new(<<'C');
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
int open(const char *path, int flags, ...)
{
    static int (*next)(const char *, int, ...);
    va_list args;
    int mode;

    if (next == NULL) next = dlsym(RTLD_NEXT, "open");
    if (strstr(path, "/issuing.crl") && strstr(path, "/.") == NULL) hold();
    va_start(args, flags);
    mode = va_arg(args, int);
    va_end(args);
    return next(path, flags, mode);
}
C
    my ($pki, $dir, $lists) = hierarchy();
    my $gate = GGI::Gate->new(
        pki => $pki, workers => 2, more => "ggi_pkio_crl $dir;",
        allow_errors => [qr/exited on signal 9/]);
    {
        local $ENV{LD_PRELOAD} = $disk->path;
        $gate->start;
    }
    my $age = sub {
        my $looked = $gate->status->{ggi_pkio_crl_look_timestamp_seconds};
        return defined $looked ? time - $looked : 'none';
    };
    ok $gate->wait_for(sub { $age->() =~ /\A[0-2]\z/ }, 'a look'), 'ggi_status tells when the directory was looked at';
    $disk->hold;
    $lists->{issuing}->write("$dir/issuing.crl", number => 11, revoked => ['bad']);
    ok $gate->wait_for(sub { $disk->held }, 'the thread'), 'one worker reads, and does not come to an end';
    ok $gate->wait_for(sub { $age->() =~ /\A[1-9]\d*\z/ && $age->() >= 4 }, 'that age'), 'which ggi_status tells';
    allowed($gate->call('/x', as($pki, 'bad')), 'the lists before are in use') for 1 .. 4;
    # the old worker does not end, so that this is no $gate->reload
    $gate->signal('HUP');
    my $unseen = qr/\[warn\].*what is wrong with the lists, and which CA has none, is not looked at now/;
    ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ $unseen }, 'the reload'),
        'a reload does not look at them';
    like $gate->read('logs/error.log'),
        qr/\[warn\].*a worker is reading the revocation lists in "\Q$dir\E": they are taken over when it has/,
        'and says that the lists come later';
    $disk->release;
    becomes_refused($gate, $pki, 'bad', 'the list comes');

    $disk->hold;
    $lists->{issuing}->write("$dir/issuing.crl", number => 12, revoked => ['good']);
    ok $gate->wait_for(sub { $disk->held }, 'the thread'), 'another one hangs';
    kill 'KILL', $gate->workers;
    $disk->release;
    becomes_refused($gate, $pki, 'good', 'and is killed: a new worker has the lock, and reads the list');
    allowed($gate->call('/x', as($pki, 'bad')), 'all of it') for 1 .. 4;
    $gate->stop;
};

subtest 'reloads' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    my $gate = gateway($pki, $dir, workers => 2);
    my $read = sub { return scalar(() = $gate->read('logs/error.log') =~ /lists read from/g) };
    ok $gate->reload, 'a reload' for 1 .. 3;
    sleep 1.5;
    is $read->(), 0, 'nothing is read again';
    allowed($gate->call('/x', as($pki, 'bad')), 'the lists are in use');
    $lists->{issuing}->write("$dir/issuing.crl", number => 11, revoked => ['bad']);
    ok $gate->reload, 'a reload after a change';
    refused($gate->call('/x', as($pki, 'bad')), 403, 'certificate_revoked', 'which has read it');
    reread($gate, sub { $lists->{issuing}->write("$dir/issuing.crl", number => 12) });
    allowed($gate->call('/x', as($pki, 'bad')), 'and goes on to read');

    my $other = $pki->dir . '/other';
    mkdir $other;
    $lists->{$_}->write("$other/$_.crl", number => 20, revoked => $_ eq 'issuing' ? ['good'] : []) for keys %$lists;
    $gate->write('nginx.conf', $gate->read('nginx.conf') =~ s/ggi_pkio_crl \S+;/ggi_pkio_crl $other;/r);
    ok $gate->reload, 'another directory';
    refused($gate->call('/x', as($pki, 'good')), 403, 'certificate_revoked', 'counts');
    $gate->write('nginx.conf', $gate->read('nginx.conf') =~ s/ggi_pkio_crl \S+;/ggi_pkio_crl $dir;/r);
    ok $gate->reload, 'and back';
    allowed($gate->call('/x', as($pki, 'good')), 'the first one counts again');
    $gate->stop;
};

# What was in force is known after a reload that failed as well, so that no older list comes into force again.
subtest 'a reload that fails' => sub {
    my ($pki, $dir, $lists) = hierarchy();
    $lists->{issuing}->write("$dir/issuing.crl", number => 11, revoked => ['bad']);
    my $gate = gateway($pki, $dir, allow_errors => [qr/nowhere/]);
    my $good = $gate->read('nginx.conf');
    $gate->write('nginx.conf', $good =~ s/ggi_pkio_crl \S+;/ggi_pkio_crl $dir-nowhere;/r);
    $gate->signal('HUP');
    ok $gate->wait_for(sub { $gate->read('logs/error.log') =~ /nowhere/ }, 'the failed reload'),
        'a directory that is not there';
    refused($gate->call('/x', as($pki, 'bad')), 403, 'certificate_revoked', 'goes on as before');
    $gate->write('nginx.conf', $good);
    $lists->{issuing}->write("$dir/issuing.crl", number => 10);
    ok $gate->reload, 'a reload that succeeds';
    refused($gate->call('/x', as($pki, 'bad')), 403, 'certificate_revoked', 'an older list is not taken over');
    $gate->stop;
};

done_testing;
