# SPDX-License-Identifier: EUPL-1.2
# What conf/ has for where a gate runs. kubernetes.yaml: by Kubernetes' own description of its objects, by what its
# parts say of each other, and by the gateway in it. apparmor: by what a gateway does. TLS of nginx.conf: by testssl.sh.
use strict;
use warnings;

use JSON::PP qw(decode_json encode_json);
use Storable qw(dclone);
use Test::More;

use GGI::Apparmor;
use GGI::Child;
use GGI::Conf ();
use GGI::CrlServer;
use GGI::Curl qw(curl);
use GGI::Folder ();
use GGI::Nginx;
use GGI::Pki;
use GGI::Problem qw(allowed refused);
use GGI::Redis;

plan skip_all => 'says nothing about C code' if GGI::Nginx::under_instrument();

my $root = $GGI::Nginx::ROOT;
my $ggictl = "$GGI::Nginx::BUILD/ggictl";
my $dir = GGI::Folder->new;
my $pki = GGI::Pki->new;
my $www = "$dir/www";
mkdir $www or die "$www: $!\n";
my $lists = GGI::CrlServer->new($www);
$pki->run('renew', $_->[0], '--extension', 'crlDistributionPoints = URI:' . $lists->url($_->[1]))
    for ['domain', '/root.crl'], ['issuing', '/domain.crl'];
my @caller = $pki->client('caller', '--oin', '00000001823288444000', '--crl-point', $lists->url('/issuing.crl'));
my @claim = ('-H', 'X-Doelbinding: BRPACT-AlgemeneTaken');
system("$root/scripts/setup", qw(python3-kubernetes apparmor strace testssl.sh)) == 0
    or die "the tools cannot be installed\n";

