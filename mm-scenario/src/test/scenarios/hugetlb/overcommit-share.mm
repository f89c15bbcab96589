# surplus pages of shared memory, and a child that asks for more
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 3 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 1 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
hugetlb(2M)
store(a, 4M, 2M)
hugetlb(2M)
child {
  b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
  hugetlb(2M)
  store(b, 4M, 2M)
  hugetlb(2M)
}
hugetlb(2M)
echo 3 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
munmap(a, 2M)
hugetlb(2M)
munmap(a+2M, 2M)
hugetlb(2M)
vmstat()
