# SPDX-License-Identifier: EUPL-1.2
# Raw bytes over TLS, grown from seeds by chance, to a whole gateway in several forms: it lives, nothing is found by
# an instrument, and the API gets nothing but calls that the record allows, each with one set of established headers.
#   GGI_FUZZ_SECONDS=600 scripts/test --sanitize t/84-fuzz-gate.t       which is scripts/fuzz --gate 600
#   GGI_FUZZ_REPLAY=FILE...                                             sends what was found again
use strict;
use warnings;

use File::Path qw(make_path);
use IO::Select;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use GGI::Audit qw(chains_hold);
use GGI::Fuzz;
use GGI::Gate;
use GGI::Raw qw(connect_to tls_options);
use GGI::RawApi;

my $seconds = $ENV{GGI_FUZZ_SECONDS} // 4;
my $found = ($ENV{GGI_FUZZ_OUT} // "$GGI::Nginx::ROOT/build/fuzz") . '/found';
my $senders = 10;
my $batch = $seconds < 30 ? 25 : 100;
my $fuzz = GGI::Fuzz->new(glob "$GGI::Nginx::ROOT/t/fuzz/seeds/gate/*");

# What nginx itself says of TLS that is none.
my @harmless = (qr/\[crit\] .* SSL_(?:do_handshake|read|write|shutdown)\(\) failed/);

my $observe = join ' ', map {"ggi_$_ observe;"} qw(pkio autorisatie doelbinding);
my $off = join ' ', map {"ggi_$_ off;"} qw(pkio autorisatie doelbinding);
my $errors = 'error_page 400 405 408 413 414 421 494 495 496 497 500 501 505';
my $open =
      'location /missing/ { error_page 404 = @other; root %%PREFIX%%/none; } '
    . 'location /small/ { client_max_body_size 10; root %%PREFIX%%; }';

# name => what stands in the server; the API is told the name
my @forms = (
    [strict => 'location / { ggi_dienst brp; proxy_pass http://raw; }'],
    [observe => "location / { ggi_dienst brp; $observe proxy_pass http://raw; }"],
    [   strict => "ggi_doelbinding off; $errors = \@other; location / { ggi_dienst brp; proxy_pass http://raw; } "
            . "location \@other { ggi_dienst brp2; proxy_pass http://raw; } $open"],
    [   off => "$off $errors = \@other; location / { ggi_dienst brp; proxy_pass http://raw; } "
            . "location \@other { ggi_dienst brp2; proxy_pass http://raw; } $open"],
    [   off => "$off recursive_error_pages on; $errors =200 /missing/\$uri?\$args; location / { ggi_dienst brp; "
            . "proxy_pass http://raw; } location \@other { ggi_dienst brp2; proxy_pass http://raw; } $open"],
    [   observe => "post_action /part/x; location / { ggi_dienst brp; $observe proxy_pass http://raw; } "
            . "location /part/ { ggi_dienst brp2; $observe proxy_pass http://raw; }"],
    [         strict => 'set $sent $http_x_origin_oin$request_uri; if ($ggi_oin = X) { return 403; } '
            . 'location ~ ^(/.*)$ { ggi_dienst brp; ggi_doelbinding off; proxy_set_header X-Sent $sent; '
            . 'proxy_pass http://raw$uri$is_args$args; }'],
    [   observe =>
            "location / { ggi_dienst brp; $observe mirror /part/m; auth_request /part/a; proxy_pass http://raw; } "
            . "location /part/ { internal; ggi_dienst brp; $observe proxy_pass_request_body off; "
            . "proxy_set_header Content-Length ''; proxy_pass http://raw; }"],
    [         strict => 'location / { ggi_dienst brp; ggi_doelbinding observe; ggi_dienst_upgrade on; '
            . 'proxy_request_buffering off; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; '
            . 'proxy_set_header Connection $http_connection; proxy_pass http://raw; }'],
    [   observe => "ggi_dienst brp; $observe underscores_in_headers on; ignore_invalid_headers off; $errors \@other; "
            . "location / { proxy_pass http://raw; } location \@other { ggi_dienst brp2; "
            . "proxy_pass http://raw; }"],
);
my $servers = join '', map {
    my ($name, $text) = @{ $forms[$_] };
    my $port = 10 + $_;
    $text =~ s/(proxy_pass http)/proxy_set_header X-Form $name; $1/g;
    "server { listen 127.0.0.1:%%PORT$port%% ssl http2; %%TLS%% $text }\n"
} 0 .. $#forms;

my $pki = GGI::Pki->new;
my $tls = $pki->server
    . 'ssl_verify_depth 3; client_max_body_size 2k; large_client_header_buffers 4 4k; lingering_timeout 50ms;';
my $gate = GGI::Gate->new(
    pki => $pki, workers => 2, allow_errors => \@harmless,
    more => 'ggi_audit_anonymous rate=50r/s burst=50; upstream raw { server 127.0.0.1:%%PORT9%%; } '
        . 'client_header_timeout 2s; client_body_timeout 2s; keepalive_requests 100000;'
        . $servers =~ s/%%TLS%%/$tls/gr,
);
my $api = GGI::RawApi->new($gate->port(9), $gate->prefix . '/api.raw');
$gate->start;
$gate->wait_for(sub { $gate->workers == 2 }, 'both workers') or BAIL_OUT('no workers');
my %workers = map { $_ => 1 } $gate->workers;

# Each way of speaking TLS: with a certificate and without, with HTTP/2 and without.
my $leaf = $pki->leaf('caller', '--oin', $GGI::Gate::OIN);
my $strange_pki = GGI::Pki->new;
my $stranger = $strange_pki->leaf('stranger', '--oin', $GGI::Gate::OIN);
my %callers = (caller => $leaf, stranger => $stranger, nobody => undef);
my %tls;
for my $caller (keys %callers) {
    $tls{"$caller $_"} = tls_options($callers{$caller}, SSL_alpn_protocols => [$_]) for 'http/1.1', 'h2';
}
my @ways = (('caller') x 6, 'nobody', 'stranger');

# Sends bytes in one piece or in some, reads for as long as something comes, and returns it.
sub send_bytes {
    my ($form, $way, $bytes) = @_;
    my $answer = '';
    local $SIG{ALRM} = sub { die "slow\n" };
    local $SIG{PIPE} = 'IGNORE';
    alarm 10;
    eval {
        my $socket = connect_to($gate->port(10 + $form), $tls{$way});
        my $select = IO::Select->new($socket);
        while (length $bytes) {
            my $part = substr $bytes, 0, rand() < 0.8 ? length $bytes : 1 + int rand length $bytes, '';
            syswrite $socket, $part or last;
            sleep 0.002 if length $bytes;
        }
        while ($socket->pending || $select->can_read(0.04 * $GGI::Slow::FACTOR)) {
            sysread($socket, my $part, 65536) or last;
            $answer .= $part;
        }
    };
    alarm 0;
    return $answer;
}

# A sender: writes what it sends to a file before it does, and inputs that were answered in a new way to another.
sub sends {
    my ($seed, $file, $inputs) = @_;
    srand $seed;
    open my $out, '>:raw', $file or POSIX::_exit(1);
    open my $new, '>:raw', "$file.new" or POSIX::_exit(1);
    my %seen;
    for my $i (0 .. ($inputs ? $#$inputs : $batch - 1)) {
        my ($form, $way, $bytes);
        if ($inputs) {
            ($form, $way, $bytes) = @{ $inputs->[$i] };
        }
        else {
            $bytes = $fuzz->input;
            $form = int rand @forms;
            $way = GGI::Fuzz::one_of(@ways) . ($bytes =~ /\APRI/ ? ' h2' : ' http/1.1');
        }
        syswrite $out, pack 'N/a', "$form $way\n$bytes";
        my $answer = send_bytes($form, $way, $bytes);
        my $kind = join ' ', $form, $way, $answer =~ m{^HTTP/1\.1 (\d+)}mg, $answer =~ /"urn:ggi:problem:(\w+)"/g;
        syswrite $new, pack 'N/a N/a', $kind, $bytes unless $seen{$kind}++;
    }
    return POSIX::_exit(0);
}

my (%allowed, %at, %kinds, @faults, $inputs_sent, $calls);

# The whole lines of a file that have come since the last time.
sub new_lines {
    my ($file) = @_;
    open my $in, '<:raw', $file or return;
    seek $in, $at{$file} // 0, 0;
    my @lines = grep {/\n\z/} <$in>;
    $at{$file} += length for @lines;
    return @lines;
}

# Reads what has been recorded since the last time: the calls that were let through, by the span that the API gets.
sub read_records {
    for my $file (glob $gate->prefix . '/logs/audit*.jsonl') {
        for my $line (new_lines($file)) {
            next unless $line =~ /"adl\.access_evaluation"/ && $line =~ /"adl\.core\.response":\{"decision":true/;
            my ($span) = $line =~ /"ggi\.api\.span_id":"(\w+)"/;
            my ($method) = $line =~ /"action":\{"name":"((?:[^"\\]|\\.)*)"/;
            my ($path) = $line =~ /"properties":\{"path":"((?:[^"\\]|\\.)*)"/;
            $allowed{$span} = [$method // '', $path // ''];
        }
    }
    return;
}

