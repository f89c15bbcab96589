#!/bin/sh
# GNU sort with a fixed buffer of 48 MB, far more than its input needs.
exec sort --parallel=1 -S 48M lines.txt
