# MREMAP_DONTUNMAP leaves an empty area behind
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x120000000000, 3M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 3M, 128K, 9)
mremap(a+1M, 1M, 1M, MREMAP_MAYMOVE|MREMAP_DONTUNMAP|MREMAP_FIXED, 0x130000000000)
smaps(a, 3M)
pagemap(a, 3M)
smaps(0x130000000000, 1M)
pagemap(0x130000000000, 1M)
load(a, 3M, 256K)
store(a+1M+4K)
smaps(a, 3M)
pagemap(a, 3M)
mremap(a, 1M, 2M, MREMAP_MAYMOVE|MREMAP_DONTUNMAP|MREMAP_FIXED, 0x140000000000)
status()
