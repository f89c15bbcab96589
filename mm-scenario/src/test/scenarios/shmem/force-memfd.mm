# shmem_enabled force and deny change while in use
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo force > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
fd = memfd_create("f", 0)
ftruncate(fd, 6M)
a = mmap(0x410000000000, 6M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a)
echo deny > /sys/kernel/mm/transparent_hugepage/shmem_enabled
store(a+2M)
store(a+4K)
smaps(a, 6M)
pagemap(a, 6M)
fstat(fd)
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
store(a+4M)
store(a+3M)
smaps(a, 6M)
pagemap(a, 6M)
fstat(fd)
madvise(a+2M, 2M, MADV_COLLAPSE)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
mthp()
