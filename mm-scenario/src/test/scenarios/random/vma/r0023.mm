# random VMA scenario, seed 23
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 0 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a+964K, 12K, 64K, 152)
store(a+5504K, 64K, 2M, 195)
madvise(a, 4096K, MADV_DODUMP)
mmap(a+4M, 8K, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED|MAP_POPULATE, -1, 0)
madvise(a+7028K, 12K, MADV_KEEPONFORK)
madvise(a+6972K, 1220K, MADV_DONTFORK)
smaps(a, 32M)
pagemap(a, 8M)
mremap(a+5512K, 2048K, 2048K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+4676K)
mremap(a+16M+4676K, 2048K, 2048K, MREMAP_MAYMOVE|MREMAP_FIXED, a+2M)
store(a+2112K, 308K, 2M, 45)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
munmap(a+960K, 4096K)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
status()
vmstat()
