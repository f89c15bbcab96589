# 16K folios over fork and unmap
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled
a = mmap(0x210000000000, 256K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 256K, 16K, 3)
smaps(a, 256K)
pagemap(a, 256K)
child {
  store(a+4K, 64K, 16K, 4)
  smaps(a, 256K)
  pagemap(a, 256K)
}
store(a, 256K, 4K, 5)
smaps(a, 256K)
pagemap(a, 256K)
munmap(a+16K, 4K)
madvise(a+64K, 8K, MADV_DONTNEED)
store(a+64K)
smaps(a, 256K)
pagemap(a, 256K)
