# pins keep pages at fork; the child gets copies while there are pages
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x310000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 4M, 2M, 6)
pin(q, a+1M, 8K)
status()
child {
  hugetlb(2M)
  smaps(a, 4M)
  pagemap(a, 4M)
  store(a, 1, 4K, 7)
  load(a, 4M, 2M)
}
hugetlb(2M)
store(a, 1, 4K, 8)
smaps(a, 4M)
hugetlb(2M)
madvise(a, 2M, MADV_DONTNEED)
hugetlb(2M)
unpin(q)
hugetlb(2M)
status()
