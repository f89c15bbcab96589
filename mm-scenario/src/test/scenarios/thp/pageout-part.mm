# PAGEOUT of a part of a huge page splits the folio first
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
swapon(64M)
a = mmap(0x210000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
store(a, 4M, 4K, 5)
madvise(a+512K, 512K, MADV_PAGEOUT)
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
mthp()
madvise(a+2M, 2M, MADV_COLD)
smaps(a, 4M)
pagemap(a, 4M)
store(a+2M+4K)
swapoff()
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
