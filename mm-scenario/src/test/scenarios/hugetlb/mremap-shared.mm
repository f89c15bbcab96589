# moving and doubling shared memory
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 8 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 4M, 2M, 5)
mremap(a, 6M, 6M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000000000)
b = 0x300000000000
smaps(b, 6M)
pagemap(b, 6M)
hugetlb(2M)
mremap(b, 0, 6M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x400000000000)
hugetlb(2M)
mremap(b, 2M, 2M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x500000000000)
smaps(b, 6M)
smaps(0x500000000000, 2M)
load(0x500000000000)
store(b+4M)
hugetlb(2M)
mremap(b+2M, 4M, 2M, 0, 0)
hugetlb(2M)
munmap(b+2M, 2M)
munmap(0x500000000000, 2M)
hugetlb(2M)
