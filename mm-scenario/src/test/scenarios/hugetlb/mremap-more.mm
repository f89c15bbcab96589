# shrinking, moving and refusing to grow private memory
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 8 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 8M, 2M, 5)
mremap(a, 8M, 4M, MREMAP_MAYMOVE, 0)
hugetlb(2M)
mremap(a, 4M, 4M, MREMAP_MAYMOVE, 0)
mremap(a, 4M, 4M, MREMAP_MAYMOVE|MREMAP_DONTUNMAP, 0)
smaps(a, 4M)
hugetlb(2M)
mremap(a, 4M, 6M, 0, 0)
mremap(a, 0, 4M, MREMAP_MAYMOVE, 0)
mremap(a, 4M, 3M, 0, 0)
smaps(a, 4M)
hugetlb(2M)
mremap(a, 4M, 4M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000000000)
pagemap(0x300000000000, 4M)
hugetlb(2M)
store(0x300000000000, 4M, 2M, 9)
munmap(0x300000000000, 4M)
hugetlb(2M)
