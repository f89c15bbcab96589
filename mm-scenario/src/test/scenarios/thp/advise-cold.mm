# COLD, PAGEOUT without swap, WILLNEED on huge pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x510000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
store(a, 4M, 4K, 3)
madvise(a, 2M, MADV_COLD)
madvise(a+2M, 64K, MADV_COLD)
smaps(a, 4M)
pagemap(a, 4M)
madvise(a, 2M, MADV_PAGEOUT)
madvise(a+2M+64K, 64K, MADV_PAGEOUT)
smaps(a, 4M)
pagemap(a, 4M)
madvise(a, 4M, MADV_WILLNEED)
store(a, 4M, 1M)
vmstat()
mthp()
