#!/bin/sh
# A compiler: three processes, one of them large.
exec /usr/bin/gcc -O2 -c -o /dev/null parser.c
