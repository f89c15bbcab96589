# swapoff reads ahead too; what one entry alone refers to is read past the cache, and nothing with it
echo 3 > /proc/sys/vm/page-cluster
cat /proc/sys/vm/page-cluster
echo 32 > /proc/sys/vm/page-cluster
echo -1 > /proc/sys/vm/page-cluster
cat /sys/kernel/mm/swap/vma_ra_enabled
echo maybe > /sys/kernel/mm/swap/vma_ra_enabled
echo 0 > /sys/kernel/mm/swap/vma_ra_enabled
cat /sys/kernel/mm/swap/vma_ra_enabled
echo on > /sys/kernel/mm/swap/vma_ra_enabled
cat /sys/kernel/mm/swap/vma_ra_enabled
swapon(64M)
a = mmap(0x200000000000, 256K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
store(a, 256K)
madvise(a, 256K, MADV_PAGEOUT)
load(a, 16K)
vmstat(swap_ra, swap_ra_hit, pswpin)
madvise(a+64K, 32K, MADV_WILLNEED)
vmstat(swap_ra, swap_ra_hit, pswpin)
load(a+64K, 64K)
vmstat(swap_ra, swap_ra_hit, pswpin)
swapoff()
vmstat(swap_ra, swap_ra_hit, pswpin)
smaps(a, 256K)
