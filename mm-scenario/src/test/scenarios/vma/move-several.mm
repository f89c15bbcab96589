# one mremap moves several areas and gaps
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x510000000000, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
b = mmap(0x510000000000+128K, 64K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
c = mmap(0x510000000000+192K, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a)
store(c)
mremap(a, 256K, 256K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x520000000000)
smaps(a, 256K)
smaps(0x520000000000, 256K)
mremap(0x520000000000+64K, 64K, 64K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x530000000000)
mremap(0x520000000000+32K, 128K, 128K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x530000000000)
smaps(0x520000000000, 256K)
smaps(0x530000000000, 256K)
mremap(0x520000000000, 32K, 64K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x540000000000)
smaps(0x540000000000, 64K)
mremap(0x540000000000, 0, 64K, MREMAP_MAYMOVE, 0)
load(0x540000000000, 64K)
status()
