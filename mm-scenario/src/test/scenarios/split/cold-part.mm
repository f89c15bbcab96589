# MADV_COLD and MADV_PAGEOUT of parts without swap, with swap, and of shared pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 10M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 10M, MADV_HUGEPAGE)
store(a, 10M, 4K, 5)
madvise(a, 64K, MADV_COLD)
pagemap(a, 2M)
madvise(a+2M, 64K, MADV_PAGEOUT)
pagemap(a+2M, 2M)
vmstat()
mthp()
swapon(64M)
madvise(a+4M, 64K, MADV_PAGEOUT)
pagemap(a+4M, 2M)
child {
  madvise(a+6M, 64K, MADV_COLD)
  madvise(a+6M+64K, 64K, MADV_PAGEOUT)
  pagemap(a+6M, 2M)
}
pagemap(a+6M, 2M)
mlock(a+8M, 4K)
madvise(a+8M+64K, 64K, MADV_PAGEOUT)
madvise(a+8M+64K, 64K, MADV_COLD)
smaps(a, 10M)
pagemap(a, 10M)
vmstat()
mthp()
load(a+4M, 64K)
swapoff()
smaps(a, 10M)
pagemap(a, 10M)
vmstat()
mthp()
