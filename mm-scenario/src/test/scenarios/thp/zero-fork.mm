# the huge zero page over fork, unmapped and protected in parts, and after the knob changes
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 10M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 10M, MADV_HUGEPAGE)
load(a, 10M, 2M)
child {
  smaps(a, 10M)
  pagemap(a, 10M)
  store(a)
  load(a+2M)
  parent {
    store(a+2M)
  }
  smaps(a, 10M)
  pagemap(a, 10M)
}
smaps(a, 10M)
pagemap(a, 10M)
echo 0 > /sys/kernel/mm/transparent_hugepage/use_zero_page
madvise(a+4M, 2M, MADV_DONTNEED)
load(a+4M)
store(a+6M+4K)
child {
  store(a+8M+12K)
  smaps(a, 10M)
  pagemap(a, 10M)
}
mprotect(a+8M, 4K, PROT_READ)
smaps(a, 10M)
pagemap(a, 10M)
mremap(a+8M+1M, 1M, 1M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000100000)
smaps(0x300000100000, 1M)
pagemap(0x300000100000, 1M)
store(0x300000100000)
smaps(0x300000100000, 1M)
pagemap(0x300000100000, 1M)
madvise(a, 2M, MADV_PAGEOUT)
madvise(a, 2M, MADV_FREE)
madvise(a, 2M, MADV_COLD)
smaps(a, 10M)
pagemap(a, 10M)
vmstat()
mthp()
echo 2 > /proc/sys/vm/drop_caches
vmstat()
mthp()
