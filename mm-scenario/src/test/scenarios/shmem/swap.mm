# shared memory goes to swap and comes back
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
swapon(64M)
fd = memfd_create("s", 0)
ftruncate(fd, 512K)
a = mmap(0x410000000000, 512K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a, 512K, 4K, 3)
madvise(a, 256K, MADV_PAGEOUT)
smaps(a, 512K)
pagemap(a, 512K)
fstat(fd)
load(a, 64K)
smaps(a, 512K)
pagemap(a, 512K)
child {
  smaps(a, 512K)
  load(a+128K, 64K)
  smaps(a, 512K)
}
ftruncate(fd, 192K)
smaps(a, 512K)
pagemap(a, 512K)
swapoff()
smaps(a, 512K)
pagemap(a, 512K)
load(a, 192K)
