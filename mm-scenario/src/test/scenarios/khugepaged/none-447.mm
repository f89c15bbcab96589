# max_ptes_none=447 with 64 pages there
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 447 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x410000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
madvise(a, 4M, MADV_NOHUGEPAGE)
store(a, 64*4K, 4K)
store(a+2M+64K, 64*4K, 4K)
load(a+2M)
madvise(a, 4M, MADV_HUGEPAGE)
khugepaged(2)
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
mthp()
