# descriptor memory of both sizes
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
echo 1 > /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages
echo 1 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 8 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
memmap()
echo 1 > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote
memmap()
hugetlb(2M)
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
memmap()
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
memmap()
echo 1 > /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages
memmap()
a = mmap(0x200000000000, 1G, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_HUGE_1GB, -1, 0)
store(a+5M)
memmap()
munmap(a, 1G)
echo 0 > /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages
memmap()
