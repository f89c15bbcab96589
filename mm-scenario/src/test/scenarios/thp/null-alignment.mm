# addresses that the kernel chooses for several sizes
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
aligned(a, 2M)
aligned(a, 64K)
b = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
aligned(b, 2M)
aligned(b, 64K)
c = mmap(0, 6M+4K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
aligned(c, 2M)
aligned(c, 64K)
d = mmap(0, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
aligned(d, 2M)
aligned(d, 64K)
store(a)
store(d)
pagemap(a, 2M)
pagemap(d, 8M)
smaps(d, 2M)
