# files filled by write, then mapped
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
mount -t tmpfs -o huge=always,size=32M tmpfs /mnt/t
fd = open("/mnt/t/f", O_RDWR|O_CREAT)
pwrite(fd, 0, 3M)
fstat(fd)
a = mmap(0x410000000000, 6M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
load(a, 3M, 256K)
smaps(a, 6M)
pagemap(a, 6M)
pwrite(fd, 5M, 8K)
fstat(fd)
pread(fd, 0, 6M)
load(a+4M, 2M, 512K)
smaps(a, 6M)
pagemap(a, 6M)
fstat(fd)
vmstat()
mthp()
