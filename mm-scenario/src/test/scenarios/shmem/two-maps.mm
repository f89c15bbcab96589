# one huge file mapped twice, once out of step
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
mount -t tmpfs -o huge=always,size=32M tmpfs /mnt/t
fd = open("/mnt/t/f", O_RDWR|O_CREAT)
ftruncate(fd, 6M)
a = mmap(0x410000000000, 6M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
b = mmap(0x420000000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 1M)
store(a, 6M, 1M, 3)
load(b, 4M, 512K)
smaps(a, 6M)
pagemap(a, 6M)
smaps(b, 4M)
pagemap(b, 4M)
store(b+64K, 1, 4K, 7)
load(a+1M, 128K)
munmap(a+2M, 1M)
smaps(a, 6M)
pagemap(a, 6M)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 3M, 64K)
smaps(a, 6M)
pagemap(a, 6M)
smaps(b, 4M)
pagemap(b, 4M)
fstat(fd)
vmstat()
mthp()
