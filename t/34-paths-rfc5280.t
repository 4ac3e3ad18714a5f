# SPDX-License-Identifier: EUPL-1.2
# Paths of certificates, uses of keys and revocation lists, as RFC 5280 judges them: the most telling cases of the kinds
# that NIST's PKITS has (scripts/pkits runs all of that), and some that it has not. Each case is a caller of one gate,
# by a full handshake and by sessions that are resumed.
use strict;
use warnings;

use Test::More;

use GGI::Cases;
use GGI::Certificate qw(constraints name policies usage);
use GGI::Crl ();
use GGI::Der qw(extension integer oid tlv to_pem write_file);
use GGI::Gate;
use GGI::Raw qw(raw_resumed);

my $now = time;
my $cases = GGI::Cases->new;
my $POLICY = $GGI::Cases::POLICY;

# What the gate can say.
my ($good, $untrusted, $revoked, $expired, $unknown, $policy) = (
    '200', '403 certificate_untrusted', '403 certificate_revoked', '403 certificate_expired', '503 revocation_unknown',
    '403 certificate_policy_not_allowed');

# Extensions.
sub uses {
    return extension('2.5.29.37', tlv(0x30, map { oid("1.3.6.1.5.5.7.3.$_") } @_));
}
sub alternative { return extension('2.5.29.17', tlv(0x30, @_)) }
sub permitted {
    return extension('2.5.29.30', tlv(0x30, tlv(0xa0, map { tlv(0x30, $_) } @_)), 1);
}
sub excluded {
    return extension('2.5.29.30', tlv(0x30, tlv(0xa1, map { tlv(0x30, $_) } @_)), 1);
}
sub unknown_to_all { return extension('1.2.3.4', "\x05\0", $_[0]) }

# GeneralNames.
sub email { return tlv(0x81, $_[0]) }
sub dns { return tlv(0x82, $_[0]) }
sub directory { return tlv(0xa4, $_[0]) }
sub uri { return tlv(0x86, $_[0]) }
sub other_name { return tlv(0xa0, oid('1.2.3.5'), tlv(0xa0, tlv(0x0c, $_[0]))) }

# The name of a distribution point, and such a point in a certificate: with reasons, and with the issuer of its list.
sub point_name { return tlv(0xa0, tlv(0xa0, uri($_[0]))) }

sub points {
    my ($name, %of) = @_;
    my $reasons = $of{reasons} ? tlv(0x81, $of{reasons}) : '';
    my $issuer = $of{issuer} ? tlv(0xa2, directory($of{issuer})) : '';
    return extension('2.5.29.31', tlv(0x30, tlv(0x30, $name, $reasons, $issuer)));
}

# The scope of a list: the name of its distribution point, and what it is about alone.
sub scope { return GGI::Crl::extension(28, tlv(0x30, @_), 1) }
my ($users, $cas, $indirect, $attributes) = map { tlv($_, "\xff") } 0x81, 0x82, 0x84, 0x85;
my $reasons = "\x01\x60";    # keyCompromise and cACompromise
sub delta { return GGI::Crl::extension(27, integer('1'), 1) }

my $n;    # the number of the case that is being made
sub ca { return GGI::Cases::ca_name($n) }
sub key { return $cases->key($_[0]) }

# The subject of a leaf, below what comes first.
sub caller_name { return name(@_, serialNumber => $GGI::Gate::OIN) }

# A leaf whose subject is of the organisation, for constraints on names.
sub of { return (subject => caller_name(C => 'NL', O => $_[0])) }

# A name of which the string type, the case or the blanks are other ones.
sub printable { return \tlv(0x13, $_[0]) }

# Certificates for the CA that are not in the path.
sub further { my (%of) = @_; return $cases->authority(subject => ca(), key => key('further'), %of) }
sub by_root { return (issuer => GGI::Cases::root_name($_[0]), signer => key($_[0])) }

# What is often special in a case: further extensions, the scope of the list, and constraints on names beside the names
# of the leaf.
sub ca_with { my (@extensions) = @_; return (ca => { extensions => \@extensions }) }
sub leaf_with { my (@extensions) = @_; return (leaf => { extensions => \@extensions }) }
sub about { my (@scope) = @_; return (list => { extensions => scope(@scope) }) }
sub named { my ($constraints, @names) = @_; return (ca_with($constraints), leaf_with(alternative(@names))) }
my ($any, $inhibit_any) = (policies('2.5.29.32.0'), extension('2.5.29.54', integer('0'), 1));
my $us = directory(name(C => 'NL', O => 'Us'));
my $as_ca = usage('digitalSignature', 'keyCertSign');
my ($here, $elsewhere) = map { point_name("http://$_/") } 'here', 'elsewhere';

