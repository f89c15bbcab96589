# copy-on-write on surplus pages
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 2 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 2 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 4M, 2M, 5)
child {
  store(a, 4M, 2M, 6)
  hugetlb(2M)
  madvise(a, 2M, MADV_DONTNEED)
  hugetlb(2M)
  store(a)
  hugetlb(2M)
  munmap(a, 2M)
  hugetlb(2M)
}
hugetlb(2M)
store(a, 4M, 2M, 7)
hugetlb(2M)
vmstat()
