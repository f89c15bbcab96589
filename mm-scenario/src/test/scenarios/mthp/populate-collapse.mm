# populate, collapse and read of areas with small sizes allowed
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
madvise(a, 1M, MADV_POPULATE_READ)
madvise(a+1M, 1M, MADV_POPULATE_WRITE)
smaps(a, 4M)
pagemap(a, 4M)
madvise(a, 4M, MADV_COLLAPSE)
smaps(a, 4M)
pagemap(a, 4M)
madvise(a+2M, 2M, MADV_POPULATE_WRITE)
store(a+2M+4K)
madvise(a+2M, 2M, MADV_COLLAPSE)
smaps(a, 4M)
pagemap(a, 4M)
mthp()
vmstat()
child {
  store(a, 4M, 512K)
  smaps(a, 4M)
  pagemap(a, 4M)
  mthp()
}
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
madvise(a, 4M, MADV_DONTNEED)
store(a, 4M, 1M)
smaps(a, 4M)
pagemap(a, 4M)
mthp()
