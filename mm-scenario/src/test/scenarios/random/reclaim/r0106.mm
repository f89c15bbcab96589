# random RECLAIM scenario, seed 106
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 0 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
swapon(64M)
madvise(a, 8M, MADV_HUGEPAGE)
mprotect(a+5348K, 2844K, PROT_READ|PROT_WRITE)
mprotect(a, 8M, PROT_READ|PROT_WRITE)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
load(a+7012K, 12K, 2M)
madvise(a+4660K, 320K, MADV_HUGEPAGE)
madvise(a+4M, 2216K, MADV_POPULATE_WRITE)
mprotect(a, 12K, PROT_NONE)
madvise(a+6M, 2048K, MADV_GUARD_REMOVE)
echo 2 > /proc/sys/vm/drop_caches
mmap(a+7656K, 8K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED|MAP_NORESERVE, -1, 0)
mprotect(a+3876K, 12K, PROT_READ|PROT_WRITE)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
mremap(a+1984K, 8K, 8K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+8064K)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
vmstat()
