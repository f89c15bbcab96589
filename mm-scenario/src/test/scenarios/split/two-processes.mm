# the deferred queue when two processes share a folio
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x410000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
store(a, 4M, 4K)
child {
  munmap(a, 64K)
  vmstat()
  parent {
    munmap(a+1M, 64K)
    madvise(a+2M, 64K, MADV_DONTNEED)
    smaps(a, 4M)
  }
  vmstat()
  madvise(a+2M, 1M, MADV_DONTNEED)
  smaps(a, 4M)
  pagemap(a, 4M)
}
vmstat()
mthp()
smaps(a, 4M)
pagemap(a, 4M)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
mthp()
