# Copies of small folios among three generations.
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
a = mmap(0x200000000000, 1M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 1M, MADV_HUGEPAGE)
store(a, 1M)
child {
  store(a, 4K)
  store(a+64K, 64K)
  munmap(a+128K, 32K)
  madvise(a+192K, 16K, MADV_DONTNEED)
  store(a+192K, 16K)
  parent {
    store(a+128K, 64K)
    store(a+256K, 4K)
    smaps(a, 1M)
    pagemap(a, 1M)
  }
  store(a+256K, 64K)
  smaps(a, 1M)
  pagemap(a, 1M)
  child {
    store(a+320K, 64K)
    madvise(a+384K, 64K, MADV_PAGEOUT)
    mprotect(a+448K, 64K, PROT_READ)
    smaps(a, 1M)
    pagemap(a, 1M)
  }
  store(a+320K, 64K)
  madvise(a, 1M, MADV_COLD)
  smaps(a, 1M)
  pagemap(a, 1M)
}
store(a, 1M)
smaps(a, 1M)
pagemap(a, 1M)
vmstat()
mthp()
status()
madvise(a+100K, 200K, MADV_DONTNEED)
store(a+100K, 200K)
smaps(a, 1M)
pagemap(a, 1M)
vmstat()
mthp()
status()
mremap(a+512K, 128K, 128K, MREMAP_MAYMOVE|MREMAP_FIXED, a+1M+4K)
mremap(a+640K, 128K, 128K, MREMAP_MAYMOVE|MREMAP_FIXED, a+2M)
store(a+512K, 256K)
child {
  store(a+1M+4K, 64K)
  store(a+2M, 64K)
}
store(a+1M+4K, 128K)
store(a+2M, 128K)
smaps(a, 3M)
pagemap(a, 3M)
vmstat()
mthp()
status()
