# a System V segment whose huge page was split by a hole: a fault maps the whole of what is left of it, folio by folio
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
s = shmget(IPC_PRIVATE, 4M, IPC_CREAT|0600)
a = shmat(s, 0x100100000000, 0)
load(a, 4M, 2M)
madvise(a, 64K, MADV_REMOVE)
pagemap(a, 2M)
child {
  load(a, 1M, 64K)
  smaps(a, 4M)
  pagemap(a, 4M)
  store(a+1M+12K)
  pagemap(a, 2M)
}
store(a+64K, 960K, 64K)
smaps(a, 4M)
pagemap(a, 4M)
# a part of a folio is mapped already, or the area ends within it: page by page
madvise(a+2M, 2M, MADV_DONTNEED)
madvise(a+3M, 4K, MADV_REMOVE)
load(a+2M, 2M, 128K)
pagemap(a+2M, 2M)
munmap(a+768K, 4K)
munmap(a+512K, 256K)
load(a+772K, 256K)
store(a+1M)
pagemap(a, 2M)
vmstat()
