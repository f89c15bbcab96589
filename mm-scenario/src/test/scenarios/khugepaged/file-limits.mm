# file blocks with holes, swapped pages and an end inside, at max_ptes_none and _swap
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
echo 100 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 2 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
swapon(64M)
fd = memfd_create("m", 0)
ftruncate(fd, 11M)
a = mmap(0x100100000000, 12M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a, 412*4K, 4K, 5)
store(a+2M, 411*4K, 4K, 5)
store(a+4M, 2M, 4K, 5)
madvise(a+4M, 8K, MADV_PAGEOUT)
store(a+6M, 2M, 4K, 5)
madvise(a+6M, 12K, MADV_PAGEOUT)
store(a+8M, 2M, 4K, 5)
store(a+10M, 1M, 4K, 5)
madvise(a, 12M, MADV_HUGEPAGE)
madvise(a, 12M, MADV_HUGEPAGE)
pagemap(a, 12M)
khugepaged(2)
smaps(a, 12M)
pagemap(a, 12M)
fstat(fd)
vmstat()
mthp()
madvise(a+6M, 2M, MADV_COLLAPSE)
madvise(a+2M, 2M, MADV_COLLAPSE)
madvise(a+10M, 2M, MADV_COLLAPSE)
smaps(a, 12M)
pagemap(a, 12M)
load(a, 8M, 64K)
smaps(a, 12M)
pagemap(a, 12M)
swapoff()
fstat(fd)
vmstat()
mthp()
