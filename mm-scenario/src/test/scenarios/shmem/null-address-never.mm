# addresses for shared memory without huge pages
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
a = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0)
aligned(a, 2M)
aligned(a, 64K)
b = mmap(0, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0)
aligned(b, 2M)
aligned(b, 64K)
fd = memfd_create("n", 0)
ftruncate(fd, 16M)
d = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0)
aligned(d, 2M)
aligned(d, 64K)
f = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE, fd, 0)
aligned(f, 2M)
aligned(f, 64K)
p = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
aligned(p, 2M)
aligned(p, 64K)
q = mmap(0, 1M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
aligned(q, 2M)
aligned(q, 64K)
r = mmap(0, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK, -1, 0)
aligned(r, 2M)
aligned(r, 64K)
t = mmap(0, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE, -1, 0)
aligned(t, 2M)
aligned(t, 64K)
