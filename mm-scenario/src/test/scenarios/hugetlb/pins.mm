# pinned pages, fork and DONTNEED
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 4M, 2M, 5)
pin(p, a, 2M)
status()
child {
  load(a)
  hugetlb(2M)
  pagemap(a, 4M)
  smaps(a, 4M)
}
store(a, 4M, 2M, 6)
hugetlb(2M)
munmap(a, 2M)
hugetlb(2M)
unpin(p)
hugetlb(2M)
pin(q, a+2M, 1M)
madvise(a+2M, 2M, MADV_DONTNEED)
hugetlb(2M)
load(a+2M)
hugetlb(2M)
unpin(q)
hugetlb(2M)
