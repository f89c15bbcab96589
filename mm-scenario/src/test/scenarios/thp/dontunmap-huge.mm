# MREMAP_DONTUNMAP of huge pages, whole and in part
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x510000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 3)
mremap(a, 2M, 2M, MREMAP_MAYMOVE|MREMAP_DONTUNMAP|MREMAP_FIXED, 0x520000000000)
mremap(a+3M, 2M, 2M, MREMAP_MAYMOVE|MREMAP_DONTUNMAP|MREMAP_FIXED, 0x530000000000)
smaps(a, 6M)
pagemap(a, 6M)
smaps(0x520000000000, 2M)
pagemap(0x520000000000, 2M)
smaps(0x530000000000, 2M)
pagemap(0x530000000000, 2M)
store(a)
load(a+3M)
smaps(a, 6M)
pagemap(a, 6M)
load(0x530000000000, 2M, 512K)
vmstat()
mthp()
status()
