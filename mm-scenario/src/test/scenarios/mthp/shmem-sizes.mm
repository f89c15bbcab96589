# per-size shmem_enabled: always, within_size, advise and inherit for several sizes
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-16kB/shmem_enabled
echo advise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
echo within_size > /sys/kernel/mm/transparent_hugepage/hugepages-256kB/shmem_enabled
fd = memfd_create("m", 0)
ftruncate(fd, 1500K)
a = mmap(0x100100000000, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a)
store(a+64K)
store(a+1280K)
store(a+1495K)
smaps(a, 2M)
pagemap(a, 2M)
fstat(fd)
madvise(a, 2M, MADV_HUGEPAGE)
store(a+512K)
store(a+1360K)
smaps(a, 2M)
pagemap(a, 2M)
ftruncate(fd, 1400K)
smaps(a, 2M)
pagemap(a, 2M)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 516K, 4K)
smaps(a, 2M)
pagemap(a, 2M)
fstat(fd)
pwrite(fd, 700K, 100K)
smaps(a, 2M)
pagemap(a, 2M)
load(a, 1400K, 64K)
smaps(a, 2M)
pagemap(a, 2M)
fstat(fd)
mthp()
vmstat()
