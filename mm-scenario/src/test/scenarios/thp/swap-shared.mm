# huge pages paged out while a child shares them, and after it has gone
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
swapon(64M)
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 5)
child {
  madvise(a, 2M, MADV_PAGEOUT)
  smaps(a, 6M)
  pagemap(a, 6M)
  store(a+2M)
  madvise(a+2M, 2M, MADV_PAGEOUT)
  smaps(a, 6M)
  pagemap(a, 6M)
  parent {
    madvise(a+4M, 2M, MADV_PAGEOUT)
    smaps(a, 6M)
    pagemap(a, 6M)
  }
  vmstat()
  mthp()
}
madvise(a, 6M, MADV_PAGEOUT)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
mthp()
child {
  smaps(a, 6M)
  pagemap(a, 6M)
  load(a)
  store(a+2M)
  smaps(a, 6M)
  pagemap(a, 6M)
  parent {
    load(a+4K)
    store(a+2M+4K)
    smaps(a, 6M)
    pagemap(a, 6M)
  }
  swapoff()
  smaps(a, 6M)
  pagemap(a, 6M)
}
smaps(a, 6M)
pagemap(a, 6M)
store(a, 6M, 4K, 7)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
mthp()
