# private maps of a huge file: reads, copies, protection, fork, truncation below
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
fd = memfd_create("m", 0)
ftruncate(fd, 6M)
pwrite(fd, 0, 6M)
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED_NOREPLACE, fd, 0)
load(a, 6M, 2M)
smaps(a, 6M)
pagemap(a, 6M)
store(a+4K)
store(a+2M, 64K)
smaps(a, 6M)
pagemap(a, 6M)
madvise(a, 2M, MADV_HUGEPAGE)
child {
  store(a+4K)
  store(a+8K)
  smaps(a, 6M)
  pagemap(a, 6M)
}
mprotect(a+4M, 1M, PROT_READ)
smaps(a, 6M)
pagemap(a, 6M)
load(a+4M, 2M, 64K)
smaps(a, 6M)
pagemap(a, 6M)
ftruncate(fd, 2M)
load(a+2M)
load(a+4M)
smaps(a, 6M)
pagemap(a, 6M)
ftruncate(fd, 6M)
load(a+2M, 128K, 4K)
madvise(a, 2M, MADV_DONTNEED)
load(a, 16K)
smaps(a, 6M)
pagemap(a, 6M)
madvise(a, 6M, MADV_COLLAPSE)
vmstat()
mthp()
