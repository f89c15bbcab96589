# events: huge_memory
# A folio that went to swap whole comes back whole, and is huge then.
swapon(64M)
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
f = memfd_create("big", 0)
ftruncate(f, 4M)
a = mmap(0x100000000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED, f, 0)
store(a, 4K)
madvise(a, 2M, MADV_PAGEOUT)
pagemap(a,2M)
madvise(a, 2M, MADV_COLLAPSE)
pagemap(a,2M)
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
store(a+2M, 2M)
madvise(a+2M, 1M, MADV_PAGEOUT)
madvise(a+2M, 2M, MADV_COLLAPSE)
pagemap(a,4M)
store(a+2M, 2M)
madvise(a+2M, 2M, MADV_PAGEOUT)
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
load(a+2M+12K, 4K)