# conf/nginx.conf, or another text, with an API behind it.
sub gateway {
    my ($conf) = @_;
    $conf =~ s{^http \{}{http \{\n    server \{ listen 127.0.0.1:%%PORT2%%; location / \{ return 200 "the API"; \} \}}m
        or die;
    return GGI::Conf::nginx($conf, $pki, workers => 2);
}

# TLS is looked at while everything else is.
my $tls = gateway(GGI::Conf::content('conf/nginx.conf'))->start;
my $look = GGI::Child->command(
    { out => "$dir/testssl" }, 'testssl', qw(--quiet --color 0 --warnings batch --ip one --fast -p -s -f --jsonfile),
    "$dir/tls.json", '127.0.0.1:' . $tls->port);

# Reads YAML, or JSON, and writes the objects in it as JSON, one a line; then what is wrong with each of them by the
# types that the client of Kubernetes has of its OpenAPI description.
my $CHECK = $dir->file('check.py', <<'PYTHON');
import json, re, sys
import yaml
import kubernetes.client as client

KINDS = {"v1": "V1", "apps/v1": "V1", "policy/v1": "V1", "networking.k8s.io/v1": "V1"}

def check(value, kind, path):
    listed = re.fullmatch(r"list\[(.+)\]", kind)
    mapped = re.fullmatch(r"dict\(str, (.+)\)", kind)
    if listed:
        if not isinstance(value, list):
            yield f"{path}: no list"
            return
        for i, element in enumerate(value):
            yield from check(element, listed[1], f"{path}[{i}]")
    elif mapped:
        if not isinstance(value, dict):
            yield f"{path}: no map"
            return
        for key, element in value.items():
            yield from check(element, mapped[1], f"{path}.{key}")
    elif kind in ("str", "int", "bool"):
        if type(value).__name__ != kind:
            yield f"{path}: no {kind}"
    elif kind != "object":
        model = getattr(client, kind)
        if not isinstance(value, dict):
            yield f"{path}: no {kind}"
            return
        names = {key: name for name, key in model.attribute_map.items()}
        for key in value:
            if key not in names:
                yield f"{path}: {kind} has no {key}"
            else:
                yield from check(value[key], model.openapi_types[names[key]], f"{path}.{key}")
        try:
            model(**{names[key]: value[key] for key in value if key in names})
        except ValueError as error:
            yield f"{path}: {error}"

for document in yaml.safe_load_all(open(sys.argv[1])):
    print(json.dumps(document))
    version = KINDS.get(document.get("apiVersion"))
    if version is None:
        print("fault: no such apiVersion")
        continue
    for fault in check(document, version + document["kind"], document["kind"]):
        print("fault:", fault)
PYTHON

# The objects of a file, and the faults.
sub check {
    my ($file) = @_;
    my ($exit, $said) = GGI::Folder::run('/usr/bin/python3', $CHECK, $file);
    is $exit, 0, 'the file can be read' or diag $said;
    my @lines = split /\n/, $said;
    return ([map { decode_json($_) } grep {/^\{/} @lines], [map { /^fault: (.*)/ ? $1 : () } @lines]);
}

my ($objects, $faults) = check("$root/conf/kubernetes.yaml");
is_deeply $faults, [], 'all is as Kubernetes describes it';
my %of = map { ("$_->{kind} $_->{metadata}{name}" => $_) } @$objects;
is keys %of, 6, 'objects';
my $pod = $of{'StatefulSet ggi-gate'}{spec}{template};
my %container = map { $_->{name} => $_ } map { @{ $pod->{spec}{$_} } } qw(initContainers containers);

subtest 'the description is heeded' => sub {
    my @wrong = (
        [sub { $_[0]{spec}{template}{spec}{containers}[0]{readinesProbe} = {} }, qr/V1Container has no readinesProbe/],
        [sub { $_[0]{spec}{replicas} = 'two' }, qr/StatefulSet\.spec\.replicas: no int/],
        [sub { delete $_[0]{spec}{selector} }, qr/StatefulSet\.spec: .*`selector`.*must not be `None`/],
        [sub { $_[0]{spec}{template}{spec}{volumes} = {} }, qr/volumes: no list/],
        [sub { $_[0]{apiVersion} = 'apps/v1beta7' }, qr/no such apiVersion/]);
    for my $case (@wrong) {
        my $object = dclone($of{'StatefulSet ggi-gate'});
        $case->[0]->($object);
        my (undef, $found) = check($dir->file('wrong.json', encode_json($object)));
        like "@$found", $case->[1], "@$found";
    }
};

subtest 'the parts fit each other' => sub {
    my %volume = map { $_->{name} => $_ } @{ $pod->{spec}{volumes} };
    $volume{ $_->{metadata}{name} } = $_ for @{ $of{'StatefulSet ggi-gate'}{spec}{volumeClaimTemplates} };
    my %used;
    for my $container (values %container) {
        for my $mount (@{ $container->{volumeMounts} }) {
            ok $volume{ $mount->{name} }, "$container->{name}: $mount->{name} is a volume";
            $used{ $mount->{name} } = 1;
        }
        my %context = %{ $container->{securityContext} };
        is delete $context{runAsUser}, $container->{envFrom} ? 65534 : undef,
            "$container->{name} has a user of its own where its environment has passwords";
        is_deeply \%context,
            {
            allowPrivilegeEscalation => JSON::PP::false, readOnlyRootFilesystem => JSON::PP::true,
            capabilities => { drop => ['ALL'] }
            },
            "$container->{name} is confined";
        ok $container->{resources}{limits}{memory}, "$container->{name} has a limit of memory";
        my ($version) = GGI::Conf::content('modules/base/ggi_version.h') =~ /^#define GGI_VERSION +"(.*)"$/m;
        like $container->{image}, qr/:\Q$version\E$/, "$container->{name} is of the version of the header";
    }
    is_deeply [sort keys %used], [sort keys %volume], 'each volume is used';
    my $labels = $pod->{metadata}{labels};
    for my $name (sort keys %of) {
        my $spec = $of{$name}{spec} or next;
        my $selector = $spec->{selector}{matchLabels} // $spec->{podSelector}{matchLabels} // $spec->{selector};
        is_deeply $selector, $labels, "$name is about the pods";
    }
    my %port = map { $_->{name} => $_->{containerPort} } @{ $container{gate}{ports} };
    my $conf = $of{'ConfigMap ggi-nginx'}{data}{'nginx.conf'};
    like $conf, qr/^\s*listen $port{$_}\b/m, "nginx listens on the port $_" for sort keys %port;
    my @named = map { $_->{targetPort} } map { @{ $_->{spec}{ports} } } grep { $_->{kind} eq 'Service' } @$objects;
    push @named, $container{gate}{readinessProbe}{httpGet}{port}, $container{gate}{livenessProbe}{tcpSocket}{port};
    push @named, map { $_->{port} } map { @{ $_->{ports} } } @{ $of{'NetworkPolicy ggi-gate'}{spec}{ingress} };
    ok $port{$_}, "$_ is a port of the gate" for @named;
    like $conf, qr/location = $container{gate}{readinessProbe}{httpGet}{path} \{/, 'the probe asks for what is there';
    is $of{'StatefulSet ggi-gate'}{spec}{serviceName}, 'ggi-gate-pods', 'the pods have names of the second service';
    my %mounted = map { $_->{mountPath} => 1 } @{ $container{gate}{volumeMounts} };
    for my $path ($conf =~ m{ (/(?:etc|var|run)/[\w/.-]+)}g) {
        ok + (grep { index($path, $_) == 0 } keys %mounted), "$path is in a volume";
    }
};

# A command of a container, with each path that is in a volume where the test has that volume, and other changes.
sub command {
    my ($name, $prefix, @change) = @_;
    my @command = @{ $container{$name}{command} };
    my %place = (data => $prefix, keys => $prefix, crl => "$prefix/crl", audit => "$prefix/logs", run => $prefix);
    for my $mount (@{ $container{$name}{volumeMounts} }) {
        s{\Q$mount->{mountPath}\E(?![\w-])}{$place{ $mount->{name} }}g for @command;
    }
    s{^ggictl$}{$ggictl} for @command;
    while (my ($from, $to) = splice @change, 0, 2) {
        $command[-1] =~ s{\Q$from\E}{$to} or die "no $from in $name\n";
    }
    return @command;
}

# A volume of a pod that begins has no list: "lists" brings those of all CAs, or fails.
sub bring_lists {
    my ($nginx) = @_;
    my $prefix = $nginx->prefix;
    unlink glob "$prefix/crl/*";
    $nginx->write('crl.pem', $pki->certificates(qw(caller issuing domain root)));
    my @command = command('lists', $prefix);
    isnt + (GGI::Folder::run(@command))[0], 0, 'while lists cannot be fetched the pod does not begin';
    $pki->run('crls', $www);
    my ($exit, $said) = GGI::Folder::run(@command);
    is $exit, 0, 'it begins when they can' or diag $said;
    my ($mount) = grep { $_->{name} eq 'crl' } @{ $container{gate}{volumeMounts} };
    like $of{'ConfigMap ggi-nginx'}{data}{'nginx.conf'}, qr/ggi_pkio_crl +\Q$mount->{mountPath}\E;/,
        'and they are where the gate reads them';
    return;
}

# A file that was rotated is removed when it is a day old, and all that is recorded is in the database; others stay.
sub ships {
    my ($redis, $prefix, $old) = @_;
    my @ship = command('ship', $prefix, 'ggictl' => $ggictl, 'sleep 10' => 'break');
    my $chain = GGI::Folder::content($old) =~ /"ggi\.chain\.id":"([0-9a-f-]+)"/ ? $1 : die "no chain in $old\n";
    my @others = grep { $_ ne $old } glob "$prefix/logs/ggi-audit.*";
    my $at = sub { return "redis://ship:change-me-as-well\@127.0.0.1:$_[0]/0" };
    my $run = sub { local $ENV{GGI_SHIP_TO} = $at->($_[0]); return GGI::Folder::run(@ship) };
    utime time - 90_000, time - 90_000, $old;
    like + ($run->(1))[1], qr/127\.0\.0\.1:1/, 'a database that does not answer';
    ok -e $old, 'is waited for';
    utime undef, undef, $old;
    $run->($redis->port);
    cmp_ok $redis->cli('XLEN', "ggi:audit:$chain"), '>', 0, 'what was recorded is shipped';
    ok -e $old, 'and a file that is not a day old stays';
    utime time - 90_000, time - 90_000, $old, grep {/\.jsonl\z/} @others;
    $run->($redis->port);
    ok !-e $old, 'an old one does not';
    is_deeply [glob "$prefix/logs/ggi-audit.*"], \@others, 'but all others stay';
    return;
}

subtest 'its gateway' => sub {
    my $acl = $dir->file(
        'users.acl',
        GGI::Conf::content('conf/redis-users.acl') =~ s/^user default off$/user default on nopass ~* &* +\@all/mr);
    my $redis = GGI::Redis->with_tls($pki, 'server', '--aclfile', $acl);
    my $conf = $of{'ConfigMap ggi-nginx'}{data}{'nginx.conf'};
    unlike $conf, qr{://[^/\s]*\@}, 'the ConfigMap has no password';
    my $url = $redis->url;
    $conf =~ s{server brp:8080}{server 127.0.0.1:8080} or die;
    $conf =~ s{listen 8443}{listen 443} or die;
    $conf =~ s{listen 9145}{listen 127.0.0.1:9145} or die;
    $conf =~ s{/etc/nginx/keys}{/etc/nginx/ggi}g;
    $conf =~ s{/var/lib/ggi-crl}{/etc/nginx/ggi/crl} or die;
    $conf =~ s{error_log /dev/stderr}{error_log /var/log/nginx/error.log} or die;
    my $nginx = gateway($conf);
    my ($include) = GGI::Conf::content('conf/kubernetes.yaml') =~ /^# +(ggi_autorisatie_redis .*;)$/m;
    $include =~ s{\@redis:6380/}{'@localhost:' . $redis->tls_port . '/'}e or die $include;
    $nginx->write('redis.conf', $include =~ s{/etc/nginx/ggi}{$nginx->prefix}er);
    bring_lists($nginx);
    $nginx->start;
    my ($exit, $said) = GGI::Folder::run($ggictl, qw(profiel load --redis), $url, "$root/conf/profielen.json");
    is $exit, 0, 'profiles are put into Redis' or diag $said;
    my $address = 'https://127.0.0.1:' . $nginx->port . '/brp/personen/1';
    is allowed(curl($address, @caller, @claim), 'a call'), 'the API', 'it reaches the API';
    refused(curl($address, @caller), 400, 'claim_missing', 'a call without a claim');
    is curl($nginx->url($container{gate}{readinessProbe}{httpGet}{path}, 3))->{status}, 200, 'the probe is answered';

    my $prefix = $nginx->prefix;
    pipe my $in, my $turn or die "pipe: $!\n";
    my $child = GGI::Child->command(
        { in => $in, out => "$prefix/rotate" },
        command('rotate', $prefix, 'sleep 3600' => 'read -r turn'));
    close $in;
    my ($file) = grep {-s} glob "$prefix/logs/ggi-audit.*.jsonl";
    my $written = GGI::Folder::content($file);
    syswrite $turn, "\n";
    ok $nginx->wait_for(sub { -e $file && !-s $file }, 'a new file'), 'the log is rotated';
    my @old = glob "$file-*";
    is @old, 1, 'the file before has another name';
    is index(GGI::Folder::content($old[0]), $written), 0, 'and what was in it';
    allowed(curl($address, @caller, @claim), 'a call after that') for 1 .. 4;
    ok $nginx->wait_for(
        sub {
            grep {-s} glob "$prefix/logs/ggi-audit.*.jsonl";
        },
        'a record'),
        'is in a new file';
    close $turn;
    is $child->wait, 0, 'and the loop ends with what it waits for' or diag GGI::Folder::content("$prefix/rotate");
    ships($redis, $prefix, @old);
    is_deeply [GGI::Nginx::warnings_in($nginx->read('logs/error.log'))], [], 'no warning';
    $nginx->stop;
};

subtest 'the profile of AppArmor' => sub {
    my $file = "$root/conf/apparmor";
    my ($exit, $said) = GGI::Folder::run(qw(apparmor_parser --skip-kernel-load --skip-cache), $file);
    is $exit, 0, 'apparmor_parser compiles it' or diag $said;
    my $profile = GGI::Apparmor->new($file);

    my $nginx = gateway(GGI::Conf::content('conf/nginx.conf'));
    my $prefix = $nginx->prefix;
    mkdir "$prefix/trace" or die $!;
    $nginx->{binary} = $dir->file('traced', <<"SH");
#!/bin/sh
exec strace -D -ff -y -qq -e trace=%file,flock,fcntl -o $prefix/trace/of /usr/sbin/nginx "\$\@"
SH
    chmod 0755, $nginx->{binary};
    $nginx->start;
    my $address = 'https://127.0.0.1:' . $nginx->port . '/brp/personen/1';
    allowed(curl($address, @caller, @claim), 'a call');
    $nginx->reload;
    my @log = glob "$prefix/logs/ggi-audit.*.jsonl";
    rename $_, "$_-1" for @log;
    $nginx->signal('USR1');
    $nginx->wait_for(
        sub {
            @log == grep {-e} @log;
        },
        'new files');
    $pki->run('revoke', 'caller');
    $pki->run('crls', "$prefix/crl");
    $nginx->wait_for(sub { curl($address, @caller, @claim)->{status} == 403 }, 'a revocation list is read');
    $nginx->stop;

    # where the files of the test would be
    my @places = (
        [qr{\A\Q$prefix\E/logs(?=/)}, '/var/log/nginx'], [qr{\A\Q$prefix\E/(?=nginx\.pid)}, '/run/'],
        [qr{\A\Q$prefix\E/(?=nginx\.conf)}, '/etc/nginx/'],
        [qr{\A\Q$prefix\E/(?=(?:client_body|proxy|fastcgi|uwsgi|scgi)\b)}, '/var/lib/nginx/'],
        [qr{\A\Q$prefix\E(?=/)}, '/etc/nginx/ggi'], [qr{\A\Q$GGI::Nginx::BUILD\E(?=/)}, '/usr/lib/nginx']);
    my %did = GGI::Apparmor::traced(
        sub {
            my ($path) = @_;
            $path =~ s/$_->[0]/$_->[1]/ and last for @places;
            return $path;
        },
        glob "$prefix/trace/of.*");
    is_deeply [grep {$_} map { my $lacks = $profile->lacks($_, $did{$_}); $lacks && "$lacks of $_" } sort keys %did],
        [], 'it lets the gateway do what it did';
    for my $seen (
        ['/var/log/nginx/ggi-audit.0.jsonl', 'krw'], ['/etc/nginx/ggi/crl/', 'r'], ['/etc/nginx/ggi/server.key', 'r'],
        ['/usr/lib/nginx/modules/ngx_http_ggi_audit_module.so', 'mr'], ['/memfd:ggi_pkio_crl', 'k']
    ) {
        is $did{ $seen->[0] }, $seen->[1], "$seen->[0]: $seen->[1] was seen";
    }
    system("$root/scripts/setup", qw(libnginx-mod-http-lua lua-nginx-redis)) == 0 or die "Lua cannot be installed\n";
    my @needs = grep {m{\.(?:lua|so[\d.]*)\n?\z}} qx(dpkg -L libnginx-mod-http-lua lua-nginx-redis lua-resty-core);
    chomp @needs;
    cmp_ok scalar(@needs), '>', 20, 'the libraries of Lua';
    is_deeply [grep { $profile->lacks($_, 'r') } @needs], [], 'may be read, for limieten.lua';
    is $profile->lacks($_->[0], $_->[1]), $_->[1], "and it may not do $_->[1] to $_->[0]"
        for ['/etc/nginx/ggi/server.key', 'w'], ['/etc/nginx/nginx.conf', 'w'], ['/usr/lib/nginx/modules/x.so', 'w'],
        ['/etc/shadow', 'r'], ['/root/.ssh/id_rsa', 'r'], ['/bin/sh', 'x'], ['/usr/bin/perl', 'x'], ['/home/x/y', 'r'],
        ['/tmp/x', 'w'], ['/var/lib/ggi-seal/key', 'r'];
};

subtest 'TLS by NCSC-NL 2025' => sub {
    $look->wait;
    my $found = eval { decode_json(GGI::Folder::content("$dir/tls.json")) }
        or return fail(GGI::Folder::content("$dir/testssl"));
    my %said = map { $_->{id} => $_->{finding} } @$found;
    is $said{$_}, 'not offered', "$_ is not offered"
        for qw(SSLv2 SSLv3 TLS1 TLS1_1), map {"cipherlist_$_"} qw(NULL aNULL EXPORT LOW 3DES_IDEA AVERAGE);
    like $said{$_}, qr/^offered/, "$_ is offered" for qw(TLS1_2 TLS1_3 cipherlist_STRONG PFS);
    is_deeply [grep { !/^(?:TLS_(?:AES|CHACHA20)|ECDHE-\w+-(?:AES\d+-GCM|CHACHA20))/ } split ' ', $said{PFS_ciphers}],
        [],
        'all ciphers have forward secrecy and are AEAD';
    is_deeply [sort split ' ', $said{PFS_ECDHE_curves}], [qw(X25519 prime256v1 secp384r1)], 'its curves';
    is_deeply [map {"$_->{id}: $_->{finding}"} grep { $_->{severity} =~ /^(?:LOW|MEDIUM|HIGH|CRITICAL)$/ } @$found], [],
        'and testssl.sh finds nothing bad';
    $tls->stop;
};

done_testing;
