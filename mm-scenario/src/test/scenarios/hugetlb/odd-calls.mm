# calls that mean little on huge pages
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x310000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
store(a)
madvise(a, 4M, MADV_WILLNEED)
madvise(a, 4M, MADV_COLD)
madvise(a, 4M, MADV_RANDOM)
madvise(a, 4M, MADV_DONTDUMP)
madvise(a, 2M, MADV_DONTFORK)
smaps(a, 4M)
madvise(a, 1M, MADV_DODUMP)
madvise(a, 4M, MADV_WIPEONFORK)
madvise(a, 4M, MADV_MERGEABLE)
madvise(a, 2M, MADV_GUARD_INSTALL)
msync(a, 4M, MS_SYNC)
mlock2(a, 4M, MLOCK_ONFAULT)
smaps(a, 4M)
munlock(a, 4M)
madvise(a, 4M, MADV_DONTNEED_LOCKED)
hugetlb(2M)
mmap(a, 4K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
mmap(a+2M, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
smaps(a, 4M)
hugetlb(2M)
child {
  smaps(a, 4M)
}
