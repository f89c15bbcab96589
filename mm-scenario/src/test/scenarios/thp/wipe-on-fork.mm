# WIPEONFORK and DONTFORK on parts of huge pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 6)
madvise(a+1M, 2M, MADV_WIPEONFORK)
madvise(a+5M, 1M, MADV_DONTFORK)
smaps(a, 6M)
pagemap(a, 6M)
child {
  smaps(a, 6M)
  pagemap(a, 6M)
  load(a, 5M, 512K)
  store(a+2M)
  pagemap(a, 6M)
}
vmstat()
mthp()
