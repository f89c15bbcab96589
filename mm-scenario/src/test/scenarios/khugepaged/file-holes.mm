# shared memory with holes under several limits
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 200 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
fd = memfd_create("k", 0)
ftruncate(fd, 8M)
a = mmap(0x410000000000, 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a, 2M, 4K, 1)
store(a+2M, 1M, 4K, 2)
store(a+4M, 340*4K, 4K, 3)
store(a+6M)
madvise(a, 8M, MADV_HUGEPAGE)
madvise(a, 8M, MADV_HUGEPAGE)
khugepaged(2)
smaps(a, 8M)
pagemap(a, 8M)
load(a, 8M, 256K)
smaps(a, 8M)
pagemap(a, 8M)
fstat(fd)
vmstat()
mthp()