# Whether the API got the path of a record, in which a BSN is masked, bytes that are no UTF-8 are replaced, and the
# end is cut.
sub is_path {
    my ($target, $recorded) = @_;
    my $path = $target =~ s/\?.*//sr =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ger;
    return 1 if length $path > 1000 || $path =~ /[^\x20-\x7e]/ || $recorded =~ /\*/;
    return $path eq $recorded =~ s/\\u00([0-9a-f]{2})/chr hex $1/gier =~ s/\\(.)/$1/gr;
}

# What is wrong with a request that the API got, or nothing.
sub fault_of {
    my ($request) = @_;
    my ($head, $body) = split /\r\n\r\n/, $request, 2;
    return 'a head that is not whole' unless defined $body;
    my ($line, @lines) = split /\r\n/, $head;
    my ($method, $target) = $line =~ m{\A(\S+) (\S.*) HTTP/1\.[01]\z} or return "no request line: $line";
    my %headers;
    for (@lines) {
        my ($name, $value) = /\A([^:]+): ?(.*)\z/s or return "no header: $_";
        push @{ $headers{ lc $name =~ tr/_/-/r } }, $value;
    }
    my $form = $headers{'x-form'}[0] // 'none';
    my ($span) = ($headers{traceparent}[0] // '') =~ /\A00-[0-9a-f]{32}-([0-9a-f]{16})-[0-9a-f]{2}\z/;
    return 'traceparent: ' . join ', ', @{ $headers{traceparent} // [] }
        if @{ $headers{traceparent} // [] } != 1 || !$span;
    my @transactions = @{ $headers{'fsc-transaction-id'} // [] };
    return "transactions: @transactions" if @transactions != 1 || $transactions[0] !~ /\A[0-9a-f-]{36}\z/i;
    my @origins = @{ $headers{'x-origin-oin'} // [] };
    return "origins: @origins"
        if @origins > 1
        || ($form eq 'strict' && !@origins)
        || ($form eq 'off' && @origins)
        || grep { !/\A(?:$GGI::Gate::OIN|00000001002564440000)\z/ } @origins;
    return "OIN: @{$headers{oin}}" if $headers{oin} && (@{ $headers{oin} } > 1 || $headers{oin}[0] ne $GGI::Gate::OIN);
    my @levels = @{ $headers{'x-betrouwbaarheidsniveau'} // [] };
    return "levels: @levels"
        if $form eq 'observe' && (@levels > 1 || grep { !/\A(?:laag|substantieel|hoog)\z/ } @levels);
    return "override: $_"
        for grep { $headers{$_} }
        qw(x-http-method-override x-http-method x-method-override x-original-url x-rewrite-url);
    return 'lengths and encodings'
        if @{ $headers{'content-length'} // [] } + @{ $headers{'transfer-encoding'} // [] } > 1;
    return 'more body than its length'
        if !$headers{'transfer-encoding'} && length $body > ($headers{'content-length'}[0] // 0);
    my $record = $allowed{$span} // return 'no record allows it';
    return if $target =~ m{\A/part/};
    return "the record has the method $record->[0]" if $record->[0] ne $method;
    return "the record has the path $record->[1]" unless is_path($target, $record->[1]);
    return;
}

# Looks at everything after a batch. The senders are done, so that what is found came of one of their inputs.
sub looks {
    my @requests = $api->requests;
    read_records();
    for my $request (@requests) {
        $calls++;
        my $fault = fault_of($request);
        push @faults, "$fault in\n$request" if $fault;
    }
    push @faults, 'a worker died' if grep { !$workers{$_} } $gate->workers;
    for (map { new_lines($_) } map { $gate->prefix . "/logs/$_" } qw(error.log stdout)) {
        next unless /\[(?:alert|crit|emerg)\]|runtime error:|AddressSanitizer/;
        my $line = $_;
        push @faults, $line unless grep { $line =~ $_ } @harmless;
    }
    my ($reports) = ($ENV{ASAN_OPTIONS} // '') =~ /log_path=([^:]+)/;

    # reports of other processes are of the tests beside this one
    push @faults, grep {-e} map {"$reports.$_"} keys %workers if $reports;
    return !@faults;
}

sub read_inputs {
    my ($file) = @_;
    open my $in, '<:raw', $file or die "$file: $!\n";
    my $text = join '', <$in>;
    return map { my ($form, $way, $bytes) = /\A(\d+) (\S+ \S+)\n(.*)\z/s; [$form, $way, $bytes] } unpack '(N/a)*',
        $text;
}

# Sends a batch from each of some processes; true when nothing was found. What was found is kept.
sub batch {
    my (@sets) = @_;
    my @files = map { $gate->prefix . "/sent.$_" } 1 .. (@sets || $senders);
    my (%pids, $n);
    for my $file (@files) {
        my $seed = int rand 2**31;
        my $inputs = $sets[$n++];
        my $pid = fork // die "fork: $!\n";
        sends($seed, $file, $inputs) if $pid == 0;
        $pids{$pid} = 1;
    }
    waitpid $_, 0 for keys %pids;
    for my $file (@files) {
        $inputs_sent += () = read_inputs($file);
        open my $new, '<:raw', "$file.new" or next;
        my @new = unpack '(N/a N/a)*', join '', <$new>;
        while (my ($kind, $bytes) = splice @new, 0, 2) {
            next if $kinds{$kind}++ || length $bytes > 6000 || $fuzz->seeds > 3000;
            $fuzz->add($bytes);
        }
    }
    return 1 if looks();
    make_path($found);
    my $to = "$found/gate-$$";
    open my $out, '>:raw', $to or die "$to: $!\n";
    for my $file (@files) {
        open my $in, '<:raw', $file or next;
        print $out join '', <$in>;
    }
    close $out;
    diag("found; repeat it with\n    GGI_FUZZ_REPLAY=$to scripts/fuzz --gate 1");
    return 0;
}

if ($ENV{GGI_FUZZ_REPLAY}) {
    ok batch([read_inputs($ENV{GGI_FUZZ_REPLAY})]), 'what was found before';
}
else {
    cmp_ok scalar $fuzz->seeds, '>=', 40, 'there are seeds';
    my @sets = ([]);
    for my $form (0 .. $#forms) {
        push @{ $sets[$form % $senders] }, map { [$form, 'caller' . (/\APRI/ ? ' h2' : ' http/1.1'), $_] } $fuzz->seeds;
    }
    ok batch(@sets), 'the seeds, to each form';
    my $end = time + $seconds;
    my $good = 1;
    while ($good && time < $end) { $good = batch() }
    ok $good, "$seconds seconds of others";
    cmp_ok $calls, '>=', 20, 'some of them were calls that reached the API';
}
diag(join "\n", @faults[0 .. ($#faults > 4 ? 4 : $#faults)]) if @faults;
note("$inputs_sent inputs, $calls requests at the API, ", scalar keys %kinds, ' kinds of answers');
diag("$inputs_sent inputs, $calls requests at the API, ", scalar keys %kinds, ' kinds of answers') if $seconds >= 30;
chains_hold($gate->audit_text, 'the chain of records holds') if $seconds < 30;
$gate->stop;
done_testing;
