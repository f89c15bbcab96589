# huge pages only where a whole block lies inside the range
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000+1020K, 7M+8K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 7M+8K, 4K, 2)
smaps(a, 7M+8K)
pagemap(a, 7M+8K)
munmap(a+4K, 4K)
munmap(a+2M, 4M)
smaps(a, 7M+8K)
pagemap(a, 7M+8K)
b = mmap(0x220000000000+2M-4K, 2M+4K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(b)
store(b+4K)
smaps(b, 2M+4K)
pagemap(b, 2M+4K)
c = mmap(0x230000000000+4K, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(c, 2M, 512K)
smaps(c, 2M)
pagemap(c, 2M)
