# three sizes, fork, copies, and the deferred queue
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-128kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-1024kB/enabled
a = mmap(0x410000000000+8K, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a)
store(a+512K)
store(a+100K)
madvise(a+1M, 2M, MADV_HUGEPAGE)
store(a+2M)
load(a+1M)
store(a+1M+4K)
smaps(a, 4M)
pagemap(a, 4M)
child {
  store(a+2M+64K)
  pagemap(a, 4M)
  munmap(a+512K, 64K)
  pagemap(a, 4M)
}
store(a+2M, 128K)
smaps(a, 4M)
pagemap(a, 4M)
munmap(a+512K, 8K)
madvise(a+2M+256K, 64K, MADV_DONTNEED)
smaps(a, 4M)
pagemap(a, 4M)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 4M)
pagemap(a, 4M)
