# the huge zero page over fork
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
load(a, 6M, 512K)
child {
  pagemap(a, 6M)
  store(a+1M)
  load(a+2M)
  munmap(a+4M, 4K)
  smaps(a, 6M)
  pagemap(a, 6M)
  child {
    store(a+1M)
    pagemap(a, 6M)
  }
}
smaps(a, 6M)
pagemap(a, 6M)
store(a+4M)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
