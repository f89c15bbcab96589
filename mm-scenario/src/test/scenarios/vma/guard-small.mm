# guard markers on small pages, in fork, over DONTNEED and munlock
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x120000000000, 256K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 128K, 4K, 4)
madvise(a+16K, 16K, MADV_GUARD_INSTALL)
smaps(a, 256K)
pagemap(a, 256K)
load(a+16K)
store(a+12K, 16K)
load(a+32K)
madvise(a+128K, 64K, MADV_GUARD_INSTALL)
madvise(a, 256K, MADV_DONTNEED)
smaps(a, 256K)
pagemap(a, 256K)
child {
  load(a+16K)
  pagemap(a, 256K)
  madvise(a, 64K, MADV_GUARD_REMOVE)
  load(a+16K)
}
mprotect(a, 64K, PROT_READ)
madvise(a+16K, 4K, MADV_GUARD_REMOVE)
load(a+16K)
smaps(a, 256K)
pagemap(a, 256K)
madvise(a, 256K, MADV_GUARD_REMOVE)
smaps(a, 256K)
pagemap(a, 256K)
mlock(a, 64K)
madvise(a, 4K, MADV_GUARD_INSTALL)
madvise(a, 64K, MADV_DONTNEED)
madvise(a, 64K, MADV_DONTNEED_LOCKED)
smaps(a, 256K)
pagemap(a, 256K)
