# a huge page mapped by entries: written, protected, locked, shared, collapsed and unmapped
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 5)
mprotect(a+4K, 4K, PROT_READ)
mprotect(a+4K, 4K, PROT_READ|PROT_WRITE)
smaps(a, 6M)
pagemap(a, 6M)
child {
  store(a, 64K)
  smaps(a, 2M)
  pagemap(a, 2M)
  parent {
    store(a+32K, 64K)
    smaps(a, 2M)
    pagemap(a, 2M)
  }
  munmap(a, 2M)
  vmstat()
  mthp()
}
smaps(a, 2M)
pagemap(a, 2M)
store(a, 2M, 4K, 6)
smaps(a, 2M)
pagemap(a, 2M)
vmstat()
mthp()
mprotect(a+2M+4K, 4K, PROT_NONE)
madvise(a+2M, 4K, MADV_DONTNEED)
store(a+2M)
mprotect(a+2M+4K, 4K, PROT_READ|PROT_WRITE)
load(a+2M, 16K)
madvise(a+2M, 2M, MADV_COLLAPSE)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
mthp()
madvise(a+4M, 1M, MADV_SEQUENTIAL)
madvise(a+4M, 2M, MADV_DONTNEED)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
mthp()
status()
