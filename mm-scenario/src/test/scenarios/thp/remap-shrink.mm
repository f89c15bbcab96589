# mremap that shrinks into a huge page, and growth over a gap
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 3)
mremap(a, 6M, 3M, 0, 0)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
mthp()
mremap(a, 3M, 8M, 0, 0)
store(a+3M, 1M, 4K)
store(a+4M, 4M, 2M)
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
