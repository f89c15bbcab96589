# parent and child write into different thirds of shared huge pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 2)
child {
  store(a+4K, 1, 4K, 3)
  store(a+2M+8K, 64K, 4K, 3)
  parent {
    store(a+4K, 1, 4K, 4)
    store(a+4M, 2M, 256K, 4)
    smaps(a, 6M)
    pagemap(a, 6M)
  }
  smaps(a, 6M)
  pagemap(a, 6M)
  load(a, 6M, 4K)
}
load(a, 6M, 4K)
smaps(a, 6M)
pagemap(a, 6M)
store(a, 6M, 4K, 5)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
