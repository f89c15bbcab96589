# pages given up by MADV_FREE, locked pages, read-only and PROT_NONE areas
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x100100000000, 10M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 10M, 4K, 5)
mprotect(a+2M, 2M, PROT_NONE)
mprotect(a+4M, 2M, PROT_READ)
mlock(a+6M, 2M)
madvise(a+8M, 2M, MADV_SEQUENTIAL)
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
madvise(a, 10M, MADV_HUGEPAGE)
khugepaged(2)
smaps(a, 10M)
pagemap(a, 10M)
vmstat()
mprotect(a+2M, 2M, PROT_READ|PROT_WRITE)
store(a+2M)
khugepaged(2)
smaps(a, 10M)
pagemap(a, 10M)
status()
