# guard markers across the border of two huge pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 5)
madvise(a+2M-64K, 128K, MADV_GUARD_INSTALL)
smaps(a, 6M)
pagemap(a, 6M)
load(a+2M-64K)
load(a+2M+64K)
vmstat()
mthp()
madvise(a+2M-64K, 128K, MADV_GUARD_REMOVE)
store(a+2M-4K)
smaps(a, 6M)
pagemap(a, 6M)
madvise(a, 2M, MADV_COLLAPSE)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
mthp()
