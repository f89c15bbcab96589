# a populated area is moved away and back between its old neighbours
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x120000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 6M, 512K, 3)
mremap(a+2M, 2M, 2M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x130000000000)
smaps(a, 6M)
smaps(0x130000000000, 2M)
mremap(0x130000000000, 2M, 2M, MREMAP_MAYMOVE|MREMAP_FIXED, a+2M)
smaps(a, 6M)
load(a, 6M, 512K)
mremap(a+1M, 64K, 128K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x140000000000)
smaps(a, 6M)
smaps(0x140000000000, 256K)
pagemap(0x140000000000, 256K)
load(0x140000000000, 128K, 4K)
status()
