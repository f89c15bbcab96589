# which modes of fallocate a file in memory takes, and what they answer
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo within_size > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
fd = memfd_create("m", 0)
fallocate(fd, 0, 0, 1M)
fstat(fd)
fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 4M)
fstat(fd)
fallocate(fd, 0, 2M, 2M)
fstat(fd)
fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4K)
fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 4K)
fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 4K)
fallocate(fd, 0, -1, 4K)
fallocate(fd, 0, 0, 0)
fallocate(fd, 0, 0, -1)
fallocate(fd, 0, 0x7fffffffffffffff, 1)
fallocate(fd, 0, 0x7ffffffffffff000, 4K)
fallocate(fd, 32, 0, 4K)
fallocate(99, 0, 0, 4K)
ftruncate(fd, -1)
ftruncate(fd, 0x7fffffffffffffff)
fstat(fd)
ftruncate(99, 0)
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
load(a, 4M, 1M)
smaps(a, 4M)
pagemap(a, 4M)
mthp()
vmstat()
close(fd)
close(fd)
fstat(fd)
ftruncate(fd, 4M)
