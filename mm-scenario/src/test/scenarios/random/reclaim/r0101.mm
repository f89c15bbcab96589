# random RECLAIM scenario, seed 101
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
swapon(64M)
mlock(a+4864K, 3328K)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
status()
madvise(a, 8K, MADV_PAGEOUT)
madvise(a, 128K, MADV_PAGEOUT)
mprotect(a+6M, 2048K, PROT_READ)
echo 2 > /proc/sys/vm/drop_caches
madvise(a+4M, 2156K, MADV_COLLAPSE)
madvise(a+4M, 2M, MADV_FREE)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
mthp()
vmstat()
