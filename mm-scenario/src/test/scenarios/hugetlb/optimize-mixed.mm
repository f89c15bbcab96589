# vmemmap of pages made before and after the switch
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 2 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
memmap()
echo 1 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 5 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
memmap()
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 7 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
memmap()
a = mmap(0x310000000000, 14M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 14M, 2M)
memmap()
munmap(a, 14M)
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
memmap()
echo 1 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 3 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
a = mmap(0x310000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
memmap()
munmap(a, 4M)
memmap()
