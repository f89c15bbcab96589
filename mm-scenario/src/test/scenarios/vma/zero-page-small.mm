# reads before writes with small pages only
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x120000000000, 256K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
load(a, 256K)
smaps(a, 256K)
pagemap(a, 256K)
store(a+16K, 16K)
smaps(a, 256K)
pagemap(a, 256K)
child {
  load(a, 64K)
  store(a)
  pagemap(a, 256K)
  smaps(a, 256K)
}
madvise(a, 128K, MADV_DONTNEED)
smaps(a, 256K)
pagemap(a, 256K)
load(a)
store(a, 1, 4K, 5)
load(a)
mprotect(a+128K, 64K, PROT_READ)
smaps(a, 256K)
pagemap(a, 256K)
