# addresses the kernel chooses
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0, 3M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB, -1, 0)
aligned(a, 2M)
smaps(a, 4M)
store(a+3M)
hugetlb(2M)
b = mmap(0x310000000000+4K, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB, -1, 0)
aligned(b, 2M)
store(b)
mmap(0, 0, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB, -1, 0)
mmap(0, 2M, PROT_READ, MAP_ANONYMOUS|MAP_HUGETLB, -1, 0)
hugetlb(2M)
munmap(a, 4M)
hugetlb(2M)
status()
