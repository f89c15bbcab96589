# a private mapping of a memfd: copies on write, the file stays
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
fd = memfd_create("data", 0)
ftruncate(fd, 256K)
pwrite(fd, 0, 128K)
a = mmap(0x120000000000, 256K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, fd, 0)
load(a, 256K)
smaps(a, 256K)
store(a+4K, 16K, 4K, 9)
smaps(a, 256K)
pagemap(a, 256K)
load(a, 32K)
pread(fd, 0, 64K)
b = mmap(0x130000000000, 128K, PROT_READ, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 128K)
load(b, 128K)
smaps(b, 128K)
store(b)
ftruncate(fd, 64K)
load(a+64K)
load(a+60K)
load(b)
smaps(a, 256K)
fstat(fd)
close(fd)
fstat(fd)
