# addresses for shared memory that may be huge
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
a = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0)
aligned(a, 2M)
aligned(a, 64K)
b = mmap(0, 3M+4K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0)
aligned(b, 2M)
aligned(b, 64K)
c = mmap(0, 1M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0)
aligned(c, 2M)
aligned(c, 64K)
fd = memfd_create("n", 0)
ftruncate(fd, 16M)
d = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0)
aligned(d, 2M)
aligned(d, 64K)
e = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 4K)
aligned(e, 2M)
aligned(e, 64K)
f = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE, fd, 0)
aligned(f, 2M)
aligned(f, 64K)
g = mmap(0, 2M, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 1M)
aligned(g, 2M)
aligned(g, 64K)
store(a, 4M, 1M)
smaps(a, 4M)
store(d)
smaps(d, 4M)
