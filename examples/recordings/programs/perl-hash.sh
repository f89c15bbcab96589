#!/bin/sh
# An interpreter: a hash of 60,000 words, sorted, and half deleted.
exec perl perl-hash.pl
