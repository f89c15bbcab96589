#!/bin/sh
# An interpreter that forks: three children read and write what the parent made (copy-on-write).
exec env PYTHONHASHSEED=0 /usr/bin/python3 -S python-fork.py
