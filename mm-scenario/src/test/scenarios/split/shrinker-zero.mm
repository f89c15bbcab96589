# pages of zeroes found when the shrinker splits partly unmapped pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 8K, 5)
munmap(a, 4K)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
mlock(a+2M, 2M)
munmap(a+2M, 4K)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
child {
  madvise(a+4M, 4K, MADV_DONTNEED)
  parent {
    madvise(a+4M, 4K, MADV_DONTNEED)
  }
  echo 2 > /proc/sys/vm/drop_caches
  smaps(a, 8M)
  pagemap(a, 8M)
}
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
pin(p, a+6M, 4K)
madvise(a+7M, 4K, MADV_DONTNEED)
echo 2 > /proc/sys/vm/drop_caches
unpin(p)
smaps(a, 8M)
pagemap(a, 8M)
load(a, 8M, 64K)
