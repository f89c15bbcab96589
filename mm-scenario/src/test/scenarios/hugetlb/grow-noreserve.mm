# memory without promises competes with promised memory
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 2 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
n = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_NORESERVE, -1, 0)
hugetlb(2M)
load(n, 8M, 2M)
hugetlb(2M)
a = mmap(0x100200000000, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
munmap(n, 2M)
a = mmap(0x100200000000, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
hugetlb(2M)
child {
  store(a)
  hugetlb(2M)
}
store(a)
hugetlb(2M)
madvise(n+2M, 2M, MADV_DONTNEED)
hugetlb(2M)
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
store(n+2M, 6M, 2M)
hugetlb(2M)
