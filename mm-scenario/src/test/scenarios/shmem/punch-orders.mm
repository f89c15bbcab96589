# holes of various sizes and places in huge file pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
fd = memfd_create("m", 0)
ftruncate(fd, 12M)
a = mmap(0x100100000000, 12M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a, 12M, 4K, 5)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 0, 4K)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 3M, 4K)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 4M+100, 1000)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 6M+2044K, 8K)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 10M, 2M)
smaps(a, 12M)
pagemap(a, 12M)
fstat(fd)
vmstat()
mthp()
load(a, 12M, 64K)
load(a+4M, 4K, 256)
smaps(a, 12M)
pagemap(a, 12M)
fstat(fd)
madvise(a+4M, 64K, MADV_REMOVE)
smaps(a, 12M)
pagemap(a, 12M)
madvise(a, 12M, MADV_COLLAPSE)
smaps(a, 12M)
pagemap(a, 12M)
fstat(fd)
vmstat()
mthp()
