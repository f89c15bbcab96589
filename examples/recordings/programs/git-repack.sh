#!/bin/sh
# Several programs starting each other, and files mapped rather than read.
cd repo && git -c pack.threads=1 repack -a -d -f -q && git log --stat -2
