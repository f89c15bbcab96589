# mappings of one file merge only when their offsets follow
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
fd = memfd_create("m", 0)
ftruncate(fd, 1M)
a = mmap(0x120000000000, 64K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
b = mmap(0x120000000000+64K, 64K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 64K)
c = mmap(0x120000000000+128K, 64K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 256K)
d = mmap(0x120000000000+192K, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, fd, 320K)
smaps(a, 1M)
store(a, 256K, 64K)
smaps(a, 1M)
munmap(a+32K, 32K)
smaps(a, 1M)
mremap(b, 64K, 64K, MREMAP_MAYMOVE|MREMAP_FIXED, 0x120000000000+192K)
smaps(a, 1M)
e = mmap(0, 4K, PROT_READ, MAP_SHARED, fd, 1)
e = mmap(0, 4K, PROT_READ, 0, fd, 0)
e = mmap(0, 4K, PROT_READ, MAP_SHARED, 77, 0)
aligned(a, 2M)
