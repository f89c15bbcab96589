# shared anonymous memory with huge pages over fork
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
a = mmap(0x410000000000, 6M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a)
load(a+2M)
smaps(a, 6M)
pagemap(a, 6M)
child {
  smaps(a, 6M)
  store(a+1M, 1, 4K, 5)
  store(a+4M, 1, 4K, 6)
  smaps(a, 6M)
  pagemap(a, 6M)
}
load(a, 6M, 1M)
smaps(a, 6M)
pagemap(a, 6M)
mprotect(a+1M, 1M, PROT_READ)
smaps(a, 6M)
pagemap(a, 6M)
load(a)
smaps(a, 6M)
pagemap(a, 6M)
munmap(a+2M, 64K)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
mthp()
