# enabled=madvise, defrag=never: plain, advised and excluded memory
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo never > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a+2M, 2M, MADV_HUGEPAGE)
madvise(a+4M, 2M, MADV_NOHUGEPAGE)
store(a, 6M, 1M)
load(a, 6M, 256K)
smaps(a, 6M)
pagemap(a, 6M)
