# max_ptes_none of 1 and 510, with holes, zero pages and guard markers
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 510 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x100100000000, 14M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 4K, 4K, 5)
store(a+2M, 8K, 4K, 5)
load(a+4M, 2M, 4K)
store(a+4M, 8K, 4K, 5)
load(a+6M, 8K)
store(a+10M, 2M, 4K, 5)
madvise(a+10M, 4K, MADV_DONTNEED)
store(a+12M, 2M, 4K, 0)
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
madvise(a, 14M, MADV_HUGEPAGE)
khugepaged(2)
smaps(a, 14M)
pagemap(a, 14M)
vmstat()
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
store(a+10M, 2M, 4K, 6)
khugepaged(2)
smaps(a, 14M)
pagemap(a, 14M)
vmstat()
