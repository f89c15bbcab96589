# mlock over zero pages, holes and protections
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x510000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
load(a)
load(a+2M)
store(a+4M)
mprotect(a+2M, 2M, PROT_READ)
mlock(a, 8M)
smaps(a, 8M)
pagemap(a, 8M)
munlock(a+1M, 2M)
smaps(a, 8M)
pagemap(a, 8M)
madvise(a, 2M, MADV_DONTNEED)
madvise(a+1M, 1M, MADV_DONTNEED)
madvise(a, 8M, MADV_DONTNEED_LOCKED)
smaps(a, 8M)
pagemap(a, 8M)
store(a)
store(a+6M)
status()
vmstat()
