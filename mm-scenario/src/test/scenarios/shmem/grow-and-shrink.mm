# sizes that change under a mapping
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
mount -t tmpfs -o huge=within_size,size=32M tmpfs /mnt/t
fd = open("/mnt/t/f", O_RDWR|O_CREAT)
a = mmap(0x410000000000, 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a)
ftruncate(fd, 3M)
store(a, 3M, 1M)
store(a+3M)
smaps(a, 8M)
pagemap(a, 8M)
fstat(fd)
ftruncate(fd, 5M)
store(a+4M)
store(a+3M)
smaps(a, 8M)
pagemap(a, 8M)
ftruncate(fd, 2M+12K)
smaps(a, 8M)
pagemap(a, 8M)
fstat(fd)
ftruncate(fd, 8M)
load(a, 8M, 256K)
smaps(a, 8M)
pagemap(a, 8M)
fstat(fd)
statfs("/mnt/t")
vmstat()
