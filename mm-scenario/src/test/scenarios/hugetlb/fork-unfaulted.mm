# a child touches what its parent has not yet
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x310000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a)
hugetlb(2M)
child {
  load(a+2M)
  hugetlb(2M)
  store(a+4M)
  hugetlb(2M)
  store(a)
  hugetlb(2M)
  smaps(a, 6M)
}
hugetlb(2M)
store(a+2M)
store(a+4M)
hugetlb(2M)
munmap(a, 6M)
hugetlb(2M)
