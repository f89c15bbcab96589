# shrinking below what is promised
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 6 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
hugetlb(2M)
echo 2 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
store(a, 2M)
munmap(b, 4M)
hugetlb(2M)
echo 0 > /proc/sys/vm/nr_hugepages
hugetlb(2M)
cat /proc/sys/vm/nr_hugepages
cat /proc/sys/vm/nr_hugepages_mempolicy
munmap(a+2M, 4M)
hugetlb(2M)
echo 1 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
munmap(a, 2M)
hugetlb(2M)
