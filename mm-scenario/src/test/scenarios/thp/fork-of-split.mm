# fork when one folio is mapped by small entries and one is gone in part
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x510000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 3)
mprotect(a, 64K, PROT_READ)
munmap(a+2M+1M, 64K)
madvise(a+4M, 4K, MADV_DONTNEED)
child {
  smaps(a, 6M)
  pagemap(a, 6M)
  store(a+64K, 64K)
  store(a+2M, 64K)
  store(a+4M, 64K)
  smaps(a, 6M)
  pagemap(a, 6M)
  echo 2 > /proc/sys/vm/drop_caches
  pagemap(a, 6M)
}
store(a+64K, 64K)
store(a+4M, 64K)
smaps(a, 6M)
pagemap(a, 6M)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
mthp()
