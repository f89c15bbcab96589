# the break moves twice, over what lies there
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
h = brk_area(1M)
store(h, 1M, 256K)
k = brk_area(512K)
store(k, 512K, 128K)
mprotect(h, 4K, PROT_READ)
pagemap(h, 4M)
munmap(h+1M, 1M)
pagemap(h, 4M)
status()
