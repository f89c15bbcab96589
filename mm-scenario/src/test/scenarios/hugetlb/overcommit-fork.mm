# copy on write with surplus pages
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 1 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x310000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
hugetlb(2M)
store(a, 4M, 2M, 3)
hugetlb(2M)
child {
  store(a, 4M, 2M, 4)
  hugetlb(2M)
  load(a, 4M, 1M)
}
hugetlb(2M)
munmap(a, 2M)
hugetlb(2M)
munmap(a+2M, 2M)
hugetlb(2M)
vmstat()