# Each case: its name, what it is expected to be told, and how it is made.
my @cases = (
    ['all is as it should be', $good, sub { () }],
    ['a CA more', $good, sub { (sub => {}) }],

    ['a bad signature of the CA', $untrusted, sub { (ca => { bad => 1 }) }],
    ['a bad signature of the leaf', $untrusted, sub { (leaf => { bad => 1 }) }],
    [   'two algorithms of the signature',
        $untrusted, sub { (leaf => { inner_digest => tlv(0x30, oid('1.2.840.10045.4.3.3')) }) }],

    ['a CA that is not valid yet', $expired, sub { (ca => { from => $now + 3600 }) }],
    ['a CA that has expired', $expired, sub { (ca => { until => $now - 3600 }) }],
    ['a leaf that is not valid yet', $expired, sub { (leaf => { from => $now + 3600 }) }],
    ['a leaf that has expired', $expired, sub { (leaf => { until => $now - 3600 }) }],
    ['from 1950 on', $good, sub { (leaf => { from => tlv(0x17, '500101000000Z') }) }],
    ['until 1999', $expired, sub { (leaf => { from => $now - 1e9, until => tlv(0x17, '990101000000Z') }) }],
    ['until 2049', $good, sub { (leaf => { until => tlv(0x17, '491231235959Z') }) }],
    ['until the end of time', $good, sub { (leaf => { until => tlv(0x18, '99991231235959Z') }) }],

    ['an issuer of another name', $untrusted, sub { (leaf => { issuer => name(O => 'Cases', CN => "CA x") }) }],
    ['an issuer in another order', $untrusted, sub { (leaf => { issuer => name(CN => "CA $n", O => 'Cases') }) }],
    [   'an issuer in other letters and blanks',
        $good, sub { (leaf => { issuer => name(O => 'CASES', CN => "  ca   $n ") }) }],
    [   'an issuer in another type of string',
        $good, sub { (leaf => { issuer => name(O => printable('Cases'), CN => printable("CA $n")) }) }],
    ['unique identifiers', $good, sub { (ca => { uids => tlv(0x82, "\0\1") }, leaf => { uids => tlv(0x81, "\0\2") }) }],

    ['no list', $unknown, sub { (list => []) }],
    ['a revoked leaf', $revoked, sub { (list => { revoked => ['03'] }) }],
    ['a revoked CA', $revoked, sub { (revoked_ca => 1) }],
    ['a revoked CA below that', $revoked, sub { (sub => {}, list => { revoked => ['02'] }) }],
    ['a CA below that without a list', $unknown, sub { (sub => {}, sub_list => []) }],
    ['a list with a bad signature', $unknown, sub { (list => { bad => 1 }) }],
    ['a list of another issuer', $unknown, sub { (list => { issuer => name(O => 'Cases', CN => 'nobody') }) }],
    ['a list that the root signed', $unknown, sub { (list => { key => key('root') }) }],
    ['a list of the CA above', $unknown, sub { (sub => {}, sub_list => { key => key('ca') }) }],
    ['a bad list and a good one', $good, sub { (list => [{ bad => 1, number => 2, revoked => ['03'] }, {}]) }],
    ['two lists, and the newer revokes', $revoked, sub { (list => [{}, { number => 2, revoked => ['03'] }]) }],
    ['two lists, and the older revokes', $good, sub { (list => [{ revoked => ['03'] }, { number => 2 }]) }],
    ['two lists that are as new, and the first revokes', $revoked, sub { (list => [{ revoked => ['03'] }, {}]) }],
    ['two lists that are as new, and the second revokes', $revoked, sub { (list => [{}, { revoked => ['03'] }]) }],
    [   'three lists that are as new, and a bad one revokes',
        $good,
        sub { (list => [{}, { revoked => ['03'], bad => 1 }, {}]) }],
    ['an unknown extension of a list', $good, sub { (list => { extensions => unknown_to_all(0) }) }],
    ['a critical one', $unknown, sub { (list => { extensions => unknown_to_all(1) }) }],
    [   'a critical extension of another entry',
        $unknown, sub { (list => { revoked => ['04'], entry_extensions => unknown_to_all(1) }) }],
    ['a list that has expired', $unknown, sub { (list => { from => $now - 7200, until => $now - 3600 }) }],
    ['a list of 1999', $unknown, sub { (list => { from => 9e8, until => tlv(0x17, '990101000000Z') }) }],
    ['a list until 2050', $good, sub { (list => { until => tlv(0x18, '20500101000000Z') }) }],
    ['a list of the future', $unknown, sub { (list => { from => $now + 3600 }) }],
    ['a list of the first version', $revoked, sub { (list => { number => undef, revoked => ['03'] }) }],
    [   'a certificate on hold',
        $revoked, sub { (list => { revoked => ['03'], entry_extensions => GGI::Crl::extension(21, "\x0a\x01\x06") }) }],
    ['a negative serial number', $good, sub { (leaf => { serial_der => "\2\1\x83" }, list => { revoked => ['83'] }) }],
    ['it is revoked', $revoked, sub { (leaf => { serial_der => "\2\1\x83" }, list => { revoked => [\"\2\1\x83"] }) }],
    [   'a long serial number',
        $good, sub { (leaf => { serial => '7f' x 20 }, list => { revoked => ['7f' x 19 . '7e', '7f' x 19] }) }],
    ['and that is revoked', $revoked, sub { (leaf => { serial => '7f' x 20 }, list => { revoked => ['7f' x 20] }) }],

    ['a CA that may not sign lists', $unknown, sub { (ca => { usage => usage('keyCertSign') }) }],
    ['a CA without keyUsage', $good, sub { (ca => { usage => '' }) }],
    [   'a key for lists',
        $good,
        sub {
            (   ca => { usage => usage('keyCertSign') },
                list => { key => key('further') },
                known => [further(by_root('root'), usage => usage('cRLSign'))]);
        }
    ],
    [   'a key for lists by which a leaf is revoked',
        $revoked,
        sub {
            (   list => { key => key('further'), revoked => ['03'] },
                known => [further(by_root('root'), usage => usage('cRLSign'))]);
        }
    ],
    [   'a key for lists that may not sign lists',
        $unknown,
        sub {
            (   list => { key => key('further') },
                known => [further(by_root('root'), usage => usage('keyCertSign'))]);
        }
    ],
    [   'a key for lists of a CA that has the name by another root',
        $unknown, sub { (list => { key => key('further') }, known => [further(by_root('other'))]) }],
    [   'a key for lists that has expired',
        $unknown, sub { (list => { key => key('further') }, known => [further(by_root('root'), until => $now - 60)]) }],
    [   'a leaf that a key for lists signed',
        $untrusted,
        sub {
            my $signer = further(by_root('root'), usage => usage('cRLSign'));
            (leaf => { signer => key('further') }, chain => [$signer]);
        }
    ],

    ['a list about users', $good, sub { about($users) }],
    ['a list about users, for a CA', $unknown, sub { (about($users), sub => {}) }],
    ['a list about CAs', $unknown, sub { about($cas) }],
    ['a list about CAs, for a leaf with the use of a CA', $unknown, sub { (about($cas), leaf => { usage => $as_ca }) }],
    ['one about users, for such a leaf', $good, sub { (about($users), leaf => { usage => $as_ca }) }],
    ['a list about attribute certificates', $unknown, sub { about($attributes) }],
    ['an indirect list', $unknown, sub { about($indirect) }],
    ['a part for a point', $unknown, sub { about($here) }],
    ['the point of the part', $good, sub { (about($here), leaf_with(points($here))) }],
    [   'the point of a part that revokes',
        $revoked,
        sub { (list => { extensions => scope($here), revoked => ['03'] }, leaf_with(points($here))) }],
    ['the point of another part', $unknown, sub { (about($here), leaf_with(points($elsewhere))) }],
    [   'the point of the part, for some reasons',
        $unknown,
        sub { (about($here), leaf_with(points($here, reasons => $reasons))) }],
    [   'the point of the part, with another issuer of lists',
        $unknown,
        sub { (about($here), leaf_with(points($here, issuer => name(CN => 'nobody')))) }],
    ['a point, and a list of all', $good, sub { leaf_with(points($here)) }],
    [   'lists for some reasons, for the others too',
        $unknown,
        sub { (list => [{ extensions => scope(tlv(0x83, $reasons)) }, { extensions => scope(tlv(0x83, "\0\x1f")) }]) }],
    [   'a list for some reasons by which a leaf is revoked',
        $revoked,
        sub { (list => [{ extensions => scope(tlv(0x83, $reasons)), revoked => ['03'] }]) }],
    ['a delta list alone', $unknown, sub { (list => { number => 2, extensions => delta() }) }],
    ['a list and a delta list', $good, sub { (list => [{}, { number => 2, extensions => delta() }]) }],
    [   'a delta list that revokes',
        $revoked,
        sub { (list => [{}, { number => 2, extensions => delta(), revoked => ['03'] }]) }],
    [   'a list that revokes, and a delta list',
        $revoked,
        sub { (list => [{ revoked => ['03'] }, { number => 2, extensions => delta() }]) }],
    [   'a delta list that is older than the list',
        $good,
        sub { (list => [{ number => 3 }, { number => 2, extensions => delta(), revoked => ['03'] }]) }],
    [   'a delta list with a bad signature',
        $good,
        sub { (list => [{}, { number => 2, extensions => delta(), revoked => ['03'], bad => 1 }]) }],

    ['a CA without basicConstraints', $untrusted, sub { (ca => { basic => '' }) }],
    ['a CA that is none', $untrusted, sub { (ca => { basic => extension('2.5.29.19', tlv(0x30), 1) }) }],
    [   'basicConstraints that are not critical',
        $good, sub { (ca => { basic => extension('2.5.29.19', tlv(0x30, tlv(1, "\xff"))) }) }],
    ['two basicConstraints', $untrusted, sub { (ca => { basic => constraints(0) . constraints() }) }],
    ['a CA of the first version', $untrusted, sub { (ca => { version => 1 }) }],
    ['no CA below', $untrusted, sub { (ca => { basic => constraints(0) }, sub => {}) }],
    ['no CA below, and none there', $good, sub { (ca => { basic => constraints(0) }) }],
    ['one CA below', $good, sub { (ca => { basic => constraints(1) }, sub => { basic => constraints(0) }) }],
    ['no CA below but the same', $good, sub { (ca => { basic => constraints(0) }, sub => { subject => ca() }) }],
    ['a CA as caller', $good, sub { (ca => { basic => constraints(0) }, leaf => { basic => constraints(3) }) }],
    ['a leaf as CA', $untrusted, sub { (sub => { basic => '', usage => usage('digitalSignature') }) }],

    ['a CA that may not sign certificates', $untrusted, sub { (ca => { usage => usage('cRLSign') }) }],
    ['a leaf that may not sign', $untrusted, sub { (leaf => { usage => usage('keyEncipherment') }) }],
    ['a leaf that may agree on keys alone', $untrusted, sub { (leaf => { usage => usage('keyAgreement') }) }],
    [   'a leaf that may agree on keys and sign',
        $good,
        sub { (leaf => { usage => usage('keyAgreement', 'digitalSignature') }) }],
    ['a leaf that may sign documents alone', $untrusted, sub { (leaf => { usage => usage('contentCommitment') }) }],
    ['a leaf without keyUsage', $good, sub { (leaf => { usage => '' }) }],
    ['a leaf for servers', $untrusted, sub { leaf_with(uses(1)) }],
    ['a leaf for both', $good, sub { leaf_with(uses(1, 2)) }],
    ['a leaf for neither', $untrusted, sub { leaf_with(uses(4)) }],
    ['a leaf for any purpose', $untrusted, sub { leaf_with(extension('2.5.29.37', tlv(0x30, oid('2.5.29.37.0')))) }],
    ['a leaf for servers, and for clients', $untrusted, sub { leaf_with(uses(1), uses(2)) }],
    ['a CA for servers', $untrusted, sub { ca_with(uses(1)) }],

    ['an unknown extension', $good, sub { leaf_with(unknown_to_all(0)) }],
    ['a critical one', $untrusted, sub { leaf_with(unknown_to_all(1)) }],
    ['a critical one in the CA', $untrusted, sub { ca_with(unknown_to_all(1)) }],

    ['another policy', $policy, sub { (leaf => { policies => policies('1.2.3.2') }) }],
    ['no policy', $policy, sub { (leaf => { policies => '' }) }],
    ['another policy of the CA', $policy, sub { (ca => { policies => policies('1.2.3.2') }) }],
    ['any policy of the CA', $good, sub { (ca => { policies => $any }) }],
    ['any policy, which is inhibited', $policy, sub { (ca_with($inhibit_any), sub => { policies => $any }) }],
    [   'any policy, which is inhibited, of the same CA',
        $good,
        sub { (ca_with($inhibit_any), sub => { policies => $any, subject => ca() }) }],

    ['a name that is permitted', $good, sub { (ca_with(permitted($us)), leaf => { of('Us') }) }],
    ['a name that is not permitted', $untrusted, sub { (ca_with(permitted($us)), leaf => { of('Them') }) }],
    ['a name that is excluded', $untrusted, sub { (ca_with(excluded($us)), leaf => { of('Us') }) }],
    [   'a name that the CA below permits',
        $untrusted,
        sub {
            my $below = { extensions => [permitted(directory(name(C => 'NL', O => 'Them')))] };
            (ca_with(permitted($us, directory(name(O => 'Cases')))), sub => $below, leaf => { of('Them') });
        }
    ],
    ['a DNS name that is permitted', $good, sub { named(permitted(dns('a.nl')), dns('x.a.nl')) }],
    ['one that is not permitted', $untrusted, sub { named(permitted(dns('a.nl')), dns('xa.nl')) }],
    ['one of two that is not permitted', $untrusted, sub { named(permitted(dns('a.nl')), dns('a.nl'), dns('b.nl')) }],
    ['a DNS name that is excluded', $untrusted, sub { named(excluded(dns('a.nl')), dns('x.A.nl')) }],
    ['an e-mail address that is permitted', $good, sub { named(permitted(email('a.nl')), email('x@a.nl')) }],
    ['one of a host that is not permitted', $untrusted, sub { named(permitted(email('a.nl')), email('x@x.a.nl')) }],
    [   'one in the subject',
        $untrusted,
        sub {
            (ca_with(permitted(email('a.nl'))), leaf => { subject => caller_name(email => \tlv(0x16, 'x@b.nl')) });
        }
    ],
    ['a URI that is permitted', $good, sub { named(permitted(uri('.a.nl')), uri('https://x.a.nl/y')) }],
    ['a URI that is excluded', $untrusted, sub { named(excluded(uri('x.a.nl')), uri('https://x.a.nl/y')) }],
    [   'constraints on names of a kind that is not supported',
        $untrusted, sub { named(permitted(other_name('a')), other_name('a')) }],
    [   'two extensions with constraints',
        $untrusted,
        sub {
            (ca_with(permitted(dns('a.nl')), permitted(dns('b.nl'))), leaf_with(alternative(dns('a.nl'))));
        }
    ],
);

