# three generations share a huge page
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
store(a, 4M, 4K)
child {
  child {
    smaps(a, 4M)
    munmap(a+1M, 512K)
    smaps(a, 4M)
    store(a+2M)
    pagemap(a, 4M)
    parent {
      smaps(a, 4M)
      store(a+2M+4K)
      smaps(a, 4M)
    }
  }
  smaps(a, 4M)
  pagemap(a, 4M)
  vmstat(thp_split_pmd, thp_deferred_split_page)
}
smaps(a, 4M)
pagemap(a, 4M)
store(a)
store(a+2M)
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
mthp()
