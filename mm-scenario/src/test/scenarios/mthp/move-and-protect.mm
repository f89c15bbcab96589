# moving and protecting parts of small folios
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
a = mmap(0x410000000000, 512K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 512K, 64K, 3)
mremap(a+64K, 128K, 128K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x420000000000+4K)
smaps(0x420000000000, 256K)
pagemap(0x420000000000, 256K)
smaps(a, 512K)
pagemap(a, 512K)
mprotect(a+256K+16K, 16K, PROT_READ)
smaps(a, 512K)
pagemap(a, 512K)
mlock(a+384K, 64K)
smaps(a, 512K)
pagemap(a, 512K)
pagemap(a, 512K)
munmap(a+448K, 32K)
smaps(a, 512K)
pagemap(a, 512K)
