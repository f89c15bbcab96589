# private copies over a file's block, and what collapses there
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
fd = memfd_create("m", 0)
ftruncate(fd, 4M)
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a, 4M, 4K, 5)
b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, fd, 0)
load(b, 4M, 4K)
store(b+64K)
store(b+2M, 2M, 4K, 6)
madvise(b, 4M, MADV_HUGEPAGE)
madvise(b, 4M, MADV_HUGEPAGE)
khugepaged(2)
smaps(a, 4M)
pagemap(a, 4M)
smaps(b, 4M)
pagemap(b, 4M)
madvise(b, 2M, MADV_COLLAPSE)
madvise(b+2M, 2M, MADV_COLLAPSE)
smaps(b, 4M)
pagemap(b, 4M)
madvise(a, 4M, MADV_COLLAPSE)
smaps(a, 4M)
pagemap(a, 4M)
smaps(b, 4M)
pagemap(b, 4M)
load(b, 4M, 64K)
smaps(b, 4M)
pagemap(b, 4M)
vmstat()
mthp()
