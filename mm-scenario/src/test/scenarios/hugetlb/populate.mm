# MAP_POPULATE, MAP_LOCKED and MADV_POPULATE with and without pages
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 6 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 4M, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_POPULATE, -1, 0)
pagemap(a, 4M)
hugetlb(2M)
b = mmap(0x100200000000, 4M, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_POPULATE, -1, 0)
pagemap(b, 4M)
hugetlb(2M)
madvise(b, 4M, MADV_POPULATE_READ)
madvise(a, 4M, MADV_POPULATE_WRITE)
d = mmap(0x100300000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_POPULATE|MAP_NORESERVE, -1, 0)
hugetlb(2M)
pagemap(d, 8M)
munmap(b, 4M)
madvise(d, 8M, MADV_POPULATE_READ)
hugetlb(2M)
e = mmap(0x100400000000, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_LOCKED, -1, 0)
hugetlb(2M)
