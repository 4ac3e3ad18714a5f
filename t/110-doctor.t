# SPDX-License-Identifier: EUPL-1.2
# ggictl doctor: a gate of which nothing is wrong, each thing that is, and what a supporter is given of it.
use strict;
use warnings;

use IPC::Open3 qw(open3);
use JSON::PP qw(decode_json encode_json);
use POSIX qw(strftime);
use Test::More;

use GGI::Conf ();
use GGI::Curl qw(curl);
use GGI::Disk;
use GGI::Folder ();
use GGI::Nginx;
use GGI::Pki;
use GGI::Redis;

plan skip_all => 'runs no code of the modules that others do not' if GGI::Nginx::under_instrument();
delete @ENV{qw(GGI_REDIS GGI_REDIS_CA GGI_REDIS_CERT GGI_REDIS_KEY http_proxy)};

my $tool = "$GGI::Nginx::BUILD/ggictl";
my $pki = GGI::Pki->new;
my $dir = GGI::Folder->new;

# Runs the tool: exit status, and its output with its errors. Whether this machine's clock is synchronised is no
# matter of the test.
sub doctor {
    my (@arguments) = @_;
    my ($exit, $said) = GGI::Folder::run($tool, 'doctor', @arguments);
    return ($exit, $said =~ s/^warning: clock: nothing synchronises.*\n//mr);
}

# A gateway as conf/nginx.conf has it, with what that leaves to the operator, and a change of the text.
sub gateway {
    my ($change, %args) = @_;
    my $text = GGI::Conf::content('conf/nginx.conf');
    my $more =
          'ggi_audit_seal required=5m; ssl_session_tickets off; limit_conn_zone $ggi_oin zone=organisations:1m; '
        . 'limit_conn organisations 64; '
        . 'server { listen 127.0.0.1:9145; location = /metrics { ggi_status; } }';
    $text =~ s/^http \{/http {\n$more/m or die;
    $text = $change->($text) if $change;
    my $nginx = GGI::Conf::nginx($text, $pki, allow_errors => [qr/seal/], %args);
    chmod 0400, $nginx->prefix . "/$_" for qw(server.key pseudonym.key);
    return $nginx;
}

# The options that name what "nginx -T" says of a gateway.
sub config {
    my ($nginx) = @_;
    my ($exit, $text) = GGI::Folder::run($nginx->command, '-T');
    is $exit, 0, 'nginx -T' or diag $text;
    return ('--config', $nginx->write('T', $text =~ s/^nginx: .*\n//mgr));
}

my $nginx = gateway();
my $prefix = $nginx->prefix;
$nginx->start;
my $log = "$prefix/logs/ggi-audit.jsonl";
is((GGI::Folder::run($tool, qw(audit seal --log), $log, '--keys', "$prefix/keys"))[0], 0, 'its log is sealed');
my @config = config($nginx);
my @status = ('--status', $nginx->url('/metrics', 3));

subtest 'a gate of which nothing is wrong' => sub {
    my ($exit, $said) = doctor(@config, @status);
    like $said, qr/\A0 critical, [01] warnings?\n\z/, 'nothing is found';
    cmp_ok $exit, '<=', 1, 'exit status';
    my $result = decode_json((GGI::Folder::run($tool, 'doctor', @config, qw(-o json)))[1]);
    is_deeply [grep { $_->{topic} ne 'clock' } @{ $result->{found} }], [], 'as JSON';
    is $result->{critical}, 0, 'with its numbers';
};

# What is found after a change, and the exit status; the change is then taken back.
sub finds {
    my ($name, $status, $message, $change, $back, @arguments) = @_;
    $change->();
    my ($exit, $said) = doctor(@config, @arguments);
    $back->() if $back;
    is $exit, $status, "$name: exit status" or diag $said;
    like $said, qr/^$message/m, 'and what is found';
    return;
}

my $mode = sub {
    my ($mode, $file) = @_;
    return sub { chmod $mode, "$prefix/$file" or die "$file: $!\n" }
};
subtest 'files' => sub {
    finds(
        "$_ that all can read", 2, qr/critical: key: \Q$prefix\E\/$_: .*mode 0644: take .*chmod 400/,
        $mode->(oct('644'), $_), $mode->(oct('400'), $_)) for qw(server.key pseudonym.key);
    finds(
        'a log that all can read', 1, qr/warning: log: \Q$prefix\E.*ggi-audit\.0\.jsonl: others can read.*chmod o=/,
        $mode->(oct('644'), 'logs/ggi-audit.0.jsonl'), $mode->(oct('640'), 'logs/ggi-audit.0.jsonl'));
    my $large = "$prefix/logs/ggi-audit.9.jsonl";
    finds(
        'a log that is not rotated', 1,
        qr/warning: rotation: \Q$large\E: has more than 1 GB.*\/doc\/ggictl\/examples\/logrotate/,
        sub { open my $fh, '>', $large or die; truncate $fh, 2**30 + 1; close $fh; chmod 0640, $large },
        sub { unlink $large });
    my $seals = "$prefix/logs/ggi-audit.seals";
    my $seal =
        quotemeta 'run "ggictl audit seal", by ggi-seal.service of the package ggictl, as "systemctl cat ggi-seal"'
        . ' says at its top';
    like GGI::Conf::content('conf/systemd/ggi-seal.service'),
        qr/\A(?:#.*\n)*?# .*To install, as root:\n#\n(?:#   .*\n)*#   .*enable --now ggi-seal\.service\n/,
        'which says at its top how it is set up';
    finds(
        'old seals', 2, qr/critical: seal: \Q$seals\E: the last seal is more than five minutes old: $seal$/m,
        sub { utime time - 301, time - 301, $seals }, sub { utime time, time, $seals });
    finds(
        'no seals', 1, qr/warning: seal: \Q$seals\E: nobody seals .* unseen: $seal$/m,
        sub { rename $seals, "$prefix/away" },
        sub { rename "$prefix/away", $seals });
    my ($list) = grep {m{root}} glob "$prefix/crl/*";
    finds(
        'a CA without a list', 2, qr/critical: lists: \Q$prefix\E\/crl: no usable list of .*ggictl crl fetch/,
        sub { rename $list, "$prefix/away" }, sub { rename "$prefix/away", $list });
    my $text = GGI::Folder::content("$prefix/server.pem");
    my $put = sub { my ($name) = @_; system 'cp', $pki->dir . "/$name.pem", "$prefix/server.pem" };
    for (
        [29, 1, 'warning: certificate: .*expires in 2[89] days: have it renewed'],
        [-1, 2, 'critical: certificate: .*has expired']
    ) {
        my ($days, $exit, $message) = @$_;
        my $until = qx(date -u -d 'now $days days' +%Y%m%d%H%M%SZ);
        chomp $until;
        $pki->leaf("short$exit", '--not-before', '20200101000000Z', '--not-after', $until);
        finds(
            "a certificate until $days days from now", $exit, qr/$message/, sub { $put->("short$exit") },
            sub { $nginx->write('server.pem', $text) });
    }
};

subtest 'the running gate' => sub {
    my $lists = decode_json(curl($nginx->url('/metrics', 3), -H => 'Accept: application/json')->{body});
    my $soon = time + 1800;
    for my $list (@{ $lists->{ggi_pkio_crl_next_update_timestamp_seconds} }) {
        $list->{value} = $soon;
    }
    {
        local $ENV{GGI_NEXT_UPDATE} = strftime '%Y%m%d%H%M%SZ', gmtime $soon;
        $pki->run('crls', "$prefix/crl");
    }
    my ($exit, $said) = doctor(@config, '--status', $dir->file('lists', encode_json($lists)));
    is scalar(() = $said =~ /^warning: lists: the list of CN=.* expires in (?:29|30) minutes: fetch/mg), 3,
        'lists that expire soon are told once, on the disk and in the gate'
        or diag $said;
    is scalar(() = $said =~ /: lists: /g), 3, 'and nothing else of lists';
    $pki->run('crls', "$prefix/crl");

    my $status = { time => time, ggi_audit_waiting_bytes => 2_000_000 };
    finds(
        'records that wait', 2, qr/critical: log: records wait to be written: look at the disk/,
        sub { $dir->file('status', encode_json($status)) }, undef, '--status', "$dir/status");
    finds(
        'a gate that is not there', 2, qr/critical: status: no status of the gate: .*see whether nginx runs/,
        sub { }, undef, '--status', 'http://127.0.0.1:1/metrics');
};

subtest 'the configuration' => sub {
    for (
        [   's/^( +)ggi_dienst +brp-bevragen;/$1ggi_dienst brp-bevragen; ggi_pkio observe;/m',
            qr/warning: mode: .*nginx\.conf:\d+: "ggi_pkio observe" lets calls through/],
        [   's/TLSv1\.2 TLSv1\.3/TLSv1.1 TLSv1.2/',
            qr/critical: tls: .*"ssl_protocols" has TLSv1\.1: set "ssl_protocols TLSv/],
        ['s/^ +ssl_ciphers .*;/ssl_ciphers HIGH;/m', qr/warning: tls: .*"ssl_ciphers" has .*: keep to ECDHE/],
        ['s/ssl_session_tickets off;//', qr/warning: resumption: .*: set "ssl_session_tickets off"/],
        ['s/limit_conn organisations 64;//; s/limit_conn_zone .*?;//', qr/warning: limits: .*: set "limit_req_zone /],
        ['s/ggi_audit_seal.*?;//', qr/warning: seal: calls go on when/],
    ) {
        my ($change, $message) = @$_;
        my $other = gateway(
            sub {
                local $_ = $_[0];
                eval $change;    ## no critic (ProhibitStringyEval)
                die $@ if $@;
                return $_;
            });
        my ($exit, $said) = doctor(config($other));
        like $said, qr/^$message/m, $change;
        cmp_ok $exit, '>', 0, 'exit status';
    }
};

# What doctor says of the nginx.conf of the Debian package as it is, with these files in sites-enabled: the exit status,
# and what is left without the findings about the log, which no nginx has written.
sub debian {
    my (%sites) = @_;
    my $stock = GGI::Folder::content('/etc/nginx/nginx.conf') =~ s{/etc/nginx/(conf\.d|sites-)}{%%PREFIX%%/$1}gr;
    my $other = GGI::Conf::nginx($stock, $pki, allow_errors => [qr/seal/]);
    mkdir $other->prefix . "/$_" or die "$_: $!\n" for qw(conf.d sites-enabled);
    $other->write('conf.d/ggi.conf', <<'CONF');
ggi_pkio_crl              %%PREFIX%%/crl;
ggi_autorisatie_file      %%PREFIX%%/profielen.json;
ggi_doelbinding_register  %%PREFIX%%/doelbindingen.json;
ggi_dienst_organisation   00000004000000068000 "Rijksdienst Voorbeeld";
ggi_audit_log             %%PREFIX%%/logs/ggi-audit.jsonl;
ggi_audit_pseudonym_key   %%PREFIX%%/pseudonym.key;
ggi_audit_seal            required=5m;
limit_conn_zone           $ggi_oin zone=organisations:1m;
server { listen 127.0.0.1:%%PORT3%%; location = /ggi-status { ggi_status; } }
CONF
    $other->write("sites-enabled/$_", $sites{$_}) for keys %sites;
    chmod 0400, $other->prefix . "/$_" for qw(server.key pseudonym.key);
    my ($exit, $said) = doctor(config($other));
    my $place = $other->prefix;
    return ($exit, $said =~ s/^warning: (?:log|seal): .*\n//mgr =~ s/\Q$place\E\///gr);
}

# A file of a server with a dienst, and with more directives.
sub api {
    my ($more) = @_;
    return <<"CONF";
server {
    listen 127.0.0.1:%%PORT%% ssl;
    server_name api.example.nl;
    ssl_certificate        %%PREFIX%%/server.pem;
    ssl_certificate_key    %%PREFIX%%/server.key;
    ssl_client_certificate %%PREFIX%%/pkioverheid-private.pem;
    ssl_verify_client      optional;
    ssl_ciphers            ECDHE+AESGCM;
    ssl_session_tickets    off;
    $more
    location /brp/ { ggi_dienst brp-bevragen; limit_conn organisations 64; proxy_pass http://127.0.0.1:%%PORT2%%; }
}
CONF
}

subtest 'under the nginx.conf of Debian, which has TLS 1.0 and 1.1 on' => sub {
    my $protocols = 'ssl_protocols TLSv1.2 TLSv1.3;';
    my ($exit, $said) = debian(api => api($protocols));
    like $said, qr/\A\d critical, \d warnings?\n\z/, 'a server with protocols of its own: nothing is found';
    cmp_ok $exit, '<', 2, 'exit status';

    ($exit, $said) = debian(api => api(''));
    like $said,
        qr/\Acritical: tls: nginx\.conf:\d+: "ssl_protocols" has TLSv1: set "ssl_protocols TLSv1\.2 TLSv1\.3" in /,
        'one without';
    like $said, qr/in the server of sites-enabled\/api:1$/m, 'where the remedy has its place';
    is $exit, 2, 'exit status';

    my $site = 'server { listen %s ssl; ssl_certificate %%%%PREFIX%%%%/server.pem; ssl_ciphers HIGH; location / { '
        . 'proxy_pass http://127.0.0.1:1; } ssl_certificate_key %%%%PREFIX%%%%/server.key; ssl_session_tickets on; }';
    ($exit, $said) = debian(api => api($protocols), other => sprintf($site, '127.0.0.1:%%PORT4%%'));
    like $said, qr/\A\d critical, \d warnings?\n\z/, 'another site is not judged';
    cmp_ok $exit, '<', 2, 'exit status';

    ($exit, $said) = debian(api => api($protocols), aaa => sprintf($site, '127.0.0.1:%%PORT%%'));
    like $said, qr/\A(?:critical: tls: .* in the server of sites-enabled\/aaa:1\n){2}\d critical/,
        'unless it is the default server of the listener, by whose protocols TLS begins';

    my $old = "server { listen 127.0.0.1:%%PORT4%%;\nlocation / {\nMORE proxy_pass http://localhost:%%PORT2%%/; } }";
    ($exit, $said) = debian(api => api($protocols), old => $old =~ s/MORE//r);
    like $said,
        qr{\Acritical: open: sites-enabled/old:2: this location leads past all gates to 127\.0\.0\.1:\d+, as the },
        'a site that leads to the API of the dienst';
    is $exit, 2, 'exit status';
    ($exit, $said) = debian(api => api($protocols), old => $old =~ s/MORE/ggi_dienst off;/r);
    like $said, qr/\A\d critical, \d warnings?\n\z/, 'which can be meant';
};

subtest 'Redis' => sub {
    my $redis = GGI::Redis->new;
    my @redis = ('--redis', $redis->url);
    finds(
        'a Redis that keeps nothing', 1, qr/warning: redis: redis .* keeps no file .*"appendonly yes"/,
        sub { }, undef, @redis);
    $redis->cli(qw(config set appendonly yes));
    my ($exit, $said) = doctor(@config, @redis);
    like $said, qr/\A0 critical/, 'one that does';
    unlike $said, qr/redis/, 'is good';
    $redis->cli(qw(del ggi:dataset));
    finds('one without a data set', 2, qr/critical: redis: .* has no data set/, sub { }, undef, @redis);
    $redis->cli(qw(acl setuser untold on >pass ~* &* +@all -info));
    finds(
        'to a user who may not ask for INFO as well', 2, qr/.* give its user the right \+info.*\n.* has no data set/,
        sub { }, undef, '--redis', $redis->url =~ s{//}{//untold:pass@}r);
    $redis->cli(qw(hset ggi:dataset id test number 1));
    $redis->cli(qw(replicaof 127.0.0.1 1));
    finds('a replica', 2, qr/critical: redis: .*lost its primary.*\n/, sub { }, undef, @redis);
    $redis->stop('KILL');
    my $mutual = GGI::Redis->with_tls($pki, 'server', '--tls-auth-clients', 'yes', '--appendonly', 'yes');
    $mutual->cli(qw(hset ggi:dataset id test number 1));
    my $soon = strftime('%Y%m%d%H%M%SZ', gmtime time + 5 * 86400);
    my $at = $pki->leaf('gate', '--not-after', $soon);
    chmod 0644, "$at.key" or die;
    my $url = 'rediss://127.0.0.1:' . $mutual->tls_port;
    my $conf = sub {
        my ($files) = @_;
        my $more = "http { ggi_functie_redis $url ca=@{[ $pki->dir ]}/roots.pem $files; }";
        return ('--config', $dir->file('redis.conf', $more));
    };
    ($exit, $said) = doctor($conf->("cert=$at.pem key=$at.key"));
    unlike $said, qr/ redis: /, 'a Redis of the configuration, with its client certificate';
    like $said, qr/^warning: certificate: .*gate\.pem.* expires in \d days: have it renewed/m, 'which soon expires';
    like $said, qr/^critical: key: \Q$at\E\.key: .*mode 0644/m, 'and whose key others can read';
    ($exit, $said) = doctor($conf->(''));
    like $said, qr/^critical: redis: redis cannot be used: the server asks for a client certificate/m, 'without it';
    ($exit, $said) = doctor($conf->(''), '--redis-cert', "$at.pem", '--redis-key', "$at.key");
    unlike $said, qr/ redis: /, 'or with that of the options';
    finds('a Redis that is gone', 2, qr/critical: redis: redis cannot be used: /, sub { }, undef, @redis);
};

subtest 'a disk that is full' => sub {
    plan skip_all => $GGI::Disk::WHY if !GGI::Disk->available;
    my $disk = GGI::Disk->new(size => '1m');
    my $at = quotemeta $disk->path;
    my ($exit, $said) = doctor('--config', $dir->file('full', "http { ggi_audit_log @{[ $disk->path ]}/a.jsonl; }"));
    like $said, qr{^critical: disk: $at/: [01] MB are left for the audit log; .*audit_unavailable: make room}m,
        'is told before it is';
    ($exit, $said) = doctor('--config', $dir->file('room', 'http { ggi_audit_log /proc/a.jsonl; }'));
    unlike $said, qr/: disk: /, 'one that has no size is not judged';
};

subtest 'names that do something to a terminal' => sub {
    my $name = qq({"\x{202e}\x{9b}31m\\u001b[2J\\u000a"});
    utf8::encode $name;
    my ($odd) = $name =~ /"(.*)"/;
    my $status = $dir->file('odd.json', qq({"time":@{[ time ]},"ggi_pkio_crl_faulty":[{"file":"$odd","value":1}]}));
    my ($exit, $said) = doctor(@config, '--status', $status);
    like $said, qr/^warning: lists: "\?{5}31m\?\[2J\?" of ggi_pkio_crl/m, 'are shown without that';
    unlike $said, qr/[^\n -~]/, 'all of them';
};

subtest 'what it cannot look at' => sub {
    for (
        [['--config', "$dir/none"], qr/none: No such file/],
        [['--config', $dir->file('odd', 'a {')], qr/nginx\.conf:1: a block has no end; expected/],
        [['--config', $dir->file('open', "http {\n x")], qr/nginx\.conf:2: a directive has no end; expected/],
        [['--config', $dir->file('empty', '')], qr/no directive is in it/],
        [[@config, '--bundle', '/nowhere/x'], qr/\/nowhere\/x: No such file/],
    ) {
        my ($exit, $said) = GGI::Folder::run($tool, 'doctor', @{ $_->[0] });
        is $exit, 3, "exit status of doctor @{$_->[0]}";
        like $said, $_->[1], 'with a message';
    }
    my ($exit, $said) = GGI::Folder::run($tool, qw(doctor -o json --config), "$dir/none");
    unlike $said, qr/\{/, 'and no JSON';
};

subtest 'the bundle' => sub {
    my $redis = GGI::Redis->new(options => ['--requirepass', 's3cr3t-of-redis']);
    my $port = $redis->port;
    my $other = gateway(
        sub {
            return $_[0] =~ s{^ +ggi_autorisatie_file .*}{ggi_autorisatie_zone profielen:1m;
                ggi_doelbinding_toestemmingen_redis sentinel://127.0.0.1:$port/mymaster
                    sentinel_password=s3cr3t-of-sentinels;
                ggi_autorisatie_redis redis://:s3cr3t-of-redis\@127.0.0.1:$port/0;}mr =~
                s{^( +location /brp/ \{)}{$1 proxy_set_header Authorization "Bearer t0ken-of-api";
                    set \$key k3y-of-api; # c0mment-of-admin
                    error_page 404 /persoon/123456782;
                    ggi_dienst_contact mailto:j.jansen\@example.nl;}mr =~
                s[^http \{][http {\n    map \$http_authorization \$who { "Bearer m4p-key" 1; ssl_1-key m4p-value; }]mr;
        });
    $other->write('pseudonym.key', 'p5eudonym-key' . 'k' x 19);
    my @other = config($other);
    my ($exit, $said) = doctor(@other, @status, '--bundle', "$dir/bundle");
    cmp_ok $exit, '<', 3, 'it is written';
    my $text = GGI::Folder::content("$dir/bundle");
    my $dump = GGI::Folder::content($other[1]);
    my @secrets = qw(s3cr3t-of-redis s3cr3t-of-sentinels t0ken-of-api k3y-of-api c0mment-of-admin 123456782 j.jansen);
    for my $secret (@secrets, qw(m4p-key ssl_1-key m4p-value)) {
        like $dump, qr/\Q$secret\E/, "the configuration has $secret";
        unlike $text . $said, qr/\Q$secret\E/, 'which is in neither bundle nor output';
    }
    unlike $text, qr/p5eudonym|PRIVATE KEY|BEGIN/, 'nor is what is in the files of keys';
    is((stat "$dir/bundle")[2] & oct('7777'), oct('600'), 'its mode');
    my $bundle = decode_json($text);
    like $bundle->{$_}, qr/\S/, "it has $_" for qw(ggictl openssl kernel machine time);
    ok $bundle->{status}{ggi_build_info}[0]{nginx}, 'the status of the gate';
    my @shown = @{ $bundle->{configuration} };
    ok + (grep {/: ggi_dienst brp-bevragen$/} @shown), 'the diensten';
    ok + (grep {m{: ggi_autorisatie_redis redis://\*\*\*\@127\.0\.0\.1:$port/0$}} @shown), 'where Redis is';
    ok + (grep {/: proxy_set_header \.\.\.$/} @shown), 'and that there are other directives';
    is scalar @{ $bundle->{found} }, $said =~ /^(\d+) critical, (\d+)/m && $1 + $2, 'and all that was found';
    ($exit, $said) = doctor(@other, '--bundle', "$dir/bundle");
    is $exit, 3, 'a file that is there is not replaced';
    my $wrong =
        $dir->file('wrong.json', '{"person":{"name":"Jansen"},"ggi_pkio_crl_faulty":[{"file":"123456782.crl"}]}');
    doctor(@other, '--status', $wrong, '--bundle', "$dir/wrong");
    is_deeply decode_json(GGI::Folder::content("$dir/wrong"))->{status},
        { ggi_pkio_crl_faulty => [{ file => '*********.crl' }] }, 'of what is no status nothing is taken over';
};

$nginx->stop;

done_testing;
