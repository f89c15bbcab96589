# folios of three sizes out to swap and back, whole and in part
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled
swapon(64M)
a = mmap(0x100100000000, 1M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 1M, MADV_HUGEPAGE)
store(a, 256K, 4K, 5)
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
store(a+256K, 256K, 4K, 5)
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-256kB/enabled
store(a+512K, 512K, 4K, 5)
madvise(a, 1M, MADV_PAGEOUT)
smaps(a, 1M)
pagemap(a, 1M)
mthp()
load(a)
load(a+256K)
load(a+512K)
smaps(a, 1M)
pagemap(a, 1M)
mthp()
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
load(a+768K)
store(a+384K)
load(a+128K)
smaps(a, 1M)
pagemap(a, 1M)
mthp()
madvise(a, 1M, MADV_PAGEOUT)
smaps(a, 1M)
pagemap(a, 1M)
mthp()
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled
child {
  load(a, 1M, 64K)
  smaps(a, 1M)
  pagemap(a, 1M)
}
store(a, 1M, 64K)
smaps(a, 1M)
pagemap(a, 1M)
mthp()
swapoff()
smaps(a, 1M)
pagemap(a, 1M)
mthp()
