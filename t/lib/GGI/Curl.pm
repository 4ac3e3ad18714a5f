# SPDX-License-Identifier: EUPL-1.2
package GGI::Curl;

# Calls through curl. An answer is { status, headers => { lower-case name => value }, body, exit }.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();

our @EXPORT_OK = qw(curl begin said);

my @always = ('-s', '--path-as-is', '--noproxy', '*');

# curl($url, @options): the options are curl's own.
sub curl {
    my ($url, @options) = @_;
    my @command = ('curl', @always, '-i', '--max-time', '20', @options, $url);
    open my $out, '-|:raw', @command or die "curl: $!\n";
    my $text = join '', <$out>;
    close $out;
    my %answer = (exit => $? >> 8, status => 0, headers => {}, body => $text);
    while ($text =~ s{\AHTTP/[\d.]+ (\d+)[^\n]*\n((?:[^\r\n]+\r?\n)*)\r?\n}{}) {
        my ($status, $head) = ($1, $2);
        next if $status < 200;
        $answer{status} = $status;
        for my $line (split /\r?\n/, $head) {
            my ($name, $value) = split /:\s*/, $line, 2;
            $answer{headers}{ lc $name } = $value;
        }
        $answer{body} = $text;
        last;
    }
    return \%answer;
}

# Starts curl, without waiting for it, for a URL that may stand for several, such as /x?[1-20]. It tells a line of each
# call when that is over: what curl's --write-out makes of the format.
sub begin {
    my ($tell, $url, @options) = @_;
    my @command = (
        'curl', @always, '--no-progress-meter', '--max-time', 120, '-o', '/dev/null', '-w', "$tell\\n", @options,
        $url);
    open my $out, '-|', @command or die "curl: $!\n";
    return $out;
}

# What it told, once it has ended.
sub said {
    my ($out) = @_;
    return map {s/\n\z//r} readline $out;
}

1;
