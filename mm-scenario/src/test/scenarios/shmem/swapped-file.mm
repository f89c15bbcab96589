# shared pages paged out, read back, punched, truncated and collapsed
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
swapon(64M)
fd = memfd_create("m", 0)
ftruncate(fd, 8M)
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a, 8M, 4K, 5)
madvise(a, 4M, MADV_PAGEOUT)
smaps(a, 8M)
pagemap(a, 8M)
fstat(fd)
vmstat()
mthp()
load(a)
store(a+2M)
smaps(a, 8M)
pagemap(a, 8M)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 64K, 64K)
load(a+60K, 12K)
smaps(a, 8M)
pagemap(a, 8M)
fstat(fd)
madvise(a+4M, 64K, MADV_PAGEOUT)
smaps(a, 8M)
pagemap(a, 8M)
child {
  load(a+4M, 64K)
  smaps(a, 8M)
  pagemap(a, 8M)
}
ftruncate(fd, 3M)
fstat(fd)
load(a+2M, 1M, 64K)
ftruncate(fd, 8M)
madvise(a, 2M, MADV_COLLAPSE)
smaps(a, 8M)
pagemap(a, 8M)
swapoff()
smaps(a, 8M)
pagemap(a, 8M)
fstat(fd)
vmstat()
mthp()
