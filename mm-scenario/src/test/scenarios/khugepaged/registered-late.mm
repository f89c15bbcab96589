# when a block becomes one for khugepaged: grown, merged, moved, advised
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x100100000000, 1M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 1M, 4K, 5)
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
madvise(a, 1M, MADV_HUGEPAGE)
khugepaged(1)
mremap(a, 1M, 3M, 0, 0)
store(a+1M)
smaps(a, 4M)
khugepaged(1)
smaps(a, 4M)
pagemap(a, 4M)
b = mmap(a+3M, 1M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(b, 1M, MADV_HUGEPAGE)
store(a+2M, 2M, 4K, 6)
khugepaged(1)
smaps(a, 4M)
pagemap(a, 4M)
mremap(a, 2M, 2M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000100000)
smaps(0x300000100000, 2M)
pagemap(0x300000100000, 2M)
khugepaged(1)
mremap(0x300000100000, 2M, 2M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000400000)
khugepaged(1)
smaps(0x300000400000, 2M)
pagemap(0x300000400000, 2M)
vmstat()
