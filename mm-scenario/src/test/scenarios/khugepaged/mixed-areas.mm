# ranges khugepaged must leave alone beside one it takes
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x410000000000, 10M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 10M, 4K, 4)
madvise(a, 8M, MADV_HUGEPAGE)
madvise(a+2M, 2M, MADV_NOHUGEPAGE)
mprotect(a+4M, 1M, PROT_READ)
khugepaged(2)
smaps(a, 10M)
pagemap(a, 10M)
mprotect(a+4M, 1M, PROT_READ|PROT_WRITE)
khugepaged(2)
smaps(a, 10M)
pagemap(a, 10M)
vmstat()
