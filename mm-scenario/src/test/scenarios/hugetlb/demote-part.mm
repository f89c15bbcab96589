# demoting some of several 1G pages
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
echo 2 > /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages
hugetlb(1G)
a = mmap(0x310000000000, 1G, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_HUGE_1GB|MAP_FIXED_NOREPLACE, -1, 0)
hugetlb(1G)
echo 5 > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote
hugetlb(1G)
hugetlb(2M)
store(a+700M)
pagemap(a, 1G)
meminfo()
echo 100 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
child {
  load(a+700M)
  store(a)
}
munmap(a, 1G)
hugetlb(1G)
echo 1 > /sys/kernel/mm/hugepages/hugepages-1048576kB/demote
hugetlb(1G)
hugetlb(2M)
status()
