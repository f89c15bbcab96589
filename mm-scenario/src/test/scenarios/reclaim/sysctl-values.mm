# what the files of /proc/sys/vm accept and refuse
cat /proc/sys/vm/swappiness
echo 201 > /proc/sys/vm/swappiness
echo -1 > /proc/sys/vm/swappiness
echo x > /proc/sys/vm/swappiness
echo 200 > /proc/sys/vm/swappiness
cat /proc/sys/vm/swappiness
echo 60 > /proc/sys/vm/swappiness
echo 3 > /proc/sys/vm/overcommit_memory
echo -1 > /proc/sys/vm/overcommit_memory
cat /proc/sys/vm/overcommit_memory
cat /proc/sys/vm/overcommit_ratio
cat /proc/sys/vm/overcommit_kbytes
echo 1048576 > /proc/sys/vm/overcommit_kbytes
cat /proc/sys/vm/overcommit_ratio
cat /proc/sys/vm/overcommit_kbytes
echo 50 > /proc/sys/vm/overcommit_ratio
cat /proc/sys/vm/overcommit_ratio
cat /proc/sys/vm/overcommit_kbytes
cat /proc/sys/vm/watermark_scale_factor
echo 0 > /proc/sys/vm/watermark_scale_factor
echo 3001 > /proc/sys/vm/watermark_scale_factor
cat /proc/sys/vm/watermark_boost_factor
echo -1 > /proc/sys/vm/watermark_boost_factor
echo -1 > /proc/sys/vm/min_free_kbytes
echo 0 > /proc/sys/vm/drop_caches
echo 5 > /proc/sys/vm/drop_caches
echo 1 > /proc/sys/vm/drop_caches
echo 2 > /proc/sys/vm/drop_caches
echo 3 > /proc/sys/vm/drop_caches
vmstat(drop_pagecache, drop_slab)
cat /proc/sys/vm/lowmem_reserve_ratio
cat /proc/sys/vm/percpu_pagelist_high_fraction
cat /proc/sys/vm/oom_kill_allocating_task
