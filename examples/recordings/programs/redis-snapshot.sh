#!/bin/sh
# A redis server that forks to write a snapshot while clients go on writing. Works in a directory of its own.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
redis-server --port 0 --unixsocket "$dir/s" --dir "$dir" --save '' --daemonize no --logfile "$dir/log" --enable-debug-command yes &
sleep 0.5 # rather than asking until it answers: each run does the same
redis-cli -s "$dir/s" debug populate 90000 key 120 > /dev/null
redis-cli -s "$dir/s" config set rdb-key-save-delay -20 > /dev/null # or it is over too soon to see
redis-cli -s "$dir/s" bgsave > /dev/null
redis-cli -s "$dir/s" eval 'for i = 0, 89999, 3 do redis.call("set", "key:" .. i, string.rep("w", 150)) end' 0 > /dev/null
sleep 1.5
redis-cli -s "$dir/s" shutdown nosave
wait
