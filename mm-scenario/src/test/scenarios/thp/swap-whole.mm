# paging out huge pages and touching them again
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
swapon(64M)
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 4K, 5)
madvise(a+2M, 4M, MADV_PAGEOUT)
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
load(a+2M, 2M, 64K)
smaps(a, 8M)
pagemap(a, 8M)
store(a+4M, 256K, 4K, 6)
smaps(a, 8M)
pagemap(a, 8M)
madvise(a+2M, 2M, MADV_COLLAPSE)
smaps(a, 8M)
pagemap(a, 8M)
load(a, 8M, 4K)
vmstat()
mthp()
munmap(a, 8M)
