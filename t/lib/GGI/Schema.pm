# SPDX-License-Identifier: EUPL-1.2
package GGI::Schema;

# Whether audit records conform to the schemas in conf/schema, of which each kind of record has one.
#
#   GGI::Schema::conforms($text, 'the records')      a test: every record of a log's text conforms
#   GGI::Schema::faults($text)                       what is wrong with the records of a log's text
#   GGI::Schema::look($text)                         fails when a record does not conform, and tells nothing otherwise
#
# One python3 for a test looks at the records. It sees those that differ in more than numbers, hashes, identifiers,
# times and paths, which keep their form: of ten thousand calls that are alike it sees one.

use strict;
use warnings;

use IPC::Open2 qw(open2);
use Test::More ();

use GGI::Nginx ();

my $PYTHON = <<'PYTHON';
import glob, json, os, sys
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
schemas = {}
for file in glob.glob(sys.argv[1] + "/*.schema.json"):
    with open(file, encoding="utf-8") as f:
        schema = json.load(f)
    Draft202012Validator.check_schema(schema)
    schemas[os.path.basename(file)[:-len(".schema.json")]] = Draft202012Validator(schema)
def fault(line):
    record = json.loads(line)
    kind = str(record.get("event_name"))
    if kind not in schemas:
        return "no schema of %r" % kind
    error = best_match(schemas[kind].iter_errors(record))
    return "" if error is None else "%s: /%s: %s" % (kind, "/".join(map(str, error.absolute_path)), error.message[:300])
for line in sys.stdin.buffer:
    print(fault(line.decode("utf-8")).replace("\n", " "), flush=True)
PYTHON

my ($from, $to, $pid);
my $owner = 0;
my %fault;

sub start {
    return if $owner == $$;
    system("$GGI::Nginx::ROOT/scripts/setup", 'python3-jsonschema') == 0
        or die "python3-jsonschema cannot be installed\n";
    local @ENV{qw(LD_PRELOAD ASAN_OPTIONS)};
    delete @ENV{qw(LD_PRELOAD ASAN_OPTIONS)};
    $pid = open2($from, $to, 'python3', '-c', $PYTHON, "$GGI::Nginx::ROOT/conf/schema");
    binmode $_ for $from, $to;
    $owner = $$;
    return;
}

END {
    local ($?, $!);
    if ($owner == $$) {
        # not by the end of its input: a process that the test forked since may have that open, too
        kill 'KILL', $pid;
        waitpid $pid, 0;
    }
}

# A record without what differs from one to the next, as far as it has the form that the schemas ask of it.
sub form {
    my ($line) = @_;
    $line =~ s/"(path|url\.path)":"[^"\\]+"/"$1":"p"/g;
    $line =~ s/"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"/"u"/g;
    $line =~ s/"(?=[0-9a-f]*[1-9a-f])[0-9a-f]{16}"/"s"/g;
    $line =~ s/"(?=[0-9a-f]*[1-9a-f])[0-9a-f]{32}"/"t"/g;
    $line =~ s/"[0-9a-f]{64}"/"h"/g;
    $line =~ s/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/"w"/g;
    $line =~ s/"(timestamp|ggi\.chain\.number|http\.(?:request|response\.body)\.size)":[1-9]\d*/"$1":1/g;
    $line =~ s/"(http\.server\.request\.duration|duration)":\d+\.\d{3}/"$1":1/g;
    $line =~ s/"127\.0\.0\.1:\d+"/"a"/g;
    return $line;
}

# What is wrong with a record, a line of a log; empty: nothing, or it is no whole record.
sub fault {
    my ($line) = @_;
    my $form = form($line);
    return $fault{$form} if exists $fault{$form};
    start();
    print {$to} $line, "\n";
    $to->flush;
    my $said = <$from> // die "python3 says nothing of a record\n";
    chomp $said;
    return $fault{$form} = $said;
}

# A line that is torn or was made by a test is no record: other tests look at those.
sub faults {
    my ($text) = @_;
    my %seen;
    return grep { $_ ne '' && !$seen{$_}++ }
        map { fault($_) }
        grep {/\A\{"(?:resource|tombstone)":.*"event_name":.*\}\z/s} map { /(.*)\n\z/ ? $1 : () } $text =~ /(.*\n?)/g;
}

sub conforms {
    my ($text, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @faults = faults($text);
    return Test::More::ok(!@faults, $name) || Test::More::diag(join "\n", @faults);
}

sub look {
    my ($text) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @faults = faults($text);
    return !@faults || !Test::More::fail('every record conforms to its schema') && Test::More::diag(join "\n", @faults);
}

1;
