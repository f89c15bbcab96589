#!/bin/sh
# A database with a forking snapshot: 60,000 keys, BGSAVE, and writes while the child saves.
redis-server --port 0 --unixsocket /tmp/mmkit-redis.sock --save '' --daemonize no --dir /tmp --dbfilename mmkit.rdb \
    --loglevel warning --rdb-key-save-delay 4 > /dev/null &
server=$!
until redis-cli -s /tmp/mmkit-redis.sock ping > /dev/null 2>&1; do sleep 0.05; done
redis-cli -s /tmp/mmkit-redis.sock debug populate 60000 key 200 > /dev/null
redis-cli -s /tmp/mmkit-redis.sock bgsave > /dev/null
redis-cli -s /tmp/mmkit-redis.sock eval 'for i = 0, 19999 do redis.call("set", "key:" .. i * 3, i) end' 0 > /dev/null
sleep 0.7
redis-cli -s /tmp/mmkit-redis.sock shutdown nosave
wait $server
