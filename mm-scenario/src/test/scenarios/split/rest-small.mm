# what is left of a huge page after all but one page is gone, by each way of losing pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 10M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 10M, MADV_HUGEPAGE)
store(a, 10M, 4K, 5)
madvise(a+4K, 2M-4K, MADV_DONTNEED)
munmap(a+2M, 2M-4K)
mremap(a+4M, 2M-64K, 2M-64K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000000000)
mmap(a+6M+4K, 2M-4K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
madvise(a+8M+4K, 2M-4K, MADV_GUARD_INSTALL)
smaps(a, 10M)
pagemap(a, 10M)
pagemap(0x300000000000, 2M)
vmstat()
mthp()
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 10M)
pagemap(a, 10M)
pagemap(0x300000000000, 2M)
vmstat()
mthp()
store(a, 10M, 64K, 6)
smaps(a, 10M)
pagemap(a, 10M)
munmap(0x300000000000, 2M)
munmap(a, 10M)
vmstat()
mthp()
