# a device that is in use cannot be made again
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
swapon(8M)
swapon(8M)
a = mmap(0x100100000000, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 64K)
madvise(a, 32K, MADV_PAGEOUT)
swapon(16M)
smaps(a, 64K)
swapoff()
swapoff()
swapon(4M)
madvise(a, 32K, MADV_PAGEOUT)
smaps(a, 64K)
