# MADV_COLLAPSE of blocks with holes, zero pages and other folios
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 10M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 2M, 8K, 5)
load(a+2M, 2M, 4K)
store(a+2M+4K)
store(a+4M, 64K)
madvise(a, 10M, MADV_COLLAPSE)
smaps(a, 10M)
pagemap(a, 10M)
load(a, 6M, 4K)
madvise(a+6M, 2M, MADV_HUGEPAGE)
store(a+6M)
munmap(a+6M+64K, 4K)
b = mmap(a+6M+64K, 4K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
smaps(a, 10M)
pagemap(a, 10M)
madvise(b, 4K, MADV_HUGEPAGE)
madvise(a+6M, 2M, MADV_COLLAPSE)
smaps(a, 10M)
pagemap(a, 10M)
vmstat()
mthp()
status()
