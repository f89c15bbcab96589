# shared anonymous memory: fork sees the same pages
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x120000000000, 256K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
load(a, 64K)
store(a+128K, 64K, 4K, 2)
smaps(a, 256K)
pagemap(a, 256K)
child {
  store(a, 16K, 4K, 8)
  load(a, 256K)
  smaps(a, 256K)
  pagemap(a, 256K)
}
load(a, 256K)
smaps(a, 256K)
pagemap(a, 256K)
madvise(a, 128K, MADV_DONTNEED)
smaps(a, 256K)
pagemap(a, 256K)
load(a, 32K)
munmap(a+64K, 64K)
smaps(a, 256K)
