# random VMA scenario, seed 3
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
mmap(a, 2048K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
madvise(a+5232K, 8K, MADV_DONTDUMP)
munlock(a+4M, 256K)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
store(a+5504K, 2688K, 64K, 12)
madvise(a+128K, 2296K, MADV_HUGEPAGE)
store(a+7936K, 256K, 4K, 134)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
store(a+6M, 2048K, 2M, 108)
madvise(a+7748K, 444K, MADV_RANDOM)
smaps(a, 32M)
pagemap(a, 8M)
mmap(a, 4096K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
