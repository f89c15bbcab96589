# several folio sizes to swap and back
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-32kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-256kB/enabled
swapon(64M)
a = mmap(0x100100000000, 1M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 1M, MADV_HUGEPAGE)
store(a, 1M, 4K, 5)
pagemap(a, 1M)
madvise(a, 1M, MADV_PAGEOUT)
pagemap(a, 1M)
mthp(2048kB/swpout, 2048kB/swpin, 2048kB/shmem_alloc, 64kB/swpout, 64kB/swpin, 256kB/swpout, 256kB/swpin)
load(a+68K)
pagemap(a, 1M)
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-256kB/enabled
load(a+256K+68K)
store(a+256K+4K)
pagemap(a, 1M)
smaps(a)
child {
  load(a+512K)
  pagemap(a, 1M)
  store(a+512K+32K)
  smaps(a)
  pagemap(a, 1M)
  parent {
    store(a+512K+32K)
    load(a+768K)
    smaps(a)
    pagemap(a, 1M)
  }
}
smaps(a)
load(a+768K+64K)
load(a+512K+64K)
pagemap(a, 1M)
mthp(2048kB/swpout, 2048kB/swpin, 2048kB/shmem_alloc, 64kB/swpout, 64kB/swpin, 256kB/swpout, 256kB/swpin)
madvise(a, 1M, MADV_PAGEOUT)
pagemap(a, 1M)
smaps(a)
mthp(2048kB/swpout, 2048kB/swpin, 2048kB/shmem_alloc, 64kB/swpout, 64kB/swpin, 256kB/swpout, 256kB/swpin)
store(a, 1M, 4K, 0)
pagemap(a, 1M)
madvise(a, 512K, MADV_PAGEOUT)
mthp(2048kB/swpout, 2048kB/swpin, 2048kB/shmem_alloc, 64kB/swpout, 64kB/swpin, 256kB/swpout, 256kB/swpin)
load(a, 1M, 4K)
pagemap(a, 1M)
smaps(a)
mthp(2048kB/swpout, 2048kB/swpin, 2048kB/shmem_alloc, 64kB/swpout, 64kB/swpin, 256kB/swpout, 256kB/swpin)
