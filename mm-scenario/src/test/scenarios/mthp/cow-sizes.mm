# copy-on-write of folios of several sizes, and reuse after the child is gone
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
a = mmap(0x100100000000, 256K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 256K, MADV_HUGEPAGE)
store(a, 256K, 4K, 5)
store(0x100100000000, 4K)
child {
  store(a, 4K)
  store(a+64K, 64K, 8K)
  smaps(a, 256K)
  pagemap(a, 256K)
  parent {
    store(a+8K, 4K)
    store(a+128K, 64K)
    smaps(a, 256K)
    pagemap(a, 256K)
  }
  munmap(a+192K, 16K)
  mthp()
}
smaps(a, 256K)
pagemap(a, 256K)
store(a, 256K, 4K, 6)
smaps(a, 256K)
pagemap(a, 256K)
mthp()
child {
  child {
    store(a+192K, 4K)
    smaps(a, 256K)
    pagemap(a, 256K)
  }
  store(a+196K, 4K)
  smaps(a, 256K)
  pagemap(a, 256K)
}
store(a+200K, 4K)
smaps(a, 256K)
pagemap(a, 256K)
mthp()
