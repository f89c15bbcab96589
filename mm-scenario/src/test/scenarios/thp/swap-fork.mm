# swapped memory over fork, and swapoff with two processes
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
swapon(64M)
a = mmap(0x210000000000, 512K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 512K, 4K, 5)
madvise(a, 256K, MADV_PAGEOUT)
smaps(a, 512K)
pagemap(a, 512K)
child {
  smaps(a, 512K)
  load(a, 64K)
  store(a+64K, 64K, 4K, 6)
  smaps(a, 512K)
  pagemap(a, 512K)
}
smaps(a, 512K)
pagemap(a, 512K)
load(a, 512K)
swapoff()
smaps(a, 512K)
pagemap(a, 512K)
load(a, 512K)
