# areas that share a huge page after a split of the area, moved apart and rejoined
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
store(a, 4M, 4K, 5)
madvise(a, 1M, MADV_DONTFORK)
child {
  smaps(a, 4M)
  pagemap(a, 4M)
  munmap(a+1M, 512K)
  vmstat()
  mthp()
}
vmstat()
mthp()
madvise(a, 1M, MADV_DOFORK)
smaps(a, 4M)
pagemap(a, 4M)
child {
  smaps(a, 4M)
  pagemap(a, 4M)
  parent {
    madvise(a, 1M, MADV_WIPEONFORK)
    child {
      smaps(a, 4M)
      pagemap(a, 4M)
      store(a, 64K)
      smaps(a, 4M)
      pagemap(a, 4M)
    }
  }
}
madvise(a, 2M, MADV_COLLAPSE)
smaps(a, 4M)
pagemap(a, 4M)
madvise(a, 1M, MADV_KEEPONFORK)
madvise(a, 2M, MADV_COLLAPSE)
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
mthp()
