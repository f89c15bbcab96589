# two small sizes: the larger where it fits, else the smaller
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-32kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-512kB/enabled
a = mmap(0x210000000000+4K, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 256K, 4K)
smaps(a, 2M)
pagemap(a, 2M)
madvise(a+1M, 1M, MADV_HUGEPAGE)
store(a+1M, 1M, 64K)
store(a+512K, 64K, 16K)
smaps(a, 2M)
pagemap(a, 2M)
child {
  store(a+1M, 64K, 16K)
  pagemap(a, 2M)
}
munmap(a+1M+4K, 8K)
smaps(a, 2M)
pagemap(a, 2M)
