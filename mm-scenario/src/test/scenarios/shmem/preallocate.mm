# fallocate with and without huge pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
mount -t tmpfs -o huge=advise,size=32M tmpfs /mnt/t
fd = open("/mnt/t/f", O_RDWR|O_CREAT)
fallocate(fd, 0, 1M, 4M)
fstat(fd)
a = mmap(0x410000000000, 6M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
madvise(a, 6M, MADV_HUGEPAGE)
load(a, 4M, 512K)
smaps(a, 6M)
pagemap(a, 6M)
store(a+5M)
smaps(a, 6M)
pagemap(a, 6M)
fallocate(fd, FALLOC_FL_KEEP_SIZE, 8M, 1M)
fstat(fd)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 0, 2M)
fstat(fd)
smaps(a, 6M)
pagemap(a, 6M)
fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 1M)
fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 1M)
statfs("/mnt/t")
vmstat()
