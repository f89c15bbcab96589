# a child collapses what it shares, and the parent's page after it
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 5)
child {
  store(a)
  madvise(a, 2M, MADV_COLLAPSE)
  smaps(a, 6M)
  pagemap(a, 6M)
  madvise(a+2M, 2M, MADV_COLLAPSE)
  mprotect(a+4M, 4K, PROT_READ)
  madvise(a+4M, 2M, MADV_COLLAPSE)
  mprotect(a+4M, 4K, PROT_READ|PROT_WRITE)
  madvise(a+4M, 2M, MADV_COLLAPSE)
  smaps(a, 6M)
  pagemap(a, 6M)
  vmstat()
  mthp()
  parent {
    smaps(a, 6M)
    pagemap(a, 6M)
    store(a)
    store(a+2M)
    store(a+4M)
    smaps(a, 6M)
    pagemap(a, 6M)
  }
}
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
mthp()
