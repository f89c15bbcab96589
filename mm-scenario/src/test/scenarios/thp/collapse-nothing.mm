# collapse of blocks that hold nothing, zero pages or one page
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 12M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 12M, MADV_HUGEPAGE)
madvise(a, 2M, MADV_COLLAPSE)
echo 0 > /sys/kernel/mm/transparent_hugepage/use_zero_page
madvise(a, 12M, MADV_NOHUGEPAGE)
load(a, 2M, 4K)
store(a+2M)
load(a+4M)
store(a+6M+4K, 4K, 4K, 0)
madvise(a, 12M, MADV_HUGEPAGE)
madvise(a, 2M, MADV_COLLAPSE)
madvise(a+2M, 2M, MADV_COLLAPSE)
madvise(a+4M, 2M, MADV_COLLAPSE)
madvise(a+6M, 2M, MADV_COLLAPSE)
madvise(a+8M, 4M, MADV_COLLAPSE)
smaps(a, 12M)
pagemap(a, 12M)
load(a, 12M, 1M)
smaps(a, 12M)
pagemap(a, 12M)
vmstat()
mthp()
status()
