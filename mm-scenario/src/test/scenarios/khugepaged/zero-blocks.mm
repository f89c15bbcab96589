# blocks with the huge zero page, small zero pages and pages of zero bytes
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x100100000000, 10M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
load(a, 2M, 4K)
store(a+2M, 2M, 4K, 0)
load(a+4M, 2M, 4K)
store(a+4M+8K)
madvise(a+6M, 2M, MADV_HUGEPAGE)
load(a+6M)
mprotect(a+6M, 4K, PROT_READ)
mprotect(a+6M, 4K, PROT_READ|PROT_WRITE)
madvise(a, 10M, MADV_HUGEPAGE)
khugepaged(2)
smaps(a, 10M)
pagemap(a, 10M)
store(a+6M+8K)
khugepaged(2)
smaps(a, 10M)
pagemap(a, 10M)
vmstat()
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 10M)
pagemap(a, 10M)
