# the heap grows and has a name
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
h = brk_area(3M)
store(h, 3M, 256K)
smaps(h, 1M)
mprotect(h+1M, 1M, PROT_READ)
smaps(h, 3M)
munmap(h+2M, 1M)
smaps(h, 3M)
madvise(h, 1M, MADV_DONTNEED)
smaps(h, 3M)
pagemap(h, 3M)
