# a swap device without room for a huge page
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
swapon(1M)
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
store(a, 4M, 4K, 5)
madvise(a, 2M, MADV_PAGEOUT)
smaps(a, 4M)
vmstat()
mthp()
madvise(a+2M, 64K, MADV_PAGEOUT)
smaps(a, 4M)
load(a, 2M, 4K)
smaps(a, 4M)
swapoff()
smaps(a, 4M)
vmstat()
mthp()
