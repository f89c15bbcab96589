# MADV_COLLAPSE in a child and in its parent
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 4M, 4K, 2)
child {
  madvise(a, 2M, MADV_COLLAPSE)
  smaps(a, 4M)
  pagemap(a, 4M)
  parent {
    smaps(a, 4M)
    pagemap(a, 4M)
    madvise(a+2M, 2M, MADV_COLLAPSE)
    smaps(a, 4M)
  }
  smaps(a, 4M)
  pagemap(a, 4M)
}
smaps(a, 4M)
pagemap(a, 4M)
store(a, 4M, 4K, 3)
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
mthp()
