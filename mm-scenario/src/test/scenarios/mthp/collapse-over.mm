# MADV_COLLAPSE over small folios and gaps
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
a = mmap(0x410000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 1M, 64K)
store(a+2M, 2M, 128K)
smaps(a, 4M)
pagemap(a, 4M)
madvise(a, 4M, MADV_COLLAPSE)
smaps(a, 4M)
pagemap(a, 4M)
load(a, 4M, 32K)
