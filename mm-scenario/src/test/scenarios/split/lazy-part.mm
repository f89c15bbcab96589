# MADV_FREE of part of a huge page: alone, shared with a child, partly unmapped
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 4K, 5)
madvise(a+64K, 1M, MADV_FREE)
pagemap(a, 2M)
vmstat()
child {
  madvise(a+2M+64K, 1M, MADV_FREE)
  pagemap(a+2M, 2M)
  vmstat()
  madvise(a+4M, 2M, MADV_FREE)
  pagemap(a+4M, 2M)
}
pagemap(a, 8M)
madvise(a+4M, 4K, MADV_DONTNEED)
madvise(a+4M+8K, 1M, MADV_FREE)
pagemap(a+4M, 2M)
vmstat()
mthp()
mprotect(a+6M, 4K, PROT_READ)
madvise(a+6M, 64K, MADV_FREE)
pagemap(a+6M, 2M)
vmstat()
mthp()
