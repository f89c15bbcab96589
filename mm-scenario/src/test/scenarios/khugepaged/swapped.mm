# swapped-out pages beside holes, at the limit, with a child that shares the entries
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 2 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
swapon(64M)
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 8M, 4K, 5)
madvise(a, 8K, MADV_PAGEOUT)
madvise(a+2M, 12K, MADV_PAGEOUT)
madvise(a+4M, 4K, MADV_PAGEOUT)
madvise(a+4M+64K, 1M, MADV_DONTNEED)
madvise(a+6M, 8K, MADV_PAGEOUT)
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
madvise(a, 8M, MADV_HUGEPAGE)
khugepaged(2)
smaps(a, 8M)
pagemap(a, 8M)
load(a+2M)
khugepaged(2)
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
swapoff()
khugepaged(2)
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
