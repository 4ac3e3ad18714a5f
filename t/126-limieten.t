# SPDX-License-Identifier: EUPL-1.2
# One limit per organisation over two gateways: conf/limieten.lua, as conf/README.md shows it, with a real Redis.
use strict;
use warnings;

use File::Temp ();
use JSON::PP qw(decode_json encode_json);
use Test::More;

use GGI::Audit ();
use GGI::Conf;
use GGI::Curl ();
use GGI::Folder ();
use GGI::Gate;
use GGI::Pki;
use GGI::Problem qw(refused);
use GGI::Redis;

plan skip_all => 'LuaJIT is not what the sanitizers look at' if GGI::Nginx::under_instrument();

my $root = $GGI::Nginx::ROOT;
system("$root/scripts/setup", qw(libnginx-mod-http-lua lua-nginx-redis)) == 0 or die "Lua cannot be installed\n";

my $acl = File::Temp->new;
print {$acl} GGI::Conf::content('conf/redis-users.acl');
close $acl or die $!;
chmod 0644, "$acl";
my $redis = GGI::Redis->new(options => ['--aclfile', "$acl"], cli => [qw(--no-auth-warning --user default)]);
my $pki = GGI::Pki->new;

# Both parts of the guide, with the limit of this test in place of fifty and a hundred.
my ($guide) = GGI::Conf::content('conf/README.md') =~ /^## Limits\n(.*?)^## /ms;
my ($http, $server) = $guide =~ /^```nginx\n(.*?)^```/msg;
my ($rate, $burst) = (1, 9);
$http =~ s{/etc/nginx/ggi/}{$root/conf/} or die;
my $how = 'limits.user, limits.password, limits.timeout = "limieten", "change-me-further", 2000';
$http =~ s{6379}{@{[ $redis->port ]}\n    $how} or die;
$server =~ s/50, 100/$rate, $burst/ or die;

my ($profile) = @{ decode_json($GGI::Gate::PROFILES) };
my $other = '00000004003214345000';

# A location that Lua answers, with braces that nginx does not count.
my $lua = <<'LUA';
location = /lua {
    content_by_lua_block {
        -- it's no } and no "
        local t = { "}", '\'}', [==[ } ]] -- ]==], { 1 } } --[[ } ' ]]
        ngx.say(#t)
    }
}
location /open/ { proxy_pass http://api; }
LUA

sub gateway {
    return GGI::Gate->new(
        pki => $pki,
        main => join('', map {"load_module /usr/lib/nginx/modules/$_.so;\n"} qw(ndk_http_module ngx_http_lua_module)),
        gates => [qw(pkio autorisatie doelbinding audit)],
        profiles => encode_json([$profile, { %$profile, oin => $other }]),
        more => $http,
        server => $server,
        locations => "location / { ggi_dienst brp; proxy_pass http://api; }\n$lua",
        allow_errors => [qr/the limits over all gateways are not counted/])->start;
}
my @gates = (gateway(), gateway());
my @other = $pki->client('other', '--oin', $other);

# The statuses of calls at both gateways in turn.
sub statuses {
    my ($n, @how) = @_;
    return map { $gates[$_ % 2]->call('/x', @how)->{status} } 1 .. $n;
}

my $began = time;
my @statuses = statuses(24);
my $seconds = time - $began + 1;
my $let_through = grep { $_ == 200 } @statuses;
is_deeply [@statuses[0 .. $burst]], [(200) x ($burst + 1)], 'as many calls at once as are agreed on';
cmp_ok $let_through, '<=', 1 + $burst + $rate * $seconds, 'and no more over both gateways than the rate allows';
is_deeply [sort { $a <=> $b } keys %{ { map { $_ => 1 } @statuses } }], [200, 429], 'the others are too many';
my $refused;
for (1 .. 5) {    # a machine may be so slow that there is room for one by now
    $gates[0]->mark;
    $refused = $gates[0]->call('/x');
    last if $refused->{status} == 429;
}
is $refused->{status}, 429, 'one more';
is $refused->{headers}{'retry-after'}, 1, 'says when to come again';
is_deeply [statuses(2, { as => \@other })], [200, 200], 'which takes nothing from another organisation';
my $text = $gates[0]->since(2, 2);
is_deeply [map { GGI::Audit::outcome($_) } GGI::Audit::decisions($text)], [('allowed') x 2],
    'a call that is too many stands in the log as one that was allowed';
is_deeply [map { $_->{attributes}{'http.response.status_code'} } GGI::Audit::completions($text)], [429, 200],
    'and ended with 429';
my $claimless = $gates[0]->call('/x', { claim => '' });
refused($claimless, 400, 'claim_missing', 'a call that a gate refuses does not count');

like $redis->cli(qw(--user limieten -a change-me-further), @$_), qr/NOPERM/, "the user of the limits may not: @$_"
    for ['GET', 'ggi:profiel:x'], ['KEYS', '*'], ['DEL', "ggi:limiet:$GGI::Gate::OIN"];

# As after the clock of Redis was set back by a day: nobody is shut out for that day.
my $key = "ggi:limiet:$GGI::Gate::OIN:$rate:$burst";
my @full;
for (1 .. 5) {    # a machine may be so slow that there is room for the second one by then
    is $redis->cli(qw(--user limieten -a change-me-further set), $key, (time + 86_400) . '000000', 'XX'), 'OK', $key;
    @full = statuses(2);
    last if $full[1] == 429;
}
is_deeply \@full, [200, 429], 'a bucket of a later time is a full one';

$redis->stop;
$began = time;
is_deeply [statuses(6)], [(200) x 6], 'without Redis calls go on';
$seconds = time - $began + 1;
my $told = () = $gates[0]->read('logs/error.log') =~ /the limits over all gateways are not counted for 5 s: Redis/g;
cmp_ok $told, '>=', 1, 'which each worker says';
cmp_ok $told, '<=', 1 + int($seconds / 5), 'once in that time';

my $folder = GGI::Folder->new;
is GGI::Curl::curl($gates[0]->https('/lua'), $gates[0]->caller_options, '-k')->{body}, "4\n", 'nginx reads Lua';
my (undef, $read) = GGI::Folder::run($gates[0]->command, '-T');
my $file = $folder->file('T', $read =~ s/^nginx: .*\n//mgr);
my ($exit, $said) = GGI::Folder::run("$GGI::Nginx::BUILD/ggictl", 'doctor', '--config', $file);
cmp_ok $exit, '<', 3, 'ggictl doctor judges a configuration with Lua in it' or diag $said;
like $said, qr/^critical: open: .*this location leads past all gates/m, 'and what stands behind that';

$_->stop for @gates;
done_testing;
