# parts of a pinned huge page unmapped, protected, moved and freed
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
store(a, 4M, 4K, 5)
pin(p, a+1M, 4K)
munmap(a, 64K)
mprotect(a+64K, 4K, PROT_READ)
madvise(a+128K, 64K, MADV_FREE)
mremap(a+1M, 64K, 64K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000000000)
smaps(a, 4M)
pagemap(a, 4M)
smaps(0x300000000000, 64K)
pagemap(0x300000000000, 64K)
vmstat()
mthp()
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 4M)
pagemap(a, 4M)
mthp(2048kB/split, 2048kB/nr_anon, 2048kB/nr_anon_partially_mapped)
child {
  smaps(a, 4M)
  pagemap(a, 4M)
  store(0x300000000000, 64K)
  smaps(0x300000000000, 64K)
  pagemap(0x300000000000, 64K)
}
store(0x300000000000, 64K, 4K, 6)
smaps(0x300000000000, 64K)
pagemap(0x300000000000, 64K)
unpin(p)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 4M)
pagemap(a, 4M)
smaps(0x300000000000, 64K)
pagemap(0x300000000000, 64K)
mthp(2048kB/split, 2048kB/nr_anon, 2048kB/nr_anon_partially_mapped)
