# SPDX-License-Identifier: ISC
# What the lints share: which files there are, what an include says, C text
# without comments and strings, and a count of findings that becomes the exit
# code. A lint is `LINT [TREE]`; TREE defaults to this source tree.
package common;
use strict;
use warnings;
use Cwd 'abs_path';
use File::Basename;
use Exporter 'import';
our @EXPORT = qw(files slurp bare found finish allowed);

my $home = dirname(abs_path(__FILE__));
chdir($ARGV[0] // "$home/../..") or die "lint: $ARGV[0]: $!\n";
my $findings = 0;

# Tracked (or, outside a checkout, all) files whose path matches; build output
# and the bad examples of the lints themselves are not part of the program.
sub files
{
	my ($re) = @_;
	my @all = -e '.git'
	    ? `git ls-files --cached --others --exclude-standard`
	    : `find . -type f -printf '%P\n'`;
	chomp @all;
	my %seen;
	return sort grep { /$re/ && -f && !$seen{$_}++
	    && !m{^(build|build-[^/]*|\.git|tests/lint/samples)/} } @all;
}

sub slurp
{
	my ($file) = @_;
	open my $f, '<:encoding(UTF-8)', $file or die "$file: $!\n";
	local $/;
	return scalar(<$f>) // '';
}

# C text with comments and the insides of literals blanked; lines stay lines.
sub bare
{
	my ($text) = @_;
	my $blank = sub { my $s = shift; $s =~ s/[^\n]/ /g; $s };
	$text =~ s{(/\*.*?\*/)|(//[^\n]*)|("(?:\\.|[^"\\\n])*")|('(?:\\.|[^'\\\n])*')}
	    {defined $1 ? $blank->($1) : defined $2 ? $blank->($2)
	     : defined $3 ? '"' . $blank->(substr $3, 1, -1) . '"'
	     : "'" . $blank->(substr $4, 1, -1) . "'"}gse;
	return $text;
}

# Exceptions, each with its reason: tests/lint/allow of the tree, lines of
# "lint path word reason".
my %allow;
if (open my $f, '<', 'tests/lint/allow') {
	while (<$f>) {
		next if /^#|^\s*$/;
		my ($lint, $path, $word, $why) = split ' ', $_, 4;
		die "tests/lint/allow:$.: no reason given\n" unless $why;
		die "tests/lint/allow:$.: no such file: $path\n" unless -f $path;
		$allow{"$lint $path $word"} = 1;
	}
}
sub allowed { return $allow{join ' ', @_}; }

sub found { print "$_[0]:$_[1]: $_[2]\n"; $findings++; }
sub finish { exit($findings ? 1 : 0); }
1;
