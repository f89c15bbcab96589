# copy on write in folios that are mapped by small entries
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
store(a, 4M, 4K, 2)
mprotect(a+64K, 4K, PROT_READ)
mprotect(a+64K, 4K, PROT_READ|PROT_WRITE)
child {
  store(a, 16K, 4K, 3)
  smaps(a, 4M)
  parent {
    store(a+8K, 16K, 4K, 4)
    smaps(a, 4M)
    pagemap(a, 4M)
  }
  munmap(a+256K, 256K)
  pagemap(a, 4M)
}
smaps(a, 4M)
pagemap(a, 4M)
store(a, 512K, 4K, 5)
smaps(a, 4M)
pagemap(a, 4M)
load(a, 2M, 4K)
vmstat()
mthp()
