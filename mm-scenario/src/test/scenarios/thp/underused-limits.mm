# the underused shrinker at the limit and one beyond
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 1 > /sys/kernel/mm/transparent_hugepage/shrink_underused
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 1M, 4K)
store(a+2M, 1M-4K, 4K)
store(a+4M, 4M, 4K)
mprotect(a+6M, 1M, PROT_READ)
madvise(a+4M, 1M, MADV_DONTNEED)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 8M)
pagemap(a, 8M)
load(a, 8M, 128K)
vmstat()
mthp()
