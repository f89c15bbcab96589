# swapped pages and khugepaged limits
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 8 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
swapon(64M)
a = mmap(0x510000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 4M, 4K, 5)
madvise(a, 32K, MADV_PAGEOUT)
madvise(a+2M, 36K, MADV_PAGEOUT)
smaps(a, 4M)
pagemap(a, 4M)
madvise(a, 4M, MADV_HUGEPAGE)
khugepaged(2)
smaps(a, 4M)
pagemap(a, 4M)
load(a, 4M, 16K)
vmstat()
mthp()
