#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Runs TAP programs and counts what they say with Perl's own TAP parser.
# Usage: tap.pl --counts FILE [--jobs N] [--seconds N] [--prefix 'CMD ARG..']
#        PROGRAM...
# Appends "passed failed skipped" to FILE. A program that dies, times out,
# breaks its plan or says nothing counts as a failure of its own. Programs with
# the tag "# slow" in their first five lines start first, so that the last
# minute is not one long script alone. Exit 0 only when something passed and
# nothing failed.
use strict;
use warnings;
use Getopt::Long;
use TAP::Harness;

my ($counts, $jobs, $seconds, $prefix) = (undef, 2, 300, '');
GetOptions('counts=s' => \$counts, 'jobs=i' => \$jobs,
    'seconds=i' => \$seconds, 'prefix=s' => \$prefix)
    && defined $counts && @ARGV or die "usage: see the head of this file\n";

sub slow
{
	my ($file) = @_;
	open my $f, '<:raw', $file or return 0;
	for (1 .. 5) {
		my $line = <$f> // last;
		return 1 if $line =~ /^# slow\b/;
	}
	return 0;
}
my @programs = sort { slow($b) <=> slow($a) || $a cmp $b } @ARGV;
my @before = split ' ', $prefix;

my $harness = TAP::Harness->new({
	jobs => $jobs, timer => 1, failures => 1, comments => 1, color => 0,
	exec => sub {
		my $program = $_[1] =~ m{^/} ? $_[1] : "./$_[1]";
		my @fix = $program =~ m{/tests/test_\w+$} ?
		    'tests/tools/skipfix' : ();
		[ 'timeout', '-k', '10', $seconds, @fix, @before, $program ];
	},
});
my $all = $harness->runtests(@programs);

my ($passed, $failed, $skipped) = (0, 0, 0);
for my $p ($all->parsers) {
	my $bad = $p->failed;
	my $skips = $p->skipped;
	if (defined $p->skip_all && !$p->tests_run && !$p->has_problems) {
		$skipped++;
		next;
	}
	$bad++ if !$bad && ($p->has_problems || !$p->tests_run);
	$passed += $p->passed - $skips;
	$skipped += $skips;
	$failed += $bad;
}
open my $out, '>>', $counts or die "$counts: $!\n";
print $out "$passed $failed $skipped\n";
close $out or die "$counts: $!\n";
exit($failed || !($passed + $skipped) ? 1 : 0);
