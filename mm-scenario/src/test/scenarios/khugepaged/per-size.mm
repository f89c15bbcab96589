# hugepages-2048kB/enabled alone starts and stops khugepaged
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 4M, 8K, 5)
khugepaged(1)
smaps(a, 4M)
pagemap(a, 4M)
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
khugepaged(1)
smaps(a, 4M)
pagemap(a, 4M)
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(b, 4M, 8K, 5)
echo always > /sys/kernel/mm/transparent_hugepage/enabled
khugepaged(1)
smaps(b, 4M)
pagemap(b, 4M)
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
khugepaged(1)
smaps(b, 4M)
pagemap(b, 4M)
madvise(b, 2M, MADV_HUGEPAGE)
khugepaged(1)
smaps(b, 4M)
pagemap(b, 4M)
