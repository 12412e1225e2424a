#!/usr/bin/perl
# keeper.pl COMMAND...: runs one daemon of the test cluster and adopts whatever that daemon leaves behind.
#
# Slurm's step daemons fork twice to get away from slurmd, and jobs start daemons of their own. As a "child subreaper"
# the keeper becomes the parent of all of them, so the processes of one node are exactly the descendants of its keeper:
# `down` and `kill-node` need no pattern to find them, and nothing of a test outlives its cluster.
# It ends when its last descendant has ended.
use strict;
use warnings;

require "syscall.ph";    # the number of prctl differs between machines

use constant PR_SET_CHILD_SUBREAPER => 36;

syscall(SYS_prctl(), PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 or die "keeper: prctl: $!\n";

my @signals = qw(HUP INT TERM);
defined(my $pid = fork) or die "keeper: fork: $!\n";
if ($pid == 0) {
    exec { $ARGV[0] } @ARGV or die "keeper: $ARGV[0]: $!\n";
}
$SIG{$_} = 'IGNORE' for @signals;    # after the fork: an ignored signal would be inherited by the daemon
1 while wait != -1;
