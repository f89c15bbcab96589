# shrinking and growing with overcommit
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 2 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 2 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 8M, 2M)
hugetlb(2M)
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
echo 1 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
b = mmap(0x100200000000, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
echo 3 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
munmap(a, 2M)
hugetlb(2M)
echo 9 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
hugetlb(2M)
munmap(a+2M, 6M)
hugetlb(2M)
