# folios on the deferred split queue, worked off, partly freed
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 4K, 5)
munmap(a+64K, 64K)
munmap(a+256K, 64K)
madvise(a+2M, 1M, MADV_DONTNEED)
vmstat()
mthp()
munmap(a+2M, 2M)
vmstat()
mthp()
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
store(a, 64K)
load(a+4M, 4M, 512K)
