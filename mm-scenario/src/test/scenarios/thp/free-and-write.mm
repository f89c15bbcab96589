# MADV_FREE of whole huge pages, some written again, then of parts
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 4K, 5)
madvise(a, 6M, MADV_FREE)
smaps(a, 8M)
store(a+2M+8K, 1, 4K, 6)
smaps(a, 8M)
load(a, 6M, 256K)
madvise(a+6M+64K, 128K, MADV_FREE)
pagemap(a, 8M)
child {
  madvise(a, 2M, MADV_FREE)
  pagemap(a, 8M)
}
pagemap(a, 8M)
vmstat()
mthp()