my @leaves;
for my $case (@cases) {
    $n = $cases->next_number;
    push @leaves, $cases->add($case->[2]->());
}
$cases->finish;

# Under the sanitizers, where a handshake takes ten times as long, there is one worker, and each case has one version of
# TLS, in turn.
my $brief = GGI::Nginx::under_instrument();
my $gate = GGI::Gate->new(
    pki => $cases,
    more => "ggi_pkio_crl $cases->{dir}/lists; ggi_pkio_policy $POLICY; ggi_audit_anonymous off;",
    server => 'ssl_verify_depth 5;',
    workers => $brief ? 1 : 2)->start;
my $request = "GET /x HTTP/1.1\r\nHost: localhost\r\n$GGI::Gate::CLAIM\r\nConnection: close\r\n\r\n";

sub verdict {
    my ($text) = @_;
    my ($status) = $text =~ m{\AHTTP/1\.1 (\d+)};
    my ($reason) = $text =~ /"urn:ggi:problem:(\w+)"/;
    return join ' ', $status // 'nothing', $reason // ();
}

my @versions = ('TLSv1_2', 'TLSv1_3');

for my $i (0 .. $#cases) {
    my ($name, $expected) = @{ $cases[$i] };

    # each worker makes a handshake before it knows a CA, and a certificate that is not good gets no session
    my $good = $expected ne $untrusted && $expected ne $expired;
    for my $version ($brief ? $versions[$i % 2] : @versions) {
        my $connections = $good ? $gate->{workers} + 2 : $brief ? 1 : 2;
        my @answers = raw_resumed($gate->port, $request, $leaves[$i], $version, $connections);
        is join(', ', map { verdict($_->[0]) } @answers), join(', ', ($expected) x @answers),
            $i + 1 . ". $name, $version";
        ok $answers[-1][1], 'also of a session that is resumed' if $good;
    }
}
$gate->stop;

# OpenSSL takes a delta list for a whole one there.
my %of = (issuer => GGI::Cases::root_name('root'), key => key('root'), number => 2);
for my $case (['a list', ''], ['a delta list', delta()]) {
    my ($name, $extensions) = @$case;
    my $file =
        write_file("$cases->{dir}/lists.pem", to_pem('X509 CRL', GGI::Crl::list(%of, extensions => $extensions)));
    my $lists = GGI::Gate->new(pki => $cases, server => "ssl_crl $file;");
    my ($fine, $output) = $lists->test_configuration;
    is $fine ? 1 : 0, $extensions eq '' ? 1 : 0, "$name in ssl_crl";
    my $message = qr/"ssl_crl"\ in\ the\ server\ of\ a\ dienst\ has\ a\ delta\ list,\ which\ .*;\ expected\ a\ file
            \ without\ delta\ lists\ for\ the\ server\ in\ \S+nginx\.conf:\d+/x;
    like $output, $fine ? qr/successful/ : $message, 'and what is said';
}

done_testing;
