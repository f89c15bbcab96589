# demotion with promises, and its sizes
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
echo 2 > /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages
a = mmap(0x200000000000, 1G, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_HUGE_1GB, -1, 0)
hugetlb(1G)
echo 1 > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote
hugetlb(1G)
hugetlb(2M)
echo 1 > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote
hugetlb(1G)
store(a)
hugetlb(1G)
echo 1 > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote
munmap(a, 1G)
hugetlb(1G)
echo -1 > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote
echo 2M > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote_size
echo 2 > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote_size
echo 2097152 > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote_size
cat /sys/kernel/mm/hugepages/hugepages-1048576kB/demote_size
echo 5 > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote
hugetlb(1G)
hugetlb(2M)
b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(b, 4M, 2M)
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
