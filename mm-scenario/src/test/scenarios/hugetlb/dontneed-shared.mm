# MADV_DONTNEED on shared memory in parent and child
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 6 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 6M, 2M, 5)
child {
  madvise(a, 2M, MADV_DONTNEED)
  pagemap(a, 6M)
  smaps(a, 6M)
  load(a, 6M, 2M)
  hugetlb(2M)
  parent {
    smaps(a, 6M)
    madvise(a, 6M, MADV_DONTNEED)
    smaps(a, 6M)
    hugetlb(2M)
    status()
  }
  smaps(a, 6M)
  status()
}
load(a, 6M, 2M)
madvise(a+2M, 1M, MADV_DONTNEED)
madvise(a+2M, 3M, MADV_DONTNEED)
pagemap(a, 6M)
hugetlb(2M)
