# MAP_POPULATE and MADV_POPULATE with huge pages and odd borders
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE|MAP_POPULATE, -1, 0)
b = mmap(0x220000000000+512K, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE|MAP_POPULATE, -1, 0)
c = mmap(0x230000000000, 4M, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE|MAP_POPULATE, -1, 0)
d = mmap(0x240000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(d+1M, 64K, MADV_POPULATE_READ)
madvise(d+3M, 4K, MADV_POPULATE_WRITE)
smaps(a, 4M)
pagemap(a, 4M)
smaps(b, 4M)
pagemap(b, 4M)
smaps(c, 4M)
pagemap(c, 4M)
smaps(d, 4M)
pagemap(d, 4M)
store(d+1M)
smaps(d, 4M)
pagemap(d, 4M)
status()
