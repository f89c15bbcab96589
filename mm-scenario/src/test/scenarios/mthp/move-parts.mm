# small folios moved, protected, locked and guarded in parts
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
a = mmap(0x100100000000, 512K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 512K, MADV_HUGEPAGE)
store(a, 512K, 4K, 5)
mremap(a, 32K, 32K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000000000)
mremap(a+64K, 64K, 64K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000021000)
mprotect(a+128K, 8K, PROT_READ)
mlock(a+192K, 8K)
madvise(a+256K, 8K, MADV_GUARD_INSTALL)
madvise(a+320K, 8K, MADV_DONTNEED)
smaps(a, 512K)
pagemap(a, 512K)
smaps(0x300000000000, 256K)
pagemap(0x300000000000, 256K)
mthp()
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 512K)
pagemap(a, 512K)
smaps(0x300000000000, 256K)
pagemap(0x300000000000, 256K)
mthp()
store(a+128K, 64K)
munmap(0x300000000000, 4K)
madvise(a+256K, 8K, MADV_GUARD_REMOVE)
store(a+256K, 64K)
store(a+320K, 64K)
smaps(a, 512K)
pagemap(a, 512K)
mthp()
vmstat()
