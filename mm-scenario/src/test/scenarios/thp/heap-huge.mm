# the heap gets huge pages; shrinking it by munmap splits
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
h = brk_area(6M)
store(h, 6M, 512K, 3)
smaps(h, 6M)
pagemap(h, 6M)
munmap(h+5M, 1M)
smaps(h, 6M)
pagemap(h, 6M)
load(h, 5M, 512K)
