#!/bin/sh
# SQL in memory: a heap grown by brk in steps too small for a 2 MB page.
exec sqlite3 :memory: '.read orders.sql'
