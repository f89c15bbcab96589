# advice on private memory, and what a child gets
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 8 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 4M, 2M, 5)
madvise(a, 2M, MADV_DONTFORK)
madvise(a+2M, 2M, MADV_WIPEONFORK)
smaps(a, 8M)
child {
  smaps(a, 8M)
  load(a+2M)
  load(a+4M)
  hugetlb(2M)
}
madvise(a, 2M, MADV_DOFORK)
madvise(a, 8M, MADV_COLD)
madvise(a, 8M, MADV_WILLNEED)
madvise(a, 8M, MADV_MERGEABLE)
madvise(a, 8M, MADV_UNMERGEABLE)
madvise(a, 8M, MADV_GUARD_INSTALL)
madvise(a, 8M, MADV_GUARD_REMOVE)
madvise(a, 8M, MADV_SEQUENTIAL)
madvise(a+1M, 2M, MADV_RANDOM)
madvise(a, 1M, MADV_RANDOM)
madvise(a, 8M, MADV_DODUMP)
madvise(a, 8M, MADV_DONTDUMP)
madvise(a, 2M, MADV_KEEPONFORK)
madvise(a, 8M, MADV_DONTNEED_LOCKED)
smaps(a, 8M)
hugetlb(2M)
