# folios split by mprotect and munmap are collapsed again
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x410000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 4)
mprotect(a, 4K, PROT_READ)
mprotect(a, 4K, PROT_READ|PROT_WRITE)
madvise(a+2M+64K, 64K, MADV_DONTNEED)
munmap(a+4M, 4K)
smaps(a, 6M)
pagemap(a, 6M)
khugepaged(2)
smaps(a, 6M)
pagemap(a, 6M)
load(a, 4M, 32K)
vmstat()
mthp()
