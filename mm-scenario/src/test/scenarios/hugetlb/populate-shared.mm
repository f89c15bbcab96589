# populating shared mappings and reading before writing
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 6 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x310000000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_POPULATE, -1, 0)
hugetlb(2M)
pagemap(a, 4M)
load(a, 4M, 1M)
store(a, 4M, 1M)
b = mmap(0x320000000000, 4M, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_POPULATE, -1, 0)
hugetlb(2M)
pagemap(b, 4M)
load(b, 4M, 2M)
madvise(b, 4M, MADV_POPULATE_WRITE)
madvise(a, 4M, MADV_POPULATE_WRITE)
d = mmap(0x330000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_LOCKED, -1, 0)
hugetlb(2M)
smaps(d, 4M)
status()
