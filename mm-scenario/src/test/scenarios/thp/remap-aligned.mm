# huge pages move whole by 2M multiples and in pieces otherwise
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 4K, 3)
mremap(a, 4M, 4M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x220000000000)
smaps(0x220000000000, 4M)
pagemap(0x220000000000, 4M)
vmstat()
mremap(a+4M, 4M, 4M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x230000000000+64K)
smaps(0x230000000000, 8M)
pagemap(0x230000000000, 8M)
vmstat()
load(0x230000000000+64K, 4M, 512K)
mremap(0x220000000000, 4M, 6M, MREMAP_MAYMOVE, 0)
mremap(0x220000000000, 6M, 6M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x240000000000)
store(0x240000000000+4M)
smaps(0x240000000000, 6M)
pagemap(0x240000000000, 6M)
status()
vmstat()
mthp()
