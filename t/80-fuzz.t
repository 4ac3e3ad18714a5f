# SPDX-License-Identifier: EUPL-1.2
# Fuzzing: every parser has a target, the seeds find nothing, and what is found is told.
use strict;
use warnings;

use Test::More;

use GGI::Folder ();
use GGI::Nginx;

plan skip_all => 'has instruments of its own' if GGI::Nginx::under_instrument();

my $root = $GGI::Nginx::ROOT;
my $dir = GGI::Folder->new;

sub fuzz { my (@arguments) = @_; return GGI::Folder::run("$root/scripts/fuzz", @arguments) }

# These read nothing from outside: they hold a table, write, or are called with what others have checked.
my %no_parser =
    map { $_ => 1 }
    qw(ggi_anonymous ggi_authorities ggi_expiry ggi_limit ggi_limits ggi_reason ggi_status ggi_status_text
    ggi_status_write ggi_journal ggi_leftover ggi_append ggi_hold ggi_record_change ggi_profile_kind ggi_functie_kind
    ggi_toestemming_kind ggi_write_pace
    ggi_write_time ggi_crl_news ggi_crl_pace ggi_crl_state ggi_crl_store);

# Nor do these, which ggi_status counts in and is written by.
$no_parser{"ggi_$_"} = 1 for qw(callers histogram status_style status_walk);

# What the target of revocation lists reads them with.
my @crl = qw(
    dir extensions input judge known list load parse room set signature signer standing succession update view walk
);

# The target of a file, where it has another name.
my %target = (
    ggi_niveau => 'claim', ggi_redis_words => 'redis_url', ggi_problem => 'headers', ggi_trace => 'headers',
    ggi_uuid => 'headers',
    ggi_source => 'json', ggi_bsn => 'privacy', ggi_bsn_again => 'privacy',
    ggi_bsn_spelling => 'privacy', ggi_bsn_alike => 'privacy',
    ggi_message => 'privacy',
    ggi_verify_chain => 'verify', ggi_verify_ends => 'verify', ggi_verify_judge => 'verify',
    ggi_verify_line => 'verify', ggi_tombstone => 'verify',
    ggi_beside => 'end', ggi_places => 'end', ggi_record_ends => 'end',
    ggi_seal_key => 'seal_note', ggi_seal_line => 'seal_note', ggi_seal_known => 'seal_state',
    ggi_seal_range => 'seal_state', ggi_seal_check => 'seal_note',
    ggi_chain => 'record', ggi_pseudonym => 'record', ggi_record_completion => 'record',
    ggi_record_decision => 'record', ggi_record_trail => 'record', ggi_record_withdrawal => 'record',
    ggi_uri => 'profile', ggi_advice => 'profile', ggi_agreement => 'profile', ggi_agreement_compile => 'profile',
    ggi_block => 'profile', ggi_common_name => 'certificate', ggi_functie_compile => 'functie',
    ggi_toestemming_compile => 'toestemming', ggi_value => 'claim', ggi_documents => 'profiles',
    ggi_name_text => 'claimed_certificate', ggi_profile_compile => 'profile', ggi_points => 'trust',
    ggi_list_name => 'trust', ggi_velden => 'profile', ggi_velden_compile => 'profile',
    ggi_fields_json => 'fields', ggi_fields_query => 'fields',
    ggi_filter => 'logged', ggi_glance => 'logged', ggi_logged_text => 'logged', ggi_index => 'logged',
    ggi_join => 'logged',
    ggi_tally => 'logged', ggi_joined => 'logged', ggi_joined_list => 'logged', ggi_withdrawn => 'logged',
    ggi_where => 'row',
    ggi_openapi_text => 'openapi', ggi_skeleton => 'openapi',
    ggi_doctor => 'doctor_status', ggi_doctor_conf => 'conf', ggi_bundle => 'conf',
    ggi_conf_tree => 'conf', ggi_doctor_scope => 'conf', ggi_doctor_open => 'conf', ggi_doctor_target => 'conf',
    ggi_retention => 'logged', ggi_hours => 'signal', ggi_record_signal => 'signal',
    ggi_half => 'match', ggi_oins => 'match', ggi_pair => 'match', ggi_silence => 'match',
    ggi_silence_chain => 'match', ggi_dienst_names => 'match', ggi_match_level => 'match',
    ggi_match_outcome => 'match', ggi_match_spans => 'match',
    ggi_cluster_map => 'cluster', ggi_cluster_slot => 'cluster', ggi_cluster_words => 'cluster',
    ggi_redis_role => 'sentinel', ggi_redis_sentinel => 'sentinel',
    ggi_ocsp_http => 'ocsp', ggi_der => 'crl', ggi_signature => 'crl', (map { ("ggi_crl_$_" => 'crl') } @crl),
);

$target{"ggi_$_"} = 'status_page' for qw(html page status_page_redis);

my ($exit, $list) = fuzz('--list');
my %listed = map { $_ => 1 } split /\n/, $list;
is $exit, 0, 'the targets are listed';
for my $file (sort map {m{/(ggi_\w+)\.c$}} glob "$root/modules/*/ggi_*.c") {
    next if $file =~ /^ggi_ngx_|^ggi_call$/ || $no_parser{$file};
    my $target = $target{$file} // $file =~ s/^ggi_//r;
    my $text = do { local (@ARGV, $/) = "$root/t/fuzz/fuzz_$target.c"; -f $ARGV[0] ? <> : '' };
    ok $listed{$target} && $text =~ /#include "(?:$file|ggi_profile_compile|ggi_record)\.h"/,
        "$file has a target: $target";
}

($exit, my $text) = fuzz('--seeds');
is $exit, 0, 'nothing is found with the seeds' or diag $text;
like $text, qr/^$_ +\d{3,} inputs, +\d\d+ places reached$/m, "$_ was run" for sort keys %listed;

{
    # the fault is in t/fuzz alone, so that the modules need not be compiled again
    symlink "$root/build/fuzz/objs", "$dir/objs" or die "$dir/objs: $!\n";
    local @ENV{qw(GGI_FUZZ_OUT GGI_FUZZ_CFLAGS)} = ("$dir", '-DGGI_FUZZ_FAULT');
    ($exit, $text) = fuzz(qw(--seeds oin));
    is $exit, 1, 'a byte read too many fails';
    like $text, qr/heap-buffer-overflow/, 'it is told';
    my ($command) = $text =~ /^oin: FOUND something; repeat it with\n    (.*)$/m;
    ok $command, 'with a command that repeats it';
    like qx($command 2>&1), qr/heap-buffer-overflow/, 'which it does';
}

for (
    ['--gate', qr/scripts\/fuzz --gate SECONDS/], ['--gate 0', qr/scripts\/fuzz --gate SECONDS/],
    ['', qr/scripts\/fuzz SECONDS/], ['ten', qr/scripts\/fuzz SECONDS/], ['0', qr/scripts\/fuzz SECONDS/],
    ['1 nonesuch', qr/there is no target "nonesuch"/]
) {
    ($exit, $text) = fuzz(split ' ', $_->[0]);
    is $exit, 2, "arguments: \"$_->[0]\"";
    like $text, $_->[1], 'with a message';
}

done_testing;
